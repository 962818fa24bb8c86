/// Maps places in the text that the model sees to the original text.
struct OffsetMap {
  /// What to add to a place in the text to get the place in the original; if a space was put before
  /// the text, the start of the text less one.
  private let shift: Int
  /// The stretch of the original text, or of the normalized text if there are origins.
  private let range: Range<Int>
  /// The origins of the bytes of `range`, if text was normalized.
  private let origins: UnsafeBufferPointer<AlignedText.Origin>?
  /// What to add to origins.
  private let base: Int

  /// The map for a stretch of the original text.
  init(shift: Int, range: Range<Int>) {
    self.shift = shift
    self.range = range
    origins = nil
    base = 0
  }

  /// The map for a part of a normalized text, whose original begins at `base`.
  init(
    shift: Int, range: Range<Int>, origins: UnsafeBufferPointer<AlignedText.Origin>, base: Int
  ) {
    self.shift = shift
    self.range = range
    self.origins = origins
    self.base = base
  }

  /// The same map for a text before which a space was put.
  func afterPrefixSpace() -> OffsetMap {
    if let origins {
      return OffsetMap(shift: range.lowerBound - 1, range: range, origins: origins, base: base)
    }
    return OffsetMap(shift: range.lowerBound - 1, range: range)
  }

  /// The original bytes of a token, widened to whole characters.
  ///
  /// A space that was put before the text belongs to the text's first character.
  @inline(__always)
  func original(_ token: Range<Int>, _ text: UnsafePointer<UInt8>) -> Range<Int> {
    var lower = token.lowerBound + shift
    var upper = token.upperBound + shift
    if lower < range.lowerBound { lower = range.lowerBound }
    if upper <= range.lowerBound { upper = min(range.lowerBound + 1, range.upperBound) }
    if let origins {
      guard lower < upper, upper <= origins.count else {
        let place = lower < origins.count ? Int(origins[lower].start) + base : base
        return place..<place
      }
      let start = Int(origins[lower].start)
      return start + base..<max(start, Int(origins[upper - 1].end)) + base
    }
    while lower > range.lowerBound, text[lower - shift] & 0xC0 == 0x80 { lower -= 1 }
    while upper < range.upperBound, text[upper - shift] & 0xC0 == 0x80 { upper += 1 }
    return lower..<max(lower, upper)
  }
}
