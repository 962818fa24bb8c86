import CKernels

/// How the last axis is paired for rotary positions.
public enum RotaryPairing: Sendable {
  /// Element j turns with element j + pairs: GPT-NeoX, Llama in the Hugging Face layout.
  case halves
  /// Element 2j turns with element 2j + 1: GPT-J, Llama's original layout.
  case interleaved
}

/// Turns each pair of the last axis by an angle that grows with the position.
///
/// Su et al. 2021, "RoFormer: Enhanced Transformer with Rotary Position Embedding". What lies beyond
/// the pairs is left as it is (partial rotation).
///
/// - Parameters:
///   - x: `[…, time, width]`.
///   - cosines: `[time, pairs]`, 2 · pairs ≤ width.
///   - sines: `[time, pairs]`.
///   - pairing: Which two numbers make a pair.
public func rotary(
  _ x: Tensor, cosines: Tensor, sines: Tensor, pairing: RotaryPairing = .halves
) -> Tensor {
  precondition(
    x.rank >= 2 && cosines.rank == 2 && cosines.shape == sines.shape
      && cosines.shape[0] == x.shape[-2] && 2 * cosines.shape[1] <= x.shape[-1],
    "rotary: input \(x.shape) does not fit cosines \(cosines.shape) and sines \(sines.shape)")
  let (cosines, sines) = (cosines.detached(), sines.detached())
  guard x.dtype.computing == .float32 else {
    return turned(x, cosines.cast(to: x.dtype), sines.cast(to: x.dtype), pairing)
  }
  let tables = (
    cosines.cast(to: .float32).contiguous(), sines.cast(to: .float32).contiguous()
  )
  func turn(_ x: Tensor, _ direction: Float) -> Tensor {
    let source = x.contiguous()
    let y = Tensor(uninitialized: x.shape)
    let (time, width) = (x.shape[-2], x.shape[-1])
    let outer = time * width == 0 ? 0 : x.count / (time * width)
    withExtendedLifetime((source, tables)) {
      apus_rotary(
        y.floats, source.floats, tables.0.floats, tables.1.floats, Int64(outer), Int64(time),
        Int64(width), Int64(tables.0.shape[1]), pairing == .interleaved, direction)
    }
    return y
  }
  let wide = x.cast(to: .float32)
  return turn(wide.detached(), 1).recorded(from: wide) { dy, inputs in
    inputs.add(0, turn(dy, -1))
  }.cast(to: x.dtype)
}

/// The angles' cosines and sines for positions `start` ..< `start` + `time`: `[time, width / 2]`.
///
/// - Parameters:
///   - time: How many positions.
///   - width: The width that is rotated.
///   - base: The angle of pair j at position t is t · base^(-2j / width).
///   - start: The first position.
///   - dtype: The type of the tables.
public func rotaryTables(
  time: Int, width: Int, base: Double = 10_000, start: Int = 0, dtype: DType = .float32
) -> (cosines: Tensor, sines: Tensor) {
  let positions = Tensor.arange(Double(start), Double(start + time), dtype: .float64)
  let exponents = Tensor.arange(0, Double(width / 2), dtype: .float64) * (-2 / Double(width))
  let angles = positions.unsqueezed(1) * pow(Tensor(base, dtype: .float64), exponents)
  return (angles.cos().cast(to: dtype), angles.sin().cast(to: dtype))
}

private func turned(
  _ x: Tensor, _ cosines: Tensor, _ sines: Tensor, _ pairing: RotaryPairing
) -> Tensor {
  let pairs = cosines.shape[1]
  let rest = x[.rest, (2 * pairs)...]
  switch pairing {
  case .halves:
    let (a, b) = (x[.rest, ..<pairs], x[.rest, pairs..<(2 * pairs)])
    return concatenate([a * cosines - b * sines, b * cosines + a * sines, rest], axis: -1)
  case .interleaved:
    let (a, b) = (
      x[.rest, .every(2, from: 0, to: 2 * pairs)], x[.rest, .every(2, from: 1, to: 2 * pairs)]
    )
    let both = stack([a * cosines - b * sines, b * cosines + a * sines], axis: -1)
    return concatenate([both.flattened(-2, -1), rest], axis: -1)
  }
}
