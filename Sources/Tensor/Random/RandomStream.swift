/// A seeded source of random tensors, passed as an argument wherever something is random.
///
/// A stream is a value: copies draw the same numbers. Give each use a stream of its own, keyed by
/// what it is for and the step it belongs to:
///
/// ```swift
/// var dropout = RandomStream(seed: 7).stream("dropout", step)
/// ```
public struct RandomStream: Sendable, Hashable {
  package let generator: Philox
  /// How many blocks of four words were drawn.
  package private(set) var position: UInt64
  private let purpose: UInt64

  /// The stream of a seed.
  public init(seed: UInt64) { self.init(seed: seed, purpose: 0) }

  private init(seed: UInt64, purpose: UInt64) {
    generator = Philox(
      key: SIMD2(
        UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    self.purpose = purpose
    position = 0
  }

  /// An independent stream of the same seed for a purpose and a step.
  public func stream(_ purpose: String, _ step: Int = 0) -> RandomStream {
    // FNV-1a over what this stream is for, the new purpose and the step.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func mix(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    for shift in stride(from: 0, to: 64, by: 8) {
      mix(UInt8(truncatingIfNeeded: self.purpose >> UInt64(shift)))
    }
    for byte in purpose.utf8 { mix(byte) }
    for shift in stride(from: 0, to: 64, by: 8) {
      mix(UInt8(truncatingIfNeeded: UInt64(bitPattern: Int64(step)) >> UInt64(shift)))
    }
    let seed = UInt64(generator.key[1]) << 32 | UInt64(generator.key[0])
    return RandomStream(seed: seed, purpose: hash)
  }

  /// The four words of block `index` of this stream, without drawing them.
  package func block(at index: UInt64) -> SIMD4<UInt32> {
    generator.block(
      at: SIMD4(
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32),
        purposeWords.0, purposeWords.1))
  }

  /// The upper two words of every counter of this stream: what it is for.
  package var purposeWords: (UInt32, UInt32) {
    (UInt32(truncatingIfNeeded: purpose), UInt32(truncatingIfNeeded: purpose >> 32))
  }

  /// Draws as many blocks as `words` words need and returns the index of the first.
  package mutating func draw(words: Int) -> UInt64 {
    let first = position
    position += UInt64((words + 3) / 4)
    return first
  }
}

extension RandomStream: RandomNumberGenerator {
  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    let words = block(at: draw(words: 4))
    return UInt64(words[1]) << 32 | UInt64(words[0])
  }
}
