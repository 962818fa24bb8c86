/// Counts the pieces that a pre-tokenizer cuts text into; the text itself is not kept.
///
/// A *sequence* is a stretch of text that is cut on its own: a text given to `add(_:)`, or a line.
/// Cutting lines and cutting a whole text differ where white space touches a line's end, and with it
/// the vocabulary: Hugging Face trainers cut files by lines, and iterators by what they yield.
final class WordCounter: @unchecked Sendable {
  private let words = ByteStringTable(capacity: 1 << 14)
  private(set) var counts: [Int64] = []
  private let classes = CharacterClasses()
  private let preTokenizer: ByteLevelPreTokenizer
  private var prefixed: [UInt8] = []

  init(_ preTokenizer: ByteLevelPreTokenizer) {
    self.preTokenizer = preTokenizer
  }

  /// The number of different pieces.
  var count: Int { words.count }

  /// The bytes of a piece.
  subscript(word: Int) -> UnsafeBufferPointer<UInt8> { words[word] }

  /// Counts the pieces of one sequence.
  func add(_ sequence: UnsafeBufferPointer<UInt8>) {
    guard let start = sequence.baseAddress, !sequence.isEmpty else { return }
    guard preTokenizer.addsPrefixSpace, sequence[0] != 0x20 else {
      return addPieces(start, sequence.count)
    }
    prefixed.removeAll(keepingCapacity: true)
    prefixed.append(0x20)
    prefixed.append(contentsOf: sequence)
    let copy = prefixed
    copy.withUnsafeBufferPointer { copy in
      if let start = copy.baseAddress { addPieces(start, copy.count) }
    }
  }

  /// Counts the pieces of each line, which ends with its line feed.
  func addLines(_ text: UnsafeBufferPointer<UInt8>) {
    var start = 0
    while start < text.count {
      let rest = UnsafeBufferPointer(rebasing: text[start...])
      let length = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.count
      add(UnsafeBufferPointer(rebasing: rest[..<length]))
      start += length
    }
  }

  /// Adds the counts of another counter.
  func merge(_ other: WordCounter) {
    for word in 0..<other.count { add(other[word], times: other.counts[word]) }
  }

  private func addPieces(_ text: UnsafePointer<UInt8>, _ end: Int) {
    guard preTokenizer.usesPattern else {
      return add(UnsafeBufferPointer(start: text, count: end), times: 1)
    }
    let splitter = GPT2Splitter()
    let classes = self.classes
    var at = 0
    while at < end {
      let next = splitter.pieceEnd(in: text, from: at, to: end, classes: classes)
      add(UnsafeBufferPointer(start: text + at, count: next - at), times: 1)
      at = next
    }
  }

  @inline(__always)
  private func add(_ word: UnsafeBufferPointer<UInt8>, times: Int64) {
    let number = words.insert(word)
    if number == counts.count {
      counts.append(times)
    } else {
      counts[number] += times
    }
  }
}
