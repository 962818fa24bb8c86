import Synchronization

/// The classes of characters that pre-tokenization patterns distinguish, a bit each, so that sets of
/// them are masks.
///
/// A character is in at most one; controls, format characters and unassigned ones are in none.
enum CharacterClass {
  /// `\p{Lu}` and `\p{Lt}`: upper and title case.
  static let upper: UInt8 = 1
  /// `\p{Ll}`: lower case.
  static let lower: UInt8 = 2
  /// `\p{Lm}` and `\p{Lo}`: letters without case.
  static let caseless: UInt8 = 4
  /// `\p{L}`.
  static let letter: UInt8 = 7
  /// `\p{N}`.
  static let number: UInt8 = 8
  /// `\s`: the White_Space property.
  static let space: UInt8 = 16
  /// `\p{M}`.
  static let mark: UInt8 = 32
  /// `\p{P}`.
  static let punctuation: UInt8 = 64
  /// `\p{S}`.
  static let symbol: UInt8 = 128

  /// The class of a character as of Unicode 16, the version that Hugging Face tokenizers 0.23 uses
  /// for patterns.
  static func inPatterns(_ scalar: Unicode.Scalar) -> UInt8 {
    switch UnicodeClasses.category(of: scalar) {
    case .uppercaseLetter, .titlecaseLetter: upper
    case .lowercaseLetter: lower
    case .modifierLetter, .otherLetter: caseless
    case .decimalNumber, .letterNumber, .otherNumber: number
    case .nonspacingMark, .spacingMark, .enclosingMark: mark
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      punctuation
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol: symbol
    default:
      // The property has not changed since long before version 16.
      scalar.properties.isWhitespace ? space : 0
    }
  }
}

/// The class of every character, computed a page of 256 characters at a time when first asked for.
///
/// Filling the whole table takes tens of milliseconds, a page some microseconds; ASCII has a page
/// from the start. Threads share the table.
final class CharacterClasses: @unchecked Sendable {
  /// A page once it is filled.
  private typealias Page = Atomic<UnsafeMutablePointer<UInt8>?>

  /// The classes of patterns.
  static let patterns = CharacterClasses()

  private static let pageCount = 0x11_0000 >> 8
  private let pages: UnsafeMutablePointer<Page>
  private let classify: @Sendable (Unicode.Scalar) -> UInt8
  /// The classes of the characters 0…255.
  let latin: UnsafePointer<UInt8>

  /// Makes a table of the classes that a function gives; those of patterns unless given.
  init(_ classify: @escaping @Sendable (Unicode.Scalar) -> UInt8 = CharacterClass.inPatterns) {
    self.classify = classify
    pages = .allocate(capacity: Self.pageCount)
    let first = Self.makePage(0, classify)
    (pages + 0).initialize(to: Page(first))
    for index in 1..<Self.pageCount { (pages + index).initialize(to: Page(nil)) }
    latin = UnsafePointer(first)
  }

  deinit {
    for index in 0..<Self.pageCount { pages[index].load(ordering: .acquiring)?.deallocate() }
    pages.deinitialize(count: Self.pageCount)
    pages.deallocate()
  }

  /// The class of a character below U+110000.
  @inline(__always)
  func callAsFunction(_ character: UInt32) -> UInt8 {
    let index = Int(character >> 8)
    let page = pages[index].load(ordering: .acquiring) ?? fill(index)
    return page[Int(character & 0xFF)]
  }

  @inline(never)
  private func fill(_ index: Int) -> UnsafeMutablePointer<UInt8> {
    let page = Self.makePage(index, classify)
    let stored = pages[index].compareExchange(
      expected: nil, desired: page, ordering: .acquiringAndReleasing)
    guard let other = stored.original else { return page }
    // Another thread was faster.
    page.deallocate()
    return other
  }

  private static func makePage(
    _ index: Int, _ classify: (Unicode.Scalar) -> UInt8
  ) -> UnsafeMutablePointer<UInt8> {
    let page = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    for low in 0..<256 {
      let scalar = Unicode.Scalar(UInt32(index << 8 | low))
      (page + low).initialize(to: scalar.map(classify) ?? 0)
    }
    return page
  }
}
