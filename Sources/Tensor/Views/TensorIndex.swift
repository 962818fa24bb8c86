/// What can stand between the brackets of `tensor[…]`: positions, ranges, `.all`, `.new`, `.rest`,
/// `.every`.
public protocol TensorIndex: Sendable {
  /// What it selects.
  var selection: IndexSelection { get }
}

/// What one index of a subscript selects.
public enum IndexSelection: Sendable {
  /// One position; the axis disappears. Negative positions count from the end.
  case position(Int)
  /// Every `step`-th position from `start` to before `end`; nil is the end of the axis. Negative
  /// positions count from the end.
  case range(start: Int?, end: Int?, step: Int)
  /// A new axis of extent 1.
  case newAxis
  /// As many whole axes as the other indices leave.
  case rest
}

extension Int: TensorIndex {
  /// One position.
  public var selection: IndexSelection { .position(self) }
}
extension Range<Int>: TensorIndex {
  /// The positions in the range.
  public var selection: IndexSelection { .range(start: lowerBound, end: upperBound, step: 1) }
}
extension ClosedRange<Int>: TensorIndex {
  /// The positions in the range, its end included.
  public var selection: IndexSelection {
    .range(start: lowerBound, end: upperBound == -1 ? nil : upperBound + 1, step: 1)
  }
}
extension PartialRangeFrom<Int>: TensorIndex {
  /// The positions from the bound on.
  public var selection: IndexSelection { .range(start: lowerBound, end: nil, step: 1) }
}
extension PartialRangeUpTo<Int>: TensorIndex {
  /// The positions before the bound.
  public var selection: IndexSelection { .range(start: nil, end: upperBound, step: 1) }
}
extension PartialRangeThrough<Int>: TensorIndex {
  /// The positions up to the bound, included.
  public var selection: IndexSelection {
    .range(start: nil, end: upperBound == -1 ? nil : upperBound + 1, step: 1)
  }
}

/// An index that is not a number: write `.all`, `.new`, `.rest` or `.every(_:from:to:)`.
public struct SymbolicIndex: TensorIndex {
  /// What it selects.
  public let selection: IndexSelection
}

extension TensorIndex where Self == SymbolicIndex {
  /// The whole axis.
  public static var all: SymbolicIndex {
    SymbolicIndex(selection: .range(start: nil, end: nil, step: 1))
  }
  /// A new axis of extent 1.
  public static var new: SymbolicIndex { SymbolicIndex(selection: .newAxis) }
  /// As many whole axes as the other indices leave.
  public static var rest: SymbolicIndex { SymbolicIndex(selection: .rest) }
  /// Every `step`-th position of an axis.
  public static func every(_ step: Int, from start: Int? = nil, to end: Int? = nil)
    -> SymbolicIndex
  {
    SymbolicIndex(selection: .range(start: start, end: end, step: step))
  }
}
