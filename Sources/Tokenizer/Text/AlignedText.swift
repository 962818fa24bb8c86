/// Text on its way to the model, with the place in the original that each of its bytes comes from.
///
/// Normalizers and pre-tokenizers rewrite text; what a token stands for must still be found in the
/// original. The rules by which a rewritten character gets its origin are those of `NormalizedString`
/// in Hugging Face tokenizers, so that offsets agree.
struct AlignedText {
  /// A stretch of the original: the bytes that a rewritten byte stands for.
  struct Origin: Equatable {
    var start: UInt32
    var end: UInt32
  }

  /// The text as it is now, valid UTF-8 wherever the original was.
  private(set) var bytes: [UInt8] = []
  /// The origin of each byte, empty unless origins are tracked.
  private(set) var origins: [Origin] = []
  /// Whether each byte's origin is kept; only offsets need it.
  private(set) var tracksOrigins = false
  /// How many bytes at the start have an origin that begins at 0.
  ///
  /// Kept even without origins, because some pre-tokenizers treat the start of the original
  /// differently.
  private(set) var countAtStart = 0

  /// The memory of the text before the last rewriting, for the next one.
  private var spareBytes: [UInt8] = []
  private var spareOrigins: [Origin] = []

  /// Starts anew with a stretch of original text.
  mutating func reset(_ text: UnsafeBufferPointer<UInt8>, tracksOrigins: Bool) {
    precondition(text.count < Int(UInt32.max), "encode: a text has 2³² − 1 bytes or more")
    bytes.removeAll(keepingCapacity: true)
    origins.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: text)
    self.tracksOrigins = tracksOrigins
    countAtStart = 0
    guard let start = text.baseAddress, !text.isEmpty else { return }
    countAtStart = character(in: start, at: 0, end: text.count).length
    guard tracksOrigins else { return }
    var at = 0
    while at < text.count {
      let length = character(in: start, at: at, end: text.count).length
      let origin = Origin(start: UInt32(at), end: UInt32(at + length))
      for _ in 0..<length { origins.append(origin) }
      at += length
    }
  }

  /// Starts anew with a part of another text; origins stay those of the original.
  mutating func reset(_ other: AlignedText, _ range: Range<Int>) {
    bytes.removeAll(keepingCapacity: true)
    origins.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: other.bytes[range])
    tracksOrigins = other.tracksOrigins
    if tracksOrigins { origins.append(contentsOf: other.origins[range]) }
    countAtStart = max(0, min(range.upperBound, other.countAtStart) - range.lowerBound)
  }

  /// Gives up memory that only a long text needs.
  mutating func trim(to capacity: Int) {
    if bytes.capacity > capacity || spareBytes.capacity > capacity { self = AlignedText() }
  }

  /// The original bytes that a range of the text stands for.
  ///
  /// Without tracked origins the result is empty.
  func original(of range: Range<Int>) -> Range<Int> {
    guard tracksOrigins, !range.isEmpty else { return 0..<0 }
    let lower = Int(origins[range.lowerBound].start)
    return lower..<max(lower, Int(origins[range.upperBound - 1].end))
  }

  /// Calls `body` with the bytes.
  func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    bytes.withUnsafeBufferPointer(body)
  }

  /// Lets `body` put other bytes in the place of some; what it writes has the origins of what was there.
  mutating func modifyBytes<Result>(
    _ body: (UnsafeMutableBufferPointer<UInt8>) -> Result
  ) -> Result {
    bytes.withUnsafeMutableBufferPointer { body($0) }
  }

  /// Sets the bytes; origins are set separately.
  mutating func replaceBytes(_ bytes: [UInt8], countAtStart: Int) {
    self.bytes = bytes
    self.countAtStart = countAtStart
  }

  /// Sets the origins.
  mutating func replaceOrigins(_ origins: [Origin]) { self.origins = origins }

  /// Replaces the text by what `body` writes while it reads the old one from start to end.
  mutating func rewrite(_ body: (UnsafeBufferPointer<UInt8>, inout AlignedTextWriter) -> Void) {
    spareBytes.removeAll(keepingCapacity: true)
    spareOrigins.removeAll(keepingCapacity: true)
    spareBytes.reserveCapacity(bytes.count + 16)
    var newBytes: [UInt8] = []
    var newOrigins: [Origin] = []
    swap(&newBytes, &spareBytes)
    swap(&newOrigins, &spareOrigins)
    var writer = AlignedTextWriter(
      bytes: newBytes, origins: newOrigins, old: bytes, oldOrigins: origins,
      oldCountAtStart: countAtStart)
    newBytes = []
    newOrigins = []
    bytes.withUnsafeBufferPointer { body($0, &writer) }
    countAtStart = writer.countAtStart
    spareBytes = bytes
    spareOrigins = origins
    bytes = writer.bytes
    origins = writer.origins
  }
}

/// Writes a text anew and gives each new byte its origin.
struct AlignedTextWriter {
  fileprivate var bytes: [UInt8]
  fileprivate var origins: [AlignedText.Origin]
  fileprivate var countAtStart = 0
  private let old: [UInt8]
  private let oldOrigins: [AlignedText.Origin]
  private let oldCountAtStart: Int
  private let tracksOrigins: Bool
  /// Where the piece that is being written begins in the old text.
  private var pieceStart = 0
  /// Where the piece begins in the original.
  private var pieceOrigin: UInt32 = 0
  /// Whether the piece begins where the original does.
  private var pieceIsAtStart = true
  /// Whether all bytes so far come from the start of the original.
  private var isAtStart = true

  fileprivate init(
    bytes: [UInt8], origins: [AlignedText.Origin], old: [UInt8],
    oldOrigins: [AlignedText.Origin], oldCountAtStart: Int
  ) {
    self.bytes = bytes
    self.origins = origins
    self.old = old
    self.oldOrigins = oldOrigins
    self.oldCountAtStart = oldCountAtStart
    tracksOrigins = !oldOrigins.isEmpty
  }

  /// The number of bytes written so far.
  var count: Int { bytes.count }

  /// From here on a piece of the old text that begins at `start` is written: what is inserted before
  /// its first character belongs to its start.
  mutating func beginPiece(at start: Int) {
    pieceStart = start
    pieceIsAtStart = start < oldCountAtStart
    if tracksOrigins, start < oldOrigins.count { pieceOrigin = oldOrigins[start].start }
  }

  /// Copies a range of the old text.
  mutating func keep(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    if range.count <= 8 {
      // A call for so few bytes would cost more than they do.
      for at in range { bytes.append(old[at]) }
    } else {
      bytes.append(contentsOf: old[range])
    }
    if tracksOrigins { origins.append(contentsOf: oldOrigins[range]) }
    if isAtStart {
      let kept = max(0, min(range.upperBound, oldCountAtStart) - range.lowerBound)
      countAtStart += kept
      isAtStart = kept == range.count
    }
  }

  /// Writes a character that takes the place of the one at `place` in the old text.
  mutating func replace(at place: Int, with character: UInt32) {
    append(
      character, isAtStart: place < oldCountAtStart, tracksOrigins ? oldOrigins[place] : nil)
  }

  /// Writes a character that is new; `place` is how far the old text has been read.
  ///
  /// Its origin is that of the byte before, or the empty start of the piece; where no pieces were
  /// begun, that of the original.
  mutating func insert(at place: Int, _ character: UInt32) {
    if place > pieceStart {
      return append(
        character, isAtStart: place - 1 < oldCountAtStart,
        tracksOrigins ? oldOrigins[place - 1] : nil)
    }
    let origin = AlignedText.Origin(start: pieceOrigin, end: pieceOrigin)
    append(character, isAtStart: pieceIsAtStart, tracksOrigins ? origin : nil)
  }

  /// Writes a text that is new; `place` is how far the old text has been read.
  mutating func insert(at place: Int, utf8 text: [UInt8]) {
    if text.isEmpty { return }
    let comesAtStart = place > pieceStart ? place - 1 < oldCountAtStart : pieceIsAtStart
    bytes.append(contentsOf: text)
    if tracksOrigins {
      let origin =
        place > pieceStart
        ? oldOrigins[place - 1] : AlignedText.Origin(start: pieceOrigin, end: pieceOrigin)
      origins.append(contentsOf: repeatElement(origin, count: text.count))
    }
    if isAtStart {
      if comesAtStart { countAtStart += text.count } else { isAtStart = false }
    }
  }

  /// Writes a character and reads on in the old text, as `NormalizedString.transform` does.
  ///
  /// - Parameters:
  ///   - character: the character.
  ///   - change: 1 if the character is new; 0 if it takes the place of the next one of the old text;
  ///     less if so many more characters are left out.
  ///   - place: how far the old text has been read.
  ///   - text: the old text.
  mutating func transform(
    _ character: UInt32, change: Int, at place: inout Int, in text: UnsafePointer<UInt8>
  ) {
    if change > 0 { return insert(at: place, character) }
    let end = old.count
    guard place < end else { return }
    let (replaced, length) = Tokenizer.character(in: text, at: place, end: end)
    if replaced == character {
      keep(place..<place + length)
    } else {
      replace(at: place, with: character)
    }
    place += length
    skip(-change, at: &place, in: text)
  }

  /// Leaves out so many characters of the old text.
  func skip(_ count: Int, at place: inout Int, in text: UnsafePointer<UInt8>) {
    for _ in 0..<max(0, count) where place < old.count {
      place += character(in: text, at: place, end: old.count).length
    }
  }

  private mutating func append(
    _ character: UInt32, isAtStart: Bool, _ origin: AlignedText.Origin?
  ) {
    appendUTF8(character, to: &bytes)
    let length = utf8Length(character)
    if let origin {
      for _ in 0..<length { origins.append(origin) }
    }
    if self.isAtStart {
      if isAtStart { countAtStart += length } else { self.isAtStart = false }
    }
  }
}
