#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether an added token that was found counts; given with its bytes in the text.
typealias AddedTokenFilter = (_ token: AddedToken, _ place: Range<Int>) -> Bool

/// Finds added tokens in text: of those that start leftmost the longest, without overlaps.
final class AddedTokenMatcher: Sendable {
  /// A node of the trie of contents: its children are a linked list.
  private struct Node {
    var byte: UInt8
    var child: Int32 = -1
    var sibling: Int32 = -1
    /// The index of the token that ends here, −1 if none does.
    var token: Int32 = -1
  }

  /// A token that was found.
  struct Match {
    /// Where it is, with the white space that it takes.
    var range: Range<Int>
    /// Which of the matcher's tokens it is.
    var index: Int
  }

  let tokens: [(token: AddedToken, id: TokenID)]
  private let nodes: [Node]
  /// The first node of each first byte, −1 if no token begins with it.
  private let roots: [Int32]
  /// The first byte of all tokens if they share one.
  private let onlyRoot: UInt8?

  /// - Parameters:
  ///   - tokens: the tokens.
  ///   - spellings: what each is looked for as; their contents if nil.
  init(_ tokens: [(token: AddedToken, id: TokenID)], spellings: [String]? = nil) {
    self.tokens = tokens
    var nodes: [Node] = []
    var roots = [Int32](repeating: -1, count: 256)
    for (index, spelling) in (spellings ?? tokens.map(\.token.content)).enumerated() {
      var at: Int32 = -1
      for byte in spelling.utf8 {
        var next = at < 0 ? roots[Int(byte)] : nodes[Int(at)].child
        while next >= 0, nodes[Int(next)].byte != byte { next = nodes[Int(next)].sibling }
        if next < 0 {
          next = Int32(nodes.count)
          var node = Node(byte: byte)
          if at < 0 {
            roots[Int(byte)] = next
          } else {
            node.sibling = nodes[Int(at)].child
            nodes[Int(at)].child = next
          }
          nodes.append(node)
        }
        at = next
      }
      if at >= 0 { nodes[Int(at)].token = Int32(index) }
    }
    self.nodes = nodes
    self.roots = roots
    let firsts = roots.indices.filter { roots[$0] >= 0 }
    onlyRoot = firsts.count == 1 ? UInt8(firsts[0]) : nil
  }

  /// Whether there is nothing to find.
  var isEmpty: Bool { nodes.isEmpty }

  /// Calls `text` with each stretch of text between tokens and `found` with each token, in order.
  ///
  /// - Parameter accepts: whether a token that was found counts; if not, its bytes are text.
  func split(
    _ text: UnsafePointer<UInt8>, _ range: Range<Int>, accepts: AddedTokenFilter,
    text emit: (Range<Int>) -> Void, found: (Match) -> Void
  ) {
    var textStart = range.lowerBound
    var at = range.lowerBound
    while let raw = nextMatch(in: text, from: at, to: range.upperBound) {
      at = raw.range.upperBound
      let token = tokens[raw.index].token
      guard accepts(token, raw.range) else { continue }
      if token.singleWord,
        endsWithWord(text, range.lowerBound..<raw.range.lowerBound)
          || startsWithWord(text, raw.range.upperBound..<range.upperBound)
      {
        continue
      }
      var (lower, upper) = (raw.range.lowerBound, raw.range.upperBound)
      // White space that the token before has taken is not taken again. A token that consists of such
      // white space is found all the same, unless it would take what is before it too, and text goes
      // on after it: the way of the reference.
      if token.stripsLeft {
        lower = max(spaceStart(text, range.lowerBound..<lower), textStart)
      }
      if token.stripsRight { upper = spaceEnd(text, upper..<range.upperBound) }
      if textStart < lower { emit(textStart..<lower) }
      if lower < upper { found(Match(range: lower..<upper, index: raw.index)) }
      textStart = upper
    }
    if textStart < range.upperBound { emit(textStart..<range.upperBound) }
  }

  private func nextMatch(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Match? {
    var at = start
    while at < end {
      if let onlyRoot {
        guard let found = memchr(text + at, Int32(onlyRoot), end - at) else { return nil }
        at = UnsafeRawPointer(found) - UnsafeRawPointer(text)
      }
      let root = roots[Int(text[at])]
      if root >= 0, let match = longestMatch(in: text, from: at, to: end, root: root) {
        return match
      }
      at += 1
    }
    return nil
  }

  private func longestMatch(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, root: Int32
  ) -> Match? {
    var node = root
    var at = start + 1
    var best: Match?
    while true {
      let token = nodes[Int(node)].token
      if token >= 0 { best = Match(range: start..<at, index: Int(token)) }
      guard at < end else { return best }
      var next = nodes[Int(node)].child
      while next >= 0, nodes[Int(next)].byte != text[at] { next = nodes[Int(next)].sibling }
      guard next >= 0 else { return best }
      node = next
      at += 1
    }
  }
}

/// Whether the character before the end of `range` is one of a word.
private func endsWithWord(_ text: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
  guard !range.isEmpty else { return false }
  return isWord(lastCharacter(in: text, start: range.lowerBound, end: range.upperBound).value)
}

/// Whether the character at the start of `range` is one of a word.
private func startsWithWord(_ text: UnsafePointer<UInt8>, _ range: Range<Int>) -> Bool {
  guard !range.isEmpty else { return false }
  return isWord(character(in: text, at: range.lowerBound, end: range.upperBound).value)
}

/// `\w` of Unicode's regular expressions (UTS 18), in Unicode 16 as in the reference.
private func isWord(_ value: UInt32) -> Bool {
  guard let scalar = Unicode.Scalar(value) else { return false }
  let properties = scalar.properties
  if let age = properties.age, age > UnicodeClasses.version { return false }
  if properties.isAlphabetic || properties.isJoinControl { return true }
  switch properties.generalCategory {
  case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
    return true
  default:
    return false
  }
}

/// Where the white space at the end of `range` begins.
private func spaceStart(_ text: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int {
  var end = range.upperBound
  while end > range.lowerBound {
    let (value, length) = lastCharacter(in: text, start: range.lowerBound, end: end)
    guard isWhiteSpace(value) else { break }
    end -= length
  }
  return end
}

/// Where the white space at the start of `range` ends.
private func spaceEnd(_ text: UnsafePointer<UInt8>, _ range: Range<Int>) -> Int {
  var start = range.lowerBound
  while start < range.upperBound {
    let (value, length) = character(in: text, at: start, end: range.upperBound)
    guard isWhiteSpace(value) else { break }
    start += length
  }
  return start
}
