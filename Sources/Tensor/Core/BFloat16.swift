/// The upper half of a `Float`: 8 bits of exponent, 7 of fraction.
///
/// A type for storage.
public struct BFloat16: Sendable, BitwiseCopyable, Equatable {
  /// The bits, as the upper half of a `Float`'s.
  public var bitPattern: UInt16

  /// A value from its bits.
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// The nearest value to a `Float`, ties to even; NaN stays NaN.
  public init(_ value: Float) {
    let bits = value.bitPattern
    if value.isNaN {
      bitPattern = UInt16(truncatingIfNeeded: bits >> 16) | 0x40
    } else {
      bitPattern = UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
    }
  }

  /// Whether both are the same number; NaN equals nothing.
  public static func == (left: BFloat16, right: BFloat16) -> Bool {
    Float(left) == Float(right)
  }
}

extension Float {
  /// The same number: every `BFloat16` is a `Float`.
  public init(_ value: BFloat16) { self.init(bitPattern: UInt32(value.bitPattern) << 16) }
}
