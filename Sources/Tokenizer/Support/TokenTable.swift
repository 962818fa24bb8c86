/// The texts of tokens, by id and by text, as a tokenizer file writes them.
final class TokenTable: @unchecked Sendable {
  /// Ids above this are refused.
  static let largestID = (1 << 24) - 1

  /// The largest id that a vocabulary of `count` tokens may have.
  ///
  /// Real ones leave few ids out; without a limit, a file of a few bytes could ask for gigabytes.
  static func largestID(ofTokens count: Int) -> Int { min(largestID, 65_535 + 4 * count) }

  private let strings: ByteStringTable
  /// The id of each string of the table.
  private let ids: [TokenID]
  /// The string of each id, −1 for an id that is in no use.
  private let numbers: [Int32]

  /// The number of tokens.
  var count: Int { ids.count }

  /// One more than the largest id.
  let idLimit: Int

  /// What makes a list of tokens no vocabulary.
  enum Fault: Error {
    case idOutOfRange(token: String, id: Int, largest: Int)
    case sameID(first: String, second: String, id: Int)
    case sameText(String)
  }

  /// Makes a table of tokens with their ids.
  convenience init(_ tokens: some Collection<(text: String, id: Int)>) throws(Fault) {
    let strings = ByteStringTable(capacity: tokens.count)
    var ids: [TokenID] = []
    ids.reserveCapacity(tokens.count)
    let largest = Self.largestID(ofTokens: tokens.count)
    for (text, id) in tokens {
      guard id >= 0, id <= largest else {
        throw .idOutOfRange(token: text, id: id, largest: largest)
      }
      let number = strings.insert(text)
      guard number == ids.count else { throw .sameText(text) }
      ids.append(TokenID(id))
    }
    try self.init(strings, ids)
  }

  /// Makes a table of different strings and the id of each, of which none is negative.
  init(_ strings: ByteStringTable, _ ids: [TokenID]) throws(Fault) {
    let limit = Int(ids.max() ?? -1) + 1
    let largest = Self.largestID(ofTokens: ids.count)
    guard limit <= largest + 1 else {
      let number = ids.firstIndex { $0 > largest } ?? 0
      throw .idOutOfRange(
        token: String(decoding: strings[number], as: UTF8.self), id: Int(ids[number]),
        largest: largest)
    }
    var numbers = [Int32](repeating: -1, count: limit)
    for (number, id) in ids.enumerated() {
      let other = numbers[Int(id)]
      guard other < 0 else {
        throw .sameID(
          first: String(decoding: strings[Int(other)], as: UTF8.self),
          second: String(decoding: strings[number], as: UTF8.self), id: Int(id))
      }
      numbers[Int(id)] = Int32(number)
    }
    self.strings = strings
    self.ids = ids
    self.numbers = numbers
    idLimit = limit
  }

  /// Makes a table of tokens whose ids are their places in a list; of equal texts the last one is
  /// found.
  init(inOrder texts: some Collection<String>) {
    let strings = ByteStringTable(capacity: texts.count)
    var ids: [TokenID] = []
    ids.reserveCapacity(texts.count)
    var numbers: [Int32] = []
    numbers.reserveCapacity(texts.count)
    for text in texts {
      let number = strings.insert(text)
      let id = TokenID(numbers.count)
      if number == ids.count { ids.append(id) } else { ids[number] = id }
      numbers.append(Int32(number))
    }
    self.strings = strings
    self.ids = ids
    self.numbers = numbers
    idLimit = numbers.count
  }

  /// Calls `body` with the different texts and the id of each.
  func withStrings<Result>(
    _ body: (_ texts: [UnsafeBufferPointer<UInt8>], _ ids: [TokenID]) -> Result
  ) -> Result {
    withExtendedLifetime(strings) { body((0..<strings.count).map { strings[$0] }, ids) }
  }

  /// The id of a token's text.
  func id(of text: String) -> TokenID? {
    strings.find(text).map { ids[$0] }
  }

  /// The id of a token's text, given as UTF-8.
  func id(of text: UnsafeBufferPointer<UInt8>) -> TokenID? {
    strings.find(text).map { ids[$0] }
  }

  /// The text of an id in UTF-8, or nil if no token has it.
  func bytes(of id: TokenID) -> UnsafeBufferPointer<UInt8>? {
    guard id >= 0, id < idLimit, numbers[Int(id)] >= 0 else { return nil }
    return strings[Int(numbers[Int(id)])]
  }

  /// The text of an id, or nil if no token has it.
  func text(of id: TokenID) -> String? {
    bytes(of: id).map { String(decoding: $0, as: UTF8.self) }
  }

  /// All tokens in the order of their ids.
  var tokensInOrder: [(text: String, id: Int)] {
    numbers.enumerated().compactMap { id, number in
      number < 0
        ? nil : (String(decoding: strings[Int(number)], as: UTF8.self), id)
    }
  }
}

extension ByteStringTable {
  /// The number of a string, which is entered if it is new.
  func insert(_ text: String) -> Int {
    var text = text
    return text.withUTF8 { insert($0) }
  }

  /// The number of a string that is in the table.
  func find(_ text: String) -> Int? {
    var text = text
    return text.withUTF8 { find($0) }
  }
}
