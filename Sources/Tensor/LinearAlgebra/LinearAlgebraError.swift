/// Why a matrix could not be factorized or a system not be solved.
///
/// `batch` is the position of the matrix on the leading axes, empty where there is only one.
public enum LinearAlgebraError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The pivot at this position (from 0) is exactly zero: the matrix has no inverse.
  case singular(operation: String, pivot: Int, batch: [Int])
  /// The leading minor of this order (from 1) is not positive definite.
  case notPositiveDefinite(operation: String, order: Int, batch: [Int])
  /// The iteration of the algorithm did not converge.
  case didNotConverge(operation: String, batch: [Int])
  /// The matrix contains NaN or infinities.
  case notFinite(operation: String, batch: [Int])

  /// A sentence: which operation, which matrix, what about it.
  public var description: String {
    switch self {
    case .singular(let operation, let pivot, let batch):
      "\(operation): \(Self.matrix(batch)) is singular: pivot \(pivot) is zero; "
        + "use leastSquares, or add a small multiple of the identity"
    case .notPositiveDefinite(let operation, let order, let batch):
      "\(operation): \(Self.matrix(batch)) is not positive definite at order \(order); "
        + "add a small multiple of the identity"
    case .didNotConverge(let operation, let batch):
      "\(operation): the iteration did not converge for \(Self.matrix(batch)); scale its elements"
    case .notFinite(let operation, let batch):
      "\(operation): \(Self.matrix(batch)) contains NaN or infinities; find out where they come from"
    }
  }

  private static func matrix(_ batch: [Int]) -> String {
    batch.isEmpty ? "the matrix" : "the matrix at \(batch)"
  }
}
