/// The extents of a tensor's axes, at most eight, kept inline so that no operation allocates one.
public struct Shape: Sendable, RandomAccessCollection, MutableCollection {
  /// The most axes a tensor can have.
  public static let largestRank = 8

  package var extents: InlineArray<8, Int>
  package private(set) var rank: Int

  /// The shape of a scalar: no axes.
  public init() {
    extents = InlineArray(repeating: 0)
    rank = 0
  }

  /// A shape with these extents.
  public init(_ extents: some Collection<Int>) {
    self.init()
    for extent in extents { append(extent) }
  }

  package init(repeating extent: Int, rank: Int) {
    precondition(rank <= Shape.largestRank, "a tensor has at most 8 axes, not \(rank)")
    extents = InlineArray(repeating: extent)
    self.rank = rank
  }

  /// The number of axes.
  public var count: Int { rank }
  /// Always 0.
  public var startIndex: Int { 0 }
  /// The number of axes.
  public var endIndex: Int { rank }

  /// The extent of an axis; negative positions count from the last axis.
  public subscript(axis: Int) -> Int {
    get { extents[resolved(axis)] }
    set { extents[resolved(axis)] = newValue }
  }

  /// The number of elements: the product of the extents, 1 for a scalar.
  public var elementCount: Int {
    var product = 1
    for axis in 0..<rank {
      let (next, overflow) = product.multipliedReportingOverflow(by: extents[axis])
      // Files may have empty tensors whose other extents are absurd.
      if overflow && contains(0) { return 0 }
      precondition(!overflow, "a tensor cannot have the shape \(self): its elements are too many")
      product = next
    }
    return product
  }

  /// The position 0 … rank-1 that a possibly negative axis means.
  package func resolved(_ axis: Int, _ operation: StaticString = "subscript") -> Int {
    let position = axis < 0 ? axis + rank : axis
    precondition(
      position >= 0 && position < rank,
      "\(operation): axis \(axis) is outside the \(rank) axes of \(self)")
    return position
  }

  package mutating func append(_ extent: Int) {
    precondition(rank < Shape.largestRank, "a tensor has at most 8 axes: \(self) has no room")
    extents[rank] = extent
    rank += 1
  }

  package mutating func insert(_ extent: Int, at axis: Int) {
    append(extent)
    var position = rank - 1
    while position > axis {
      extents[position] = extents[position - 1]
      position -= 1
    }
    extents[axis] = extent
  }

  package mutating func remove(at axis: Int) {
    for position in axis..<(rank - 1) { extents[position] = extents[position + 1] }
    rank -= 1
  }

  /// The strides, in elements, of a row-major tensor of this shape.
  package var rowMajorStrides: Shape {
    var strides = self
    var step = 1
    var axis = rank - 1
    while axis >= 0 {
      strides.extents[axis] = step
      // Only empty tensors can overflow here, and their strides are never used.
      step &*= Swift.max(extents[axis], 1)
      axis -= 1
    }
    return strides
  }
}

extension Shape: ExpressibleByArrayLiteral {
  /// A shape from its extents: `[2, 3]`.
  public init(arrayLiteral extents: Int...) { self.init(extents) }
}

extension Shape: Hashable {
  /// Whether both have the same extents.
  public static func == (left: Shape, right: Shape) -> Bool {
    guard left.rank == right.rank else { return false }
    for axis in 0..<left.rank where left.extents[axis] != right.extents[axis] { return false }
    return true
  }

  /// Feeds the extents to a hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(rank)
    for axis in 0..<rank { hasher.combine(extents[axis]) }
  }
}

extension Shape: CustomStringConvertible {
  /// The extents as an array is written: `[2, 3]`.
  public var description: String { "[" + map(String.init).joined(separator: ", ") + "]" }
}
