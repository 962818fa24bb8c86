/// Arithmetic between tensors and numbers. As in PyTorch a number does not raise the type of a tensor,
/// except that real numbers make integers float32.
extension Tensor {
  /// The sum with a number.
  public static func + (a: Tensor, b: Double) -> Tensor { a + operand(b, beside: a) }
  /// The sum with a number.
  public static func + (a: Double, b: Tensor) -> Tensor { operand(a, beside: b) + b }
  /// The sum with a number.
  public static func + (a: Tensor, b: Int) -> Tensor { a + operand(b, beside: a) }
  /// The sum with a number.
  public static func + (a: Int, b: Tensor) -> Tensor { operand(a, beside: b) + b }
  /// The difference with a number.
  public static func - (a: Tensor, b: Double) -> Tensor { a - operand(b, beside: a) }
  /// The difference with a number.
  public static func - (a: Double, b: Tensor) -> Tensor { operand(a, beside: b) - b }
  /// The difference with a number.
  public static func - (a: Tensor, b: Int) -> Tensor { a - operand(b, beside: a) }
  /// The difference with a number.
  public static func - (a: Int, b: Tensor) -> Tensor { operand(a, beside: b) - b }
  /// The product with a number.
  public static func * (a: Tensor, b: Double) -> Tensor { a * operand(b, beside: a) }
  /// The product with a number.
  public static func * (a: Double, b: Tensor) -> Tensor { operand(a, beside: b) * b }
  /// The product with a number.
  public static func * (a: Tensor, b: Int) -> Tensor { a * operand(b, beside: a) }
  /// The product with a number.
  public static func * (a: Int, b: Tensor) -> Tensor { operand(a, beside: b) * b }
  /// The quotient with a number.
  public static func / (a: Tensor, b: Double) -> Tensor { a / operand(b, beside: a) }
  /// The quotient with a number.
  public static func / (a: Double, b: Tensor) -> Tensor { operand(a, beside: b) / b }
  /// The quotient with a number.
  public static func / (a: Tensor, b: Int) -> Tensor { a / operand(b, beside: a) }
  /// The quotient with a number.
  public static func / (a: Int, b: Tensor) -> Tensor { operand(a, beside: b) / b }
  /// The remainder with a number, with the sign of the divisor.
  public static func % (a: Tensor, b: Double) -> Tensor { a % operand(b, beside: a) }
  /// The remainder with a number, with the sign of the divisor.
  public static func % (a: Double, b: Tensor) -> Tensor { operand(a, beside: b) % b }
  /// The remainder with a number, with the sign of the divisor.
  public static func % (a: Tensor, b: Int) -> Tensor { a % operand(b, beside: a) }
  /// The remainder with a number, with the sign of the divisor.
  public static func % (a: Int, b: Tensor) -> Tensor { operand(a, beside: b) % b }
  /// Adds a number, in place where nobody else holds the memory.
  public static func += (a: inout Tensor, b: Double) { a += operand(b, beside: a) }
  /// Adds a number, in place where nobody else holds the memory.
  public static func += (a: inout Tensor, b: Int) { a += operand(b, beside: a) }
  /// Subtracts a number, in place where nobody else holds the memory.
  public static func -= (a: inout Tensor, b: Double) { a -= operand(b, beside: a) }
  /// Subtracts a number, in place where nobody else holds the memory.
  public static func -= (a: inout Tensor, b: Int) { a -= operand(b, beside: a) }
  /// Multiplies by a number, in place where nobody else holds the memory.
  public static func *= (a: inout Tensor, b: Double) { a *= operand(b, beside: a) }
  /// Multiplies by a number, in place where nobody else holds the memory.
  public static func *= (a: inout Tensor, b: Int) { a *= operand(b, beside: a) }
  /// Divides by a number, in place where nobody else holds the memory.
  public static func /= (a: inout Tensor, b: Double) { a /= operand(b, beside: a) }
  /// Divides by a number, in place where nobody else holds the memory.
  public static func /= (a: inout Tensor, b: Int) { a /= operand(b, beside: a) }
}
