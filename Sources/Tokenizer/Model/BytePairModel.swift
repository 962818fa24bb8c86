import CText

/// Byte-pair encoding over bytes: a vocabulary and an ordered list of merges.
///
/// Each byte of a piece of text starts as its own token; then the neighbouring pair that comes first
/// in the list of merges is replaced by the token it makes, leftmost first, until no pair is in the
/// list (Sennrich et al., arXiv 1508.07909; the results are those of Hugging Face tokenizers).
public final class BytePairModel: Sendable {
  /// A merge of two tokens into one.
  public struct MergeRule: Sendable, Equatable {
    /// The left token.
    public var left: TokenID
    /// The right token.
    public var right: TokenID
    /// The token whose text is that of both.
    public var result: TokenID

    /// Makes a rule.
    public init(left: TokenID, right: TokenID, result: TokenID) {
      self.left = left
      self.right = right
      self.result = result
    }
  }

  /// What a model does besides merging, under the names of tokenizer.json.
  public struct Options: Sendable, Equatable {
    /// The token for bytes that are not in the vocabulary; without it they are dropped.
    public var unknownToken: String?
    /// Whether neighbouring unknown bytes become one unknown token.
    public var fusesUnknown = false
    /// Whether a piece that is a token as a whole is taken so, without merging.
    public var ignoresMerges = false
    /// Whether the bytes of an unknown character become tokens such as `<0xE2>`, if all of them are
    /// in the vocabulary.
    public var fallsBackToBytes = false
    /// What the tokens of characters that do not begin a piece are written with.
    public var continuingPrefix = ""
    /// What the token of a piece's last character is written with.
    public var endSuffix = ""

    /// The options of GPT-2.
    public init() {}
  }

  /// The merges, first to last.
  public let merges: [MergeRule]
  /// What the model does besides merging.
  public let options: Options

  let tokens: TokenTable
  let pairs: PairTable
  /// The token of each byte, −1 where the vocabulary has none.
  let byteTokens: [TokenID]
  /// How many bytes of text each token stands for.
  let byteCounts: [Int32]
  /// The token for unknown bytes, −1 if they are dropped.
  let unknownID: TokenID
  /// The token that each merge makes.
  let results: [TokenID]
  /// Whether merging can only ever make pairs that come later in the list than the merge itself.
  ///
  /// Every trained vocabulary is so. Long pieces are then merged rank by rank.
  let isOrdered: Bool

  /// What merging bytes begins with.
  let byteMerges: ByteMerges

  /// Whether every byte has a token.
  let coversAllBytes: Bool

  /// Whether tokens are written with something that marks their place in a piece.
  var hasAffixes: Bool { !options.continuingPrefix.isEmpty || !options.endSuffix.isEmpty }

  /// Makes a model from parts that agree: every id of a merge is in the table.
  init(tokens: TokenTable, merges: [MergeRule], options: Options) {
    self.tokens = tokens
    self.merges = merges
    self.options = options
    byteTokens = (UInt8.min...UInt8.max).map {
      tokens.id(of: ByteAlphabet.token(for: CollectionOfOne($0))) ?? -1
    }
    coversAllBytes = byteTokens.allSatisfy { $0 >= 0 }
    var byteCounts = [Int32](repeating: 0, count: tokens.idLimit)
    for id in byteCounts.indices {
      // A character of the byte alphabet is a byte of text.
      guard let text = tokens.bytes(of: TokenID(id)) else { continue }
      byteCounts[id] = Int32(text.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 })
    }
    self.byteCounts = byteCounts
    unknownID = options.unknownToken.flatMap { tokens.id(of: $0) } ?? -1
    let pairs = PairTable(capacity: merges.count)
    var lastMade = [Int](repeating: -1, count: tokens.idLimit)
    for (rank, merge) in merges.enumerated() {
      pairs.insert(merge.left, merge.right, Merge(rank: UInt32(rank), token: merge.result))
      lastMade[Int(merge.result)] = rank
    }
    self.pairs = pairs
    byteMerges = ByteMerges(byteTokens, pairs)
    results = merges.map(\.result)
    isOrdered = merges.enumerated().allSatisfy { rank, merge in
      lastMade[Int(merge.left)] < rank && lastMade[Int(merge.right)] < rank
    }
  }
}
