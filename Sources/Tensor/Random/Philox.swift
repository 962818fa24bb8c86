/// A counter-based random generator: Philox4x32-10 (Salmon and others, 2011, "Parallel Random
/// Numbers: As Easy as 1, 2, 3").
///
/// The numbers of a position depend on the key and the counter alone, so what is drawn does not
/// depend on the number of threads, on how a batch is split or on a restart.
public struct Philox: Sendable, Hashable {
  /// The two words of the key.
  public var key: SIMD2<UInt32>

  /// A generator with this key.
  public init(key: SIMD2<UInt32>) { self.key = key }

  /// The four words at a position.
  public func block(at counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var x = counter
    var k = key
    for _ in 0..<10 {
      let left = UInt64(x[0]) &* 0xD251_1F53
      let right = UInt64(x[2]) &* 0xCD9E_8D57
      x = SIMD4(
        UInt32(truncatingIfNeeded: right >> 32) ^ x[1] ^ k[0],
        UInt32(truncatingIfNeeded: right),
        UInt32(truncatingIfNeeded: left >> 32) ^ x[3] ^ k[1],
        UInt32(truncatingIfNeeded: left))
      k = SIMD2(k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85)
    }
    return x
  }
}
