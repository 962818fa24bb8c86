/// Brings stretches of text into a normalization form.
struct SegmentRewriter {
  /// A character on its way, with what `AlignedTextWriter.transform` needs to know of it.
  private typealias Moving = (combiningClass: UInt8, character: UInt32, change: Int)

  private let form: UnicodeNormalizer.Form
  private let tables: UnicodeTables
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
