/// The classes of characters that pre-tokenization patterns distinguish.
///
/// Raw values are bytes so that a page of the class table is plain memory.
enum CharacterClass {
  /// Anything that is not in the other classes: punctuation, symbols, marks, controls, unassigned.
  static let other: UInt8 = 0
  /// `\p{L}`.
  static let letter: UInt8 = 1
  /// `\p{N}`.
  static let number: UInt8 = 2
  /// `\s`: the White_Space property.
  static let space: UInt8 = 3
}

/// The class of every character, computed a page of 256 characters at a time when first asked for.
///
/// Filling the whole table takes tens of milliseconds, a page some microseconds; ASCII has a page
/// from the start. The table is not shared between threads: every encoder owns one.
///
/// The classes are those of Unicode 16, whatever later version the standard library knows, because
/// Hugging Face tokenizers 0.23 uses that version: characters that came later count as `other`, as
/// unassigned ones do.
final class CharacterClasses {
  private static let pageCount = 0x11_0000 >> 8
  private let pages: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>
  /// The classes of the characters 0…255.
  let latin: UnsafePointer<UInt8>

  init() {
    pages = .allocate(capacity: Self.pageCount)
    pages.initialize(repeating: nil, count: Self.pageCount)
    let first = Self.makePage(0)
    pages[0] = first
    latin = UnsafePointer(first)
  }

  deinit {
    for index in 0..<Self.pageCount {
      pages[index]?.deallocate()
    }
    pages.deallocate()
  }

  /// The class of a character below U+110000.
  @inline(__always)
  func callAsFunction(_ character: UInt32) -> UInt8 {
    let page = Int(character >> 8)
    guard let known = pages[page] else { return fill(page)[Int(character & 0xFF)] }
    return known[Int(character & 0xFF)]
  }

  @inline(never)
  private func fill(_ index: Int) -> UnsafeMutablePointer<UInt8> {
    let page = Self.makePage(index)
    pages[index] = page
    return page
  }

  private static func makePage(_ index: Int) -> UnsafeMutablePointer<UInt8> {
    let page = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    for low in 0..<256 {
      let scalar = Unicode.Scalar(UInt32(index << 8 | low))
      (page + low).initialize(to: scalar.map(classify) ?? CharacterClass.other)
    }
    return page
  }

  private static func classify(_ scalar: Unicode.Scalar) -> UInt8 {
    switch UnicodeClasses.category(of: scalar) {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      CharacterClass.letter
    case .decimalNumber, .letterNumber, .otherNumber:
      CharacterClass.number
    default:
      // The property has not changed since long before version 16.
      scalar.properties.isWhitespace ? CharacterClass.space : CharacterClass.other
    }
  }
}
