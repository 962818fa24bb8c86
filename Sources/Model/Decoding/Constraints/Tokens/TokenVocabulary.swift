public import Tokenizer

/// The bytes of a vocabulary's tokens as a tree, in which a constraint finds the tokens it allows.
///
/// Make it once a tokenizer: that takes a while, and constraints share it.
public struct TokenVocabulary: Sendable {
  /// How many ids there are.
  public let count: Int
  /// The bytes of all tokens, one after the other, and where each begins.
  private let bytes: [UInt8]
  private let offsets: [Int32]
  /// The nodes of the tree, each followed by all below it.
  let nodes: [Node]
  /// The tokens that end at a node.
  let tokens: [Int32]
  /// The length of the longest token.
  let depth: Int

  /// A node of the tree.
  struct Node: Sendable {
    /// The byte that leads to it.
    var byte: UInt8
    /// How many bytes lead to it.
    var depth: UInt16
    /// Where the nodes below it end.
    var end: Int32
    /// Its tokens, as places in ``TokenVocabulary/tokens``.
    var firstToken: Int32
    var lastToken: Int32
  }

  /// The tokens of a tokenizer that are text; special tokens are not.
  public init(_ tokenizer: TextTokenizer) {
    var special: Set<TokenID> = []
    for added in tokenizer.addedTokens where added.token.special { special.insert(added.id) }
    self.init(
      (0..<tokenizer.vocabularySize).map { id in
        special.contains(TokenID(id)) ? nil : tokenizer.bytes(for: TokenID(id))
      })
  }

  /// Tokens with these bytes, in the order of their ids; nil and nothing are no text.
  public init(_ texts: [[UInt8]?]) {
    count = texts.count
    var bytes: [UInt8] = []
    var offsets: [Int32] = [0]
    for text in texts {
      // A token this long is no token.
      if let text, text.count <= Int(UInt16.max) { bytes += text }
      offsets.append(Int32(bytes.count))
    }
    self.bytes = bytes
    self.offsets = offsets
    func range(_ id: Int) -> Range<Int> { Int(offsets[id])..<Int(offsets[id + 1]) }
    let order = texts.indices.filter { !range($0).isEmpty }.sorted {
      let (one, other) = (bytes[range($0)], bytes[range($1)])
      return one.lexicographicallyPrecedes(other) || (one.elementsEqual(other) && $0 < $1)
    }
    var nodes: [Node] = []
    var tokens: [Int32] = []
    /// The nodes on the way to the token before.
    var path: [Int] = []
    var before: ArraySlice<UInt8> = []
    for id in order {
      let text = bytes[range(id)]
      let shared = zip(before, text).prefix { $0 == $1 }.count
      while path.count > shared { nodes[path.removeLast()].end = Int32(nodes.count) }
      for byte in text.dropFirst(shared) {
        path.append(nodes.count)
        let first = Int32(tokens.count)
        nodes.append(
          Node(
            byte: byte, depth: UInt16(path.count), end: 0, firstToken: first, lastToken: first))
      }
      tokens.append(Int32(id))
      nodes[path[path.count - 1]].lastToken = Int32(tokens.count)
      before = text
    }
    for index in path { nodes[index].end = Int32(nodes.count) }
    self.nodes = nodes
    self.tokens = tokens
    depth = nodes.map { Int($0.depth) }.max() ?? 0
  }

  /// The bytes of a token; none for one that is no text.
  func bytes(of token: Int32) -> ArraySlice<UInt8> {
    guard token >= 0, Int(token) < count else { return [] }
    return bytes[Int(offsets[Int(token)])..<Int(offsets[Int(token) + 1])]
  }

  /// Which bytes are no token of their own, but for those tokens.
  func missingBytes(without ends: [Int32]) -> [Bool] {
    var isMissing = [Bool](repeating: true, count: 256)
    for node in nodes where node.depth == 1 {
      let own = tokens[Int(node.firstToken)..<Int(node.lastToken)]
      if own.contains(where: { !ends.contains($0) }) { isMissing[Int(node.byte)] = false }
    }
    return isMissing
  }
}
