import JSON

/// Counts the words that a pipeline cuts text into; the text itself is not kept.
///
/// A *sequence* is a stretch of text that is cut on its own: a text given to `add(_:)`, or a line.
/// Cutting lines and cutting a whole text differ where white space touches a line's end, and with it
/// the vocabulary: Hugging Face trainers cut files by lines, and iterators by what they yield.
final class WordCounter: @unchecked Sendable {
  /// How words come about.
  enum Cutting: Sendable {
    /// Words are bytes as they are, cut by GPT-2's pattern.
    case bytes(ByteLevelPreTokenizer)
    /// Words are text as components have made it.
    case components(Normalizer?, PreTokenizer?)

    /// Whether texts can be cut at the boundaries of GPT-2's pattern.
    var followsPattern: Bool {
      if case .bytes(let preTokenizer) = self {
        preTokenizer.usesPattern && !preTokenizer.addsPrefixSpace
      } else {
        false
      }
    }
  }

  /// Sequences are handed to components in parts of at most so many bytes.
  private static let longestSequence = 1 << 30

  private let words = ByteStringTable(capacity: 1 << 14)
  private(set) var counts: [Int64] = []
  private let classes = CharacterClasses()
  private let cutting: Cutting
  private var prefixed: [UInt8] = []
  private var text = AlignedText()
  private var pieces = TextPieces()

  init(_ cutting: Cutting) {
    self.cutting = cutting
  }

  /// The number of different words.
  var count: Int { words.count }

  /// The bytes of a word.
  subscript(word: Int) -> UnsafeBufferPointer<UInt8> { words[word] }

  /// Counts the words of one sequence.
  func add(_ sequence: UnsafeBufferPointer<UInt8>) {
    guard let start = sequence.baseAddress, !sequence.isEmpty else { return }
    switch cutting {
    case .bytes(let preTokenizer):
      guard preTokenizer.addsPrefixSpace, sequence[0] != 0x20 else {
        return addPieces(start, sequence.count, preTokenizer)
      }
      prefixed.removeAll(keepingCapacity: true)
      prefixed.append(0x20)
      prefixed.append(contentsOf: sequence)
      let copy = prefixed
      copy.withUnsafeBufferPointer { copy in
        if let start = copy.baseAddress { addPieces(start, copy.count, preTokenizer) }
      }
    case .components(let normalizer, let preTokenizer):
      var at = 0
      while at < sequence.count {
        var end = min(sequence.count, at + Self.longestSequence)
        while end < sequence.count, end > at + 4, sequence[end] & 0xC0 == 0x80 { end -= 1 }
        addText(UnsafeBufferPointer(rebasing: sequence[at..<end]), normalizer, preTokenizer)
        at = end
      }
    }
  }

  /// Counts the words of each line, which ends with its line feed.
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

  private func addPieces(
    _ text: UnsafePointer<UInt8>, _ end: Int, _ preTokenizer: ByteLevelPreTokenizer
  ) {
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

  private func addText(
    _ sequence: UnsafeBufferPointer<UInt8>, _ normalizer: Normalizer?, _ preTokenizer: PreTokenizer?
  ) {
    if isValidUTF8(sequence) {
      text.reset(sequence, tracksOrigins: false)
    } else {
      // Words are text: what is no character becomes one.
      var repaired = String(decoding: sequence, as: UTF8.self)
      repaired.withUTF8 { text.reset($0, tracksOrigins: false) }
    }
    normalizer?.apply(to: &text)
    swap(&pieces.text, &text)
    pieces.begin(beginsUserText: true)
    preTokenizer?.apply(to: &pieces)
    pieces.text.withBytes { bytes in
      for piece in pieces.ranges { add(UnsafeBufferPointer(rebasing: bytes[piece]), times: 1) }
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
