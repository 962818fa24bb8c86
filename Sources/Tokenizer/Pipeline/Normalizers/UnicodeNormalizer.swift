import JSON

/// Brings text into one of Unicode's normalization forms: the components `NFC`, `NFD`, `NFKC` and
/// `NFKD`.
///
/// Unicode Standard Annex 15 with the characters of Unicode 9, as in the reference: later ones stay as
/// they are. Text that is in the form already is recognised in one pass and not copied.
struct UnicodeNormalizer: Sendable, Equatable {
  /// A normalization form, under its name in tokenizer.json.
  enum Form: String, Sendable {
    case composed = "NFC"
    case decomposed = "NFD"
    case compatiblyComposed = "NFKC"
    case compatiblyDecomposed = "NFKD"

    var composes: Bool { self == .composed || self == .compatiblyComposed }
    var isCompatible: Bool { self == .compatiblyComposed || self == .compatiblyDecomposed }
  }

  var form: Form

  var json: JSONValue { ["type": .string(form.rawValue)] }

  /// Whether a text is in the form already.
  func leavesUnchanged(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    NormalizationScan(form: form, tables: .shared).nextSegment(in: text, from: 0) == nil
  }

  func apply(to text: inout AlignedText) {
    let scan = NormalizationScan(form: form, tables: .shared)
    guard var segment = text.withBytes({ scan.nextSegment(in: $0, from: 0) }) else { return }
    text.rewrite { old, writer in
      guard let start = old.baseAddress else { return }
      var rewriter = SegmentRewriter(form: form, tables: scan.tables)
      var done = 0
      while true {
        writer.keep(done..<segment.lowerBound)
        rewriter.rewrite(start, segment, &writer)
        done = segment.upperBound
        guard let next = scan.nextSegment(in: old, from: done) else { break }
        segment = next
      }
      writer.keep(done..<old.count)
    }
  }
}

/// Finds the parts of a text that a normalization form may change.
private struct NormalizationScan {
  let form: UnicodeNormalizer.Form
  let tables: UnicodeTables

  /// The next stretch with something to change, nil if the rest of the text is in the form.
  ///
  /// Nothing outside a stretch depends on what is in it: a stretch and what follows it begin with
  /// characters that do not change what is before them. `start` must be such a place.
  func nextSegment(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
    guard let base = text.baseAddress else { return nil }
    let end = text.count
    let flags = tables.flags
    var segmentStart = start
    var classBefore: UInt32 = 0
    var at = start
    while at < end {
      if base[at] < 0x80 {
        at = asciiEnd(base, at, end)
        segmentStart = at - 1
        classBefore = 0
        continue
      }
      let (value, length) = character(in: base, at: at, end: end)
      let bits = flags[value]
      if bits & UnicodeTables.Flags.joinsPrevious == 0 {
        segmentStart = at
        classBefore = 0
        if bits >> UnicodeTables.Flags.decompositionShift != 0 || Hangul.isSyllable(value),
          changes(value, bits)
        {
          return segmentStart..<segmentEnd(base, at + length, end)
        }
      } else {
        let combiningClass = bits & UnicodeTables.Flags.combiningClass
        let disordered = combiningClass != 0 && combiningClass < classBefore
        let composes = form.composes && bits & UnicodeTables.Flags.composesBackwards != 0
        if disordered || composes || changes(value, bits) {
          return segmentStart..<segmentEnd(base, at + length, end)
        }
        classBefore = combiningClass
      }
      at += length
    }
    return nil
  }

  /// Whether the form replaces a character that stands alone.
  private func changes(_ character: UInt32, _ flags: UInt32) -> Bool {
    if Hangul.isSyllable(character) { return !form.composes }
    guard let decomposition = tables.decomposition(flags) else { return false }
    if form.isCompatible, !decomposition.compatible.isEmpty { return true }
    if decomposition.canonical.isEmpty { return false }
    return !form.composes || !decomposition.recomposes
  }

  /// Where the first character at or after `start` is that does not change what is before it.
  private func segmentEnd(_ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
    var at = start
    while at < end {
      let (value, length) = character(in: text, at: at, end: end)
      if tables.flags[value] & UnicodeTables.Flags.joinsPrevious == 0 { break }
      at += length
    }
    return at
  }
}

/// Brings stretches of text into a normalization form.
private struct SegmentRewriter {
  /// A character on its way, with what `AlignedTextWriter.transform` needs to know of it.
  private typealias Moving = (combiningClass: UInt8, character: UInt32, change: Int)

  let form: UnicodeNormalizer.Form
  let tables: UnicodeTables
  private var characters: [Moving] = []
  private var sorted: [Moving] = []

  init(form: UnicodeNormalizer.Form, tables: UnicodeTables) {
    self.form = form
    self.tables = tables
  }

  mutating func rewrite(
    _ text: UnsafePointer<UInt8>, _ segment: Range<Int>, _ writer: inout AlignedTextWriter
  ) {
    characters.removeAll(keepingCapacity: true)
    var at = segment.lowerBound
    while at < segment.upperBound {
      let (value, length) = character(in: text, at: at, end: segment.upperBound)
      decompose(value)
      at += length
    }
    order()
    if form.composes { compose() }
    at = segment.lowerBound
    for (_, character, change) in characters {
      writer.transform(character, change: change, at: &at, in: text)
    }
  }

  /// Appends what a character decomposes to.
  private mutating func decompose(_ character: UInt32) {
    if Hangul.isSyllable(character) {
      var change = 0
      Hangul.decompose(character) {
        characters.append((0, $0, change))
        change = 1
      }
      return
    }
    let bits = tables.flags[character]
    guard let decomposition = tables.decomposition(bits) else {
      return append(character, bits, change: 0)
    }
    let compatible = form.isCompatible && !decomposition.compatible.isEmpty
    let range = compatible ? decomposition.compatible : decomposition.canonical
    if range.isEmpty { return append(character, bits, change: 0) }
    for index in range {
      let part = tables.decomposed[index]
      append(part, tables.flags[part], change: index > range.lowerBound ? 1 : 0)
    }
  }

  private mutating func append(_ character: UInt32, _ bits: UInt32, change: Int) {
    let combiningClass = UInt8(bits & UnicodeTables.Flags.combiningClass)
    characters.append((combiningClass, character, change))
  }

  /// Sorts marks by their classes: each run of characters with a class other than 0.
  private mutating func order() {
    var at = 0
    while at < characters.count {
      guard characters[at].combiningClass != 0 else {
        at += 1
        continue
      }
      var end = at + 1
      var inOrder = true
      while end < characters.count, characters[end].combiningClass != 0 {
        inOrder = inOrder && characters[end - 1].combiningClass <= characters[end].combiningClass
        end += 1
      }
      if !inOrder { sort(at..<end) }
      at = end
    }
  }

  /// Sorts stably by class, in linear time however many marks there are.
  private mutating func sort(_ range: Range<Int>) {
    if range.count <= 16 {
      for index in range.dropFirst() {
        let moving = characters[index]
        var place = index
        while place > range.lowerBound,
          characters[place - 1].combiningClass > moving.combiningClass
        {
          characters[place] = characters[place - 1]
          place -= 1
        }
        characters[place] = moving
      }
      return
    }
    var places = [Int](repeating: 0, count: 257)
    for index in range { places[Int(characters[index].combiningClass) + 1] += 1 }
    for index in 1..<257 { places[index] += places[index - 1] }
    sorted.removeAll(keepingCapacity: true)
    sorted.append(contentsOf: characters[range])
    for moving in sorted {
      characters[range.lowerBound + places[Int(moving.combiningClass)]] = moving
      places[Int(moving.combiningClass)] += 1
    }
  }

  /// Composes characters with what follows them and is not blocked.
  private mutating func compose() {
    var written = 0
    var starter: Int?
    /// The class of the last mark that was left between the starter and the next character.
    var classBefore: UInt8?
    for index in characters.indices {
      let next = characters[index]
      if let place = starter, classBefore.map({ $0 < next.combiningClass }) ?? true,
        let composed = tables.compose(characters[place].character, next.character)
      {
        characters[place].character = composed
        characters[place].change += next.change - 1
        continue
      }
      if next.combiningClass == 0 {
        starter = written
        classBefore = nil
      } else if starter != nil {
        classBefore = next.combiningClass
      }
      characters[written] = next
      written += 1
    }
    characters.removeSubrange(written...)
  }
}

/// Where the ASCII characters end that begin at `start`.
@inline(__always)
func asciiEnd(_ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
  var at = start
  let raw = UnsafeRawPointer(text)
  while at + 8 <= end,
    raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
  {
    at += 8
  }
  while at < end, text[at] < 0x80 { at += 1 }
  return at
}
