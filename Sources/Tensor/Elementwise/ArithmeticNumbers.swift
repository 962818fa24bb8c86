/// Arithmetic between tensors and numbers. As in PyTorch a number does not raise the type of a tensor,
/// except that real numbers make integers float32.
///
/// They are disfavoured so that `1.0 / 3` and `2 * x` for a Double `x` stay what they are in Swift; a
/// literal beside a tensor becomes a tensor that knows it is a number.
extension Tensor {
  /// The sum with a number.
  @_disfavoredOverload public static func + (a: Tensor, b: Double) -> Tensor {
    a + Tensor(.real(b))
  }
  /// The sum with a number.
  @_disfavoredOverload public static func + (a: Double, b: Tensor) -> Tensor {
    Tensor(.real(a)) + b
  }
  /// The sum with a number.
  @_disfavoredOverload public static func + (a: Tensor, b: Int) -> Tensor { a + Tensor(.whole(b)) }
  /// The sum with a number.
  @_disfavoredOverload public static func + (a: Int, b: Tensor) -> Tensor { Tensor(.whole(a)) + b }
  /// The difference with a number.
  @_disfavoredOverload public static func - (a: Tensor, b: Double) -> Tensor {
    a - Tensor(.real(b))
  }
  /// The difference with a number.
  @_disfavoredOverload public static func - (a: Double, b: Tensor) -> Tensor {
    Tensor(.real(a)) - b
  }
  /// The difference with a number.
  @_disfavoredOverload public static func - (a: Tensor, b: Int) -> Tensor { a - Tensor(.whole(b)) }
  /// The difference with a number.
  @_disfavoredOverload public static func - (a: Int, b: Tensor) -> Tensor { Tensor(.whole(a)) - b }
  /// The product with a number.
  @_disfavoredOverload public static func * (a: Tensor, b: Double) -> Tensor {
    a * Tensor(.real(b))
  }
  /// The product with a number.
  @_disfavoredOverload public static func * (a: Double, b: Tensor) -> Tensor {
    Tensor(.real(a)) * b
  }
  /// The product with a number.
  @_disfavoredOverload public static func * (a: Tensor, b: Int) -> Tensor { a * Tensor(.whole(b)) }
  /// The product with a number.
  @_disfavoredOverload public static func * (a: Int, b: Tensor) -> Tensor { Tensor(.whole(a)) * b }
  /// The quotient with a number.
  @_disfavoredOverload public static func / (a: Tensor, b: Double) -> Tensor {
    a / Tensor(.real(b))
  }
  /// The quotient with a number.
  @_disfavoredOverload public static func / (a: Double, b: Tensor) -> Tensor {
    Tensor(.real(a)) / b
  }
  /// The quotient with a number.
  @_disfavoredOverload public static func / (a: Tensor, b: Int) -> Tensor { a / Tensor(.whole(b)) }
  /// The quotient with a number.
  @_disfavoredOverload public static func / (a: Int, b: Tensor) -> Tensor { Tensor(.whole(a)) / b }
  /// The remainder with a number, with the sign of the divisor.
  @_disfavoredOverload public static func % (a: Tensor, b: Double) -> Tensor {
    a % Tensor(.real(b))
  }
  /// The remainder with a number, with the sign of the divisor.
  @_disfavoredOverload public static func % (a: Double, b: Tensor) -> Tensor {
    Tensor(.real(a)) % b
  }
  /// The remainder with a number, with the sign of the divisor.
  @_disfavoredOverload public static func % (a: Tensor, b: Int) -> Tensor { a % Tensor(.whole(b)) }
  /// The remainder with a number, with the sign of the divisor.
  @_disfavoredOverload public static func % (a: Int, b: Tensor) -> Tensor { Tensor(.whole(a)) % b }
  /// Adds a number, in place where nobody else holds the memory.
  @_disfavoredOverload public static func += (a: inout Tensor, b: Double) { a += Tensor(.real(b)) }
  /// Adds a number, in place where nobody else holds the memory.
  @_disfavoredOverload public static func += (a: inout Tensor, b: Int) { a += Tensor(.whole(b)) }
  /// Subtracts a number, in place where nobody else holds the memory.
  @_disfavoredOverload public static func -= (a: inout Tensor, b: Double) { a -= Tensor(.real(b)) }
  /// Subtracts a number, in place where nobody else holds the memory.
  @_disfavoredOverload public static func -= (a: inout Tensor, b: Int) { a -= Tensor(.whole(b)) }
  /// Multiplies by a number, in place where nobody else holds the memory.
  @_disfavoredOverload public static func *= (a: inout Tensor, b: Double) { a *= Tensor(.real(b)) }
  /// Multiplies by a number, in place where nobody else holds the memory.
  @_disfavoredOverload public static func *= (a: inout Tensor, b: Int) { a *= Tensor(.whole(b)) }
  /// Divides by a number, in place where nobody else holds the memory.
  @_disfavoredOverload public static func /= (a: inout Tensor, b: Double) { a /= Tensor(.real(b)) }
  /// Divides by a number, in place where nobody else holds the memory.
  @_disfavoredOverload public static func /= (a: inout Tensor, b: Int) { a /= Tensor(.whole(b)) }
}
