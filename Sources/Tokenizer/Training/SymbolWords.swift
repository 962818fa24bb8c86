/// The words of a training text as tokens of their characters, and the vocabulary that this takes:
/// where BPE begins.
struct SymbolWords {
  /// Which characters have a token even if the text has none of them.
  enum Alphabet {
    case seen
    case bytes
    case including([Unicode.Scalar])
  }

  /// The tokens' texts, by id: tokens given, then the alphabet, then characters with affixes.
  private(set) var vocabulary: [String] = []
  /// The words, one after another.
  private(set) var symbols: [TokenID] = []
  /// Where each word begins, and in the end where the next one would.
  private(set) var bounds: [Int] = [0]
  /// How often each word occurs.
  let counts: [Int64]
  private let words: WordCounter
  /// Whether words are bytes, each a character of the byte alphabet.
  private let areBytes: Bool
  private let prefix: String
  private let suffix: String

  /// What a character's token is written with: nothing, the prefix, the suffix, both.
  private static let plain = 0
  private static let continuing = 1
  private static let final = 2

  /// - Parameters:
  ///   - given: tokens that get the first ids.
  ///   - limit: the largest number of characters with a token, the most frequent ones.
  ///   - prefix: what the tokens of characters that do not begin a word are written with.
  ///   - suffix: what the token of a word's last character is written with.
  init(
    _ words: WordCounter, areBytes: Bool, given: [String], alphabet: Alphabet, limit: Int?,
    prefix: String, suffix: String
  ) {
    self.words = words
    self.areBytes = areBytes
    self.prefix = prefix
    self.suffix = suffix
    counts = words.counts
    let table = ByteStringTable()
    for token in given where table.insert(token) == vocabulary.count { vocabulary.append(token) }
    let frequency = frequencies()
    for character in Self.kept(frequency, alphabet, limit) {
      let text = String(character)
      if table.insert(text) == vocabulary.count { vocabulary.append(text) }
    }
    place(table, frequency)
  }

  /// Calls `body` with each character of a word and whether it is the first and the last.
  @inline(__always)
  private func forEachCharacter(
    of word: Int, _ body: (_ character: UInt32, _ isFirst: Bool, _ isLast: Bool) -> Void
  ) {
    let bytes = words[word]
    guard let start = bytes.baseAddress else { return }
    var at = 0
    while at < bytes.count {
      var value = UInt32(bytes[at])
      var length = 1
      if areBytes {
        value = UInt32(ByteAlphabet.characters[Int(value)])
      } else if value >= 0x80 {
        (value, length) = character(in: start, at: at, end: bytes.count)
      }
      body(value, at == 0, at + length == bytes.count)
      at += length
    }
  }

  /// How often each character occurs, by its code.
  private func frequencies() -> [Int64] {
    var frequency = [Int64](repeating: 0, count: 0x11_0000)
    for word in counts.indices {
      forEachCharacter(of: word) { character, _, _ in
        frequency[Int(character)] += counts[word]
      }
    }
    return frequency
  }

  /// The characters that get a token, in the order of their codes.
  ///
  /// Among characters that are equally frequent, the limit leaves out those with the larger codes;
  /// the reference leaves out any.
  private static func kept(
    _ frequency: [Int64], _ alphabet: Alphabet, _ limit: Int?
  ) -> [Unicode.Scalar] {
    var frequency = frequency
    switch alphabet {
    case .seen: break
    case .bytes: for value in ByteAlphabet.characters { frequency[Int(value)] = .max }
    case .including(let list): for character in list { frequency[Int(character.value)] = .max }
    }
    var kept = frequency.indices.filter { frequency[$0] > 0 }
    if let limit, kept.count > limit {
      kept = kept.sorted {
        frequency[$0] != frequency[$1] ? frequency[$0] > frequency[$1] : $0 < $1
      }.prefix(limit).sorted()
    }
    return kept.compactMap { Unicode.Scalar(UInt32($0)) }
  }

  /// Makes the tokens of characters with affixes and writes the words in tokens.
  ///
  /// The reference numbers characters with affixes as it meets them, in an order that changes from
  /// run to run; here they come in the order of their affixes and codes.
  private mutating func place(_ table: ByteStringTable, _ frequency: [Int64]) {
    // A character without a token is left out of words.
    var plain = [TokenID](repeating: -1, count: 0x11_0000)
    for value in plain.indices where frequency[value] > 0 {
      guard let character = Unicode.Scalar(UInt32(value)) else { continue }
      plain[value] = table.find(String(character)).map { TokenID($0) } ?? -1
    }
    var tokens = [plain, [], [], []]
    let (prefix, suffix) = (prefix, suffix)
    func form(_ isFirst: Bool, _ isLast: Bool) -> Int {
      (isFirst || prefix.isEmpty ? Self.plain : Self.continuing)
        | (isLast && !suffix.isEmpty ? Self.final : Self.plain)
    }
    if !prefix.isEmpty || !suffix.isEmpty {
      var isNeeded = [[Bool]](repeating: Array(repeating: false, count: 0x11_0000), count: 4)
      for word in counts.indices {
        forEachCharacter(of: word) { character, isFirst, isLast in
          isNeeded[form(isFirst, isLast)][Int(character)] = true
        }
      }
      for form in 1...3 {
        tokens[form] = [TokenID](repeating: -1, count: 0x11_0000)
        for value in plain.indices where isNeeded[form][value] && plain[value] >= 0 {
          guard let character = Unicode.Scalar(UInt32(value)) else { continue }
          let text =
            (form & Self.continuing != 0 ? prefix : "") + String(character)
            + (form & Self.final != 0 ? suffix : "")
          let number = table.insert(text)
          if number == vocabulary.count { vocabulary.append(text) }
          tokens[form][value] = TokenID(number)
        }
      }
    }
    var symbols: [TokenID] = []
    bounds.reserveCapacity(counts.count + 1)
    for word in counts.indices {
      forEachCharacter(of: word) { character, isFirst, isLast in
        let token = tokens[form(isFirst, isLast)][Int(character)]
        if token >= 0 { symbols.append(token) }
      }
      bounds.append(symbols.count)
    }
    self.symbols = symbols
  }
}
