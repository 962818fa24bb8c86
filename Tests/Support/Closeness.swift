public import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the system keeps temporary files.
func temporaryFolder() -> String {
  getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
}

/// Removes a folder that holds nothing.
func removeEmptyFolder(_ path: String) { rmdir(path) }

/// The largest |a - b| / max(1, |b|) over all elements; NaN agrees with NaN, and shapes must match.
public func worstDifference(_ a: Tensor, _ b: Tensor) -> Double {
  guard a.shape == b.shape else { return .infinity }
  var worst = 0.0
  for (x, y) in zip(a.scalars(as: Double.self), b.scalars(as: Double.self)) {
    if x.isNaN && y.isNaN || x == y { continue }
    let difference = abs(x - y) / max(1, abs(y))
    if !(difference <= worst) { worst = difference }
  }
  return worst
}
