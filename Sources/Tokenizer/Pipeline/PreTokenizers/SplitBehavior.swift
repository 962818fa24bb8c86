/// What becomes of the matches of a pattern that cuts text.
enum SplitBehavior: String, CaseIterable, Sendable {
  /// Matches are left out.
  case removed = "Removed"
  /// Each match is a part of its own.
  case isolated = "Isolated"
  /// A match belongs to the part before it.
  case mergedWithPrevious = "MergedWithPrevious"
  /// A match belongs to the part after it.
  case mergedWithNext = "MergedWithNext"
  /// Neighbouring matches are one part.
  case contiguous = "Contiguous"

  /// A stretch of text that matches a pattern, or one between matches.
  struct Stretch {
    var range: Range<Int>
    var isMatch: Bool
  }

  /// Appends the parts of a piece of text to `parts`.
  ///
  /// - Parameters:
  ///   - stretches: the matches and what lies between them, in order, the whole piece in all.
  ///   - parts: the parts so far.
  func append(_ stretches: [Stretch], to parts: inout [Range<Int>]) {
    let first = parts.count
    switch self {
    case .removed:
      for stretch in stretches where !stretch.isMatch { parts.append(stretch.range) }
    case .isolated:
      for stretch in stretches { parts.append(stretch.range) }
    case .contiguous, .mergedWithPrevious:
      var wasMatch = false
      for stretch in stretches {
        let joins =
          self == .contiguous ? stretch.isMatch == wasMatch : stretch.isMatch && !wasMatch
        if joins, parts.count > first {
          parts[parts.count - 1] = parts[parts.count - 1].lowerBound..<stretch.range.upperBound
        } else {
          parts.append(stretch.range)
        }
        wasMatch = stretch.isMatch
      }
    case .mergedWithNext:
      var wasMatch = false
      for stretch in stretches.reversed() {
        if stretch.isMatch, !wasMatch, parts.count > first {
          parts[parts.count - 1] = stretch.range.lowerBound..<parts[parts.count - 1].upperBound
        } else {
          parts.append(stretch.range)
        }
        wasMatch = stretch.isMatch
      }
      parts[first...].reverse()
    }
  }
}
