public import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The slope of each head's penalty on distance (Press and others 2022, "Train Short, Test Long").
///
/// For a power of two of heads, slope h is 2^(-largest · (h + 1) / heads); other counts take every
/// other slope of the next power of two, first the even ones counted from one, as MPT does it. BLOOM
/// takes the slopes of the power of two below first: for its `largest` of 8 those are the same.
///
/// - Parameters:
///   - heads: Any number.
///   - largest: The exponent of the last head of a power of two; 8 in the paper.
public func alibiSlopes(heads: Int, largest: Double = 8) -> [Float] {
  var power = 1
  while power < heads { power *= 2 }
  func slope(_ number: Int) -> Float { 1 / powf(2, Float(number) * Float(largest / Double(power))) }
  if power == heads { return (1...max(heads, 1)).prefix(heads).map(slope) }
  let order = Array(stride(from: 2, through: power, by: 2)) + stride(from: 1, through: power, by: 2)
  return order.prefix(heads).map(slope)
}

/// The fixed position vectors of Vaswani and others 2017: sines in even places, cosines in odd ones.
///
/// - Parameters:
///   - positions: The positions.
///   - width: An even number.
/// - Returns: `[positions, width]`.
public func sinusoidalPositions(_ positions: Range<Int>, width: Int) -> Tensor {
  var values: [Float] = []
  values.reserveCapacity(positions.count * width)
  for position in positions {
    for index in 0..<width {
      let angle =
        Double(position) / pow(10_000, Double(index / 2 * 2) / Double(max(width, 1)))
      values.append(Float(index.isMultiple(of: 2) ? sin(angle) : cos(angle)))
    }
  }
  return Tensor(values, shape: [positions.count, width])
}
