import JSON

/// Tokens of bytes in the order in which they are merged, and what a tokenizer.json makes of them.
///
/// tiktoken and Tekken merge the neighbouring pair whose union has the lowest rank, and take a piece
/// that is a token without merging.
struct RankedTokens {
  /// The tokens in the byte alphabet, in the order of arrival.
  private let texts: ByteStringTable
  /// The rank of each token.
  private var ranks: [Int] = []
  private var scratch: [UInt8] = []

  /// How many ranks belong to no bytes.
  var emptyCount = 0

  init(capacity: Int) {
    texts = ByteStringTable(capacity: capacity)
    ranks.reserveCapacity(capacity)
  }

  /// The number of tokens.
  var count: Int { ranks.count }

  /// Adds a token; false if it is there already or longer than any can be.
  mutating func append(_ bytes: [UInt8], rank: Int) -> Bool {
    guard bytes.count <= DerivedMerges.longestToken else { return false }
    scratch.removeAll(keepingCapacity: true)
    for byte in bytes { appendUTF8(UInt32(ByteAlphabet.characters[Int(byte)]), to: &scratch) }
    let number = scratch.withUnsafeBufferPointer { texts.insert($0) }
    guard number == ranks.count else { return false }
    ranks.append(rank)
    return true
  }

  /// The first byte that is no token by itself.
  var missingByte: UInt8? {
    (UInt8.min...UInt8.max).first {
      texts.find(ByteAlphabet.token(for: CollectionOfOne($0))) == nil
    }
  }

  /// The model: ids are ranks, higher by `shift`, beside special tokens with their ids.
  ///
  /// - Returns: the model, or the rank that two tokens have.
  func model(
    shift: Int = 0, special: [(text: String, id: Int)]
  ) -> (model: JSONValue, repeatedID: Int?) {
    let order = ranks.indices.sorted { ranks[$0] < ranks[$1] }
    let isPart = [Bool](repeating: true, count: ranks.count)
    let derived = DerivedMerges(tokens: texts, isPart: isPart, cutsBetweenCharacters: true)
    let merges = DescriptionModels.mergeList(derived.merges(making: order), texts: texts)
    var entries: [(String, JSONValue)] = []
    entries.reserveCapacity(ranks.count + special.count)
    var repeated: Int?
    var last = -1
    for number in order {
      if ranks[number] == last { repeated = last }
      last = ranks[number]
      entries.append(
        (String(decoding: texts[number], as: UTF8.self), .integer(Int64(last + shift))))
    }
    for (text, id) in special { entries.append((text, .integer(Int64(id)))) }
    var options = DescriptionModels.BytePairOptions()
    options.ignoresMerges = true
    return (
      DescriptionModels.bytePair(vocabulary: JSONObject(entries), merges: merges, options), repeated
    )
  }
}
