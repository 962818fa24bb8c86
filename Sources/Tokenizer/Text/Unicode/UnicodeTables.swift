/// What normalizers know of characters, as the reference knows it.
///
/// Hugging Face tokenizers 0.23.3 takes its normalization forms from Unicode 9, whether characters are
/// marks or controls from about the same time, and lower case and grapheme clusters from later
/// versions. Its behaviour for every character is packed into literals by Scripts/make-unicode-tables
/// and unpacked when first needed.
final class UnicodeTables: Sendable {
  static let shared = UnicodeTables()

  /// Bits of a character's entry in `flags`.
  enum Flags {
    /// The combining class: 0 for characters that no mark is moved across.
    static let combiningClass: UInt32 = 0xFF
    /// The character can be the second of two that are composed.
    static let composesBackwards: UInt32 = 1 << 8
    /// A mark of any kind.
    static let mark: UInt32 = 1 << 9
    /// A mark without a width of its own.
    static let nonspacingMark: UInt32 = 1 << 10
    /// A control, a format character or one for private use.
    static let other: UInt32 = 1 << 11
    /// What was written before can change with the character: by reordering or composition.
    static let joinsPrevious: UInt32 = 1 << 12
    /// The index of the character's decompositions, plus one.
    static let decompositionShift: UInt32 = 13
  }

  /// What a character decomposes to: ranges of `decomposed`, empty if it does not.
  struct Decomposition {
    var canonical: Range<Int> = 0..<0
    /// The compatibility decomposition where it differs.
    var compatible: Range<Int> = 0..<0
    /// Whether canonical composition makes the character from the parts again.
    var recomposes = false
  }

  /// The bits of each character.
  let flags: PagedTable
  let decompositions: [Decomposition]
  let decomposed: [UInt32]
  private let compositions: CompositionTable

  private init() {
    var numbers = PackedNumbers(Self.excludedData)
    var excluded: Set<Int> = []
    numbers.forEachRun { range, _ in excluded.formUnion(range) }
    var decompositions: [Decomposition] = []
    var decomposed: [UInt32] = []
    var indices: [Int: Int] = [:]
    var pairs: [Int: [UInt32]] = [:]
    func append(_ characters: [UInt32]) -> Range<Int> {
      decomposed.append(contentsOf: characters)
      return decomposed.count - characters.count..<decomposed.count
    }
    numbers = PackedNumbers(Self.canonicalData)
    numbers.forEachMapping { point, characters in
      indices[point] = decompositions.count
      let recomposes = characters.count > 1 && !excluded.contains(point)
      decompositions.append(
        Decomposition(canonical: append(characters), recomposes: recomposes))
      if recomposes { pairs[point] = characters }
    }
    numbers = PackedNumbers(Self.compatibleData)
    numbers.forEachMapping { point, characters in
      let range = append(characters)
      if let index = indices[point] {
        decompositions[index].compatible = range
      } else {
        indices[point] = decompositions.count
        decompositions.append(Decomposition(compatible: range))
      }
    }
    let compositions = CompositionTable(pairs)
    flags = PagedTable { builder in
      var numbers = PackedNumbers(Self.combiningData)
      numbers.forEachRun { builder.insert($1 | Flags.joinsPrevious, in: $0) }
      numbers = PackedNumbers(Self.categoriesData)
      numbers.forEachRun { builder.insert($1 << 9, in: $0) }
      let backwards = Flags.composesBackwards | Flags.joinsPrevious
      for second in compositions.seconds {
        builder.insert(backwards, in: Int(second)..<Int(second) + 1)
      }
      builder.insert(backwards, in: Hangul.vowels)
      builder.insert(backwards, in: Hangul.trailers)
      for (point, index) in indices {
        builder.insert(
          UInt32(index + 1) << Flags.decompositionShift, in: point..<point + 1)
        for range in [decompositions[index].canonical, decompositions[index].compatible] {
          guard let first = range.first else { continue }
          let joins = builder[Int(decomposed[first])] & Flags.joinsPrevious
          builder.insert(joins, in: point..<point + 1)
        }
      }
    }
    self.decompositions = decompositions
    self.decomposed = decomposed
    self.compositions = compositions
  }

  /// The decompositions of a character with these bits, nil if it has none.
  @inline(__always)
  func decomposition(_ flags: UInt32) -> Decomposition? {
    let index = Int(flags >> Flags.decompositionShift)
    return index == 0 ? nil : decompositions[index - 1]
  }

  /// The character that two make, if there is one.
  func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    Hangul.compose(first, second) ?? compositions[first, second]
  }
}
