/// How a character behaves at the borders of grapheme clusters.
///
/// The values are those that Scripts/make-unicode-tables writes.
enum GraphemeBreak: UInt32 {
  case any = 0
  case carriageReturn, lineFeed, control, extend, joiner, regional, prepend, spacing
  case leader, vowel, trailer, openSyllable, closedSyllable
  case picture, consonant
}

/// Finds the extended grapheme clusters of a text.
///
/// Unicode Standard Annex 29 in the version of the unicode-segmentation crate that the reference
/// uses.
final class GraphemeTable: Sendable {
  static let shared = GraphemeTable()

  /// Bits 0 to 3: `GraphemeBreak`; bits 4 and 5: what the character does between consonants of
  /// conjuncts: 1 links them, 2 may lie between.
  private let properties: PagedTable

  private init() {
    properties = PagedTable { builder in
      var numbers = PackedNumbers(UnicodeTables.breaksData)
      numbers.forEachRun { builder.insert($1, in: $0) }
      numbers = PackedNumbers(UnicodeTables.conjunctsData)
      numbers.forEachRun { builder.insert($1 << 4, in: $0) }
    }
  }

  @inline(__always)
  private func property(_ character: UInt32) -> (kind: GraphemeBreak, conjunct: UInt32) {
    if Hangul.isSyllable(character) {
      return (Hangul.isOpen(character) ? .openSyllable : .closedSyllable, 0)
    }
    let bits = properties[character]
    return (GraphemeBreak(rawValue: bits & 15) ?? .any, bits >> 4)
  }

  /// Where the cluster ends that begins at `start`.
  func clusterEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    let (first, length) = character(in: text, at: start, end: end)
    var at = start + length
    var (before, _) = property(first)
    /// Whether the cluster ends in a picture and characters that extend it, before a joiner.
    var endsInPicture = before == .picture
    var joinerFollowsPicture = false
    /// Whether the cluster ends in a consonant and characters that may lie between two of them.
    var endsInConsonant = before == .consonant
    var hasLinker = false
    var regionals = before == .regional ? 1 : 0
    while at < end {
      let (value, length) = character(in: text, at: at, end: end)
      let (after, conjunct) = property(value)
      let joins: Bool
      switch (before, after) {
      case (.carriageReturn, .lineFeed): joins = true
      case (.control, _), (.carriageReturn, _), (.lineFeed, _): joins = false
      case (_, .control), (_, .carriageReturn), (_, .lineFeed): joins = false
      case (.leader, .leader), (.leader, .vowel), (.leader, .openSyllable),
        (.leader, .closedSyllable):
        joins = true
      case (.openSyllable, .vowel), (.openSyllable, .trailer), (.vowel, .vowel),
        (.vowel, .trailer):
        joins = true
      case (.closedSyllable, .trailer), (.trailer, .trailer): joins = true
      case (_, .extend), (_, .joiner), (_, .spacing), (.prepend, _): joins = true
      case (_, .consonant): joins = endsInConsonant && hasLinker
      case (.joiner, .picture): joins = joinerFollowsPicture
      case (.regional, .regional): joins = regionals % 2 == 1
      default: joins = false
      }
      guard joins else { break }
      joinerFollowsPicture = after == .joiner && endsInPicture
      endsInPicture = after == .picture || after == .extend && endsInPicture
      if after == .consonant {
        endsInConsonant = true
        hasLinker = false
      } else if conjunct == 1 {
        hasLinker = true
      } else if conjunct != 2 {
        endsInConsonant = false
        hasLinker = false
      }
      regionals = after == .regional ? regionals + 1 : 0
      before = after
      at += length
    }
    return at
  }
}
