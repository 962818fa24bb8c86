/// Where a stretch of a string came from.
struct Source: Equatable, Hashable {
  enum Kind: Int32 {
    /// The characters of a string.
    case text = 0
    /// The characters of a key.
    case name = 1
    /// The spelling of a value that is no string: digits, or the punctuation of JSON.
    case notation = 2
  }

  let raw: Int32

  /// Made by the template: a number, a length, a date.
  static let computed = Source(raw: 0)
  /// Text of the template.
  static let template = Source(raw: 1)

  private init(raw: Int32) { self.raw = raw }

  /// A value of the input, by its number in the table of paths.
  init(input: Int, _ kind: Kind) {
    raw = Int32(truncatingIfNeeded: (input + 1) << 2) | kind.rawValue
  }

  /// The number in the table of paths and the kind, nil for what is not from the input.
  var input: (number: Int, kind: Kind)? {
    guard raw >= 4, let kind = Kind(rawValue: raw & 3) else { return nil }
    return (Int(raw >> 2) - 1, kind)
  }

  /// The same value's spelling instead of its characters.
  var notation: Source {
    guard let input else { return self }
    return Source(input: input.number, .notation)
  }
}

/// A stretch of a string whose characters came from one place.
struct Run {
  /// Where it ends in the string, in bytes.
  var end: Int32
  /// How many bytes of the source it stands for.
  ///
  /// Where this is not its own length, or `isWhole`, the stretch as a whole stands for them.
  var span: Int32
  /// Where these begin in the source.
  var offset: Int32
  var source: Source
  /// The message that was being rendered when the stretch was put out, −1 for none.
  var turn: Int32
  var isWhole: Bool
}

/// A string of a template: its UTF-8, and where each stretch of it came from.
final class Text: Sendable {
  let bytes: [UInt8]
  /// How many characters it has.
  let count: Int
  let runs: [Run]
  /// Whether it is marked as safe HTML, as `markupsafe.Markup`.
  let isMarkup: Bool

  init(bytes: [UInt8], count: Int, runs: [Run], isMarkup: Bool = false) {
    self.bytes = bytes
    self.count = count
    self.runs = runs
    self.isMarkup = isMarkup
  }

  /// A string all of whose characters come from one place.
  convenience init(_ bytes: [UInt8], source: Source = .computed, offset: Int = 0) {
    let length = Int32(truncatingIfNeeded: bytes.count)
    let run = Run(
      end: length, span: length, offset: Int32(truncatingIfNeeded: offset), source: source,
      turn: -1, isWhole: false)
    self.init(
      bytes: bytes, count: characterCount(bytes[...]), runs: bytes.isEmpty ? [] : [run])
  }

  /// A string that the engine makes.
  convenience init(_ text: String, source: Source = .computed) {
    self.init(Array(text.utf8), source: source)
  }

  static let empty = Text([])

  var isEmpty: Bool { bytes.isEmpty }

  /// Whether each byte is a character.
  var isASCII: Bool { count == bytes.count }

  var string: String { String(decoding: bytes, as: UTF8.self) }

  /// The same string, marked as safe HTML or not.
  func marked(_ isMarkup: Bool) -> Text {
    if self.isMarkup == isMarkup { return self }
    return Text(bytes: bytes, count: count, runs: runs, isMarkup: isMarkup)
  }

  func equals(_ other: Text) -> Bool { self === other || bytes == other.bytes }

  func equals(_ other: StaticString) -> Bool {
    bytes.count == other.utf8CodeUnitCount
      && bytes.elementsEqual(UnsafeBufferPointer(start: other.utf8Start, count: bytes.count))
  }

  /// The bytes from one place to another as a string of its own.
  func slice(_ range: Range<Int>) -> Text {
    if range == 0..<bytes.count { return self }
    if range.isEmpty { return isMarkup ? Text.empty.marked(true) : .empty }
    var builder = TextBuilder()
    builder.append(self, range)
    return builder.text(isMarkup: isMarkup)
  }

  /// The place in bytes of the character with a number, which may be the one after the last.
  func byteOffset(ofCharacter number: Int) -> Int {
    if isASCII { return number }
    if number == count { return bytes.count }
    var at = 0
    for _ in 0..<number { at += scalarLength(bytes[at]) }
    return at
  }

  /// The number of the character that begins at a place in bytes.
  func characterNumber(atByte place: Int) -> Int {
    isASCII ? place : characterCount(bytes[..<place])
  }

  /// The characters in order.
  func characters() -> [Text] {
    var result: [Text] = []
    result.reserveCapacity(count)
    var at = 0
    while at < bytes.count {
      let end = at + scalarLength(bytes[at])
      result.append(slice(at..<end))
      at = end
    }
    return result
  }

  var scalars: String.UnicodeScalarView { string.unicodeScalars }
}

/// How many characters valid UTF-8 has.
func characterCount(_ bytes: ArraySlice<UInt8>) -> Int {
  bytes.withUnsafeBufferPointer { buffer in
    var continuations = 0
    for byte in buffer where byte & 0xC0 == 0x80 { continuations += 1 }
    return buffer.count - continuations
  }
}
