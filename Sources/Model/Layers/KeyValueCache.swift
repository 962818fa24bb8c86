public import Tensor

/// The keys and values of one attention layer for the positions seen so far.
///
/// Room doubles when it runs out, so a position is copied a bounded number of times.
public struct KeyValueCache: TensorTree {
  private var keys: Tensor?
  private var values: Tensor?
  /// How many positions it holds.
  public private(set) var length = 0

  /// An empty cache.
  public init() {}

  /// Adds positions and returns all of them.
  ///
  /// - Parameters:
  ///   - newKeys: `[batch, groups, time, headWidth]`.
  ///   - newValues: The same shape.
  /// - Returns: Keys and values, `[batch, groups, length, headWidth]`.
  public mutating func append(_ newKeys: Tensor, _ newValues: Tensor) -> (Tensor, Tensor) {
    let end = length + newKeys.shape[2]
    keys = KeyValueCache.extended(keys.take(), from: length, by: newKeys, to: end)
    values = KeyValueCache.extended(values.take(), from: length, by: newValues, to: end)
    length = end
    guard let keys, let values else { return (newKeys, newValues) }
    return (keys.narrowed(2, from: 0, length: end), values.narrowed(2, from: 0, length: end))
  }

  /// Forgets all positions from `length` on.
  public mutating func truncate(to length: Int) {
    precondition(
      length >= 0 && length <= self.length,
      "KeyValueCache: cannot keep \(length) of \(self.length) positions")
    self.length = length
  }

  private static func extended(
    _ buffer: consuming Tensor?, from start: Int, by new: Tensor, to end: Int
  ) -> Tensor {
    var room: Tensor
    if let buffer, buffer.shape[2] >= end {
      room = buffer
    } else {
      var shape = new.shape
      shape[2] = max(64, end.nextPowerOfTwo)
      room = .zeros(shape, dtype: new.dtype)
      if let buffer { room[.all, .all, ..<start] = buffer[.all, .all, ..<start] }
    }
    room[.all, .all, start..<end] = new
    return room
  }

  /// Shows the buffers, room included.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor("key", &keys)
    visitor("value", &values)
  }
}

extension Int {
  fileprivate var nextPowerOfTwo: Int {
    self <= 1 ? 1 : 1 << (bitWidth - (self - 1).leadingZeroBitCount)
  }
}
