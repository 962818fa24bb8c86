import Tensor

/// Divisors of the angles of rotations, which GGUF files have as tensors.
extension Architecture {
  /// `rope_freqs` of Llama 3.1, or the two sets of LongRoPE.
  var rotaryDivisors: [(tensor: String, values: [Float])] {
    guard let rotary = layers.lazy.compactMap(\.rotary).first else { return [] }
    switch rotary.scaling {
    case .llama3(let llama):
      return [("rope_freqs.weight", rotary.plainAngles.map(llama.divisor))]
    case .divided(let divisors): return [("rope_freqs.weight", divisors)]
    case .long(let long):
      return [
        ("rope_factors_long.weight", long.long.map { Float($0) }),
        ("rope_factors_short.weight", long.short.map { Float($0) }),
      ]
    case .none, .linear, .dynamic, .yarn: return []
    }
  }
}

extension RotaryDesign {
  /// The angles of each pair at position 1 without stretching.
  var plainAngles: [Float] {
    RotaryDesign(width: width, base: base).frequencies(forLength: 1).angles
  }
}

extension Llama3Scaling {
  /// What the angle of a pair is divided by, as llama.cpp's converter computes it.
  func divisor(_ angle: Float) -> Float {
    let wavelength = 2 * Float.pi / angle
    if wavelength < Float(Double(original) / high) { return 1 }
    if wavelength > Float(Double(original) / low) { return Float(factor) }
    let smooth = (Float(original) / wavelength - Float(low)) / Float(high - low)
    return 1 / ((1 - smooth) / Float(factor) + smooth)
  }

  /// The parameters that give these divisors, found among those that models have; nil if none do.
  ///
  /// - Parameter contextLength: The most positions of the model.
  init?(divisors: [Float], angles: [Float], contextLength: Int) {
    guard let largest = divisors.max(), largest > 1, largest.isFinite else { return nil }
    let factor = Double(largest.description) ?? Double(largest)
    var originals = [8192, contextLength, Int(Double(contextLength) / factor)]
    originals += (1...20).map { 1 << $0 }
    for original in originals where original > 0 {
      for high in [4, 2, 3, 5, 6, 8, 16, 32] as [Double] {
        let scaling = Llama3Scaling(factor: factor, low: 1, high: high, original: original)
        let agrees = zip(angles, divisors).allSatisfy { angle, divisor in
          abs(scaling.divisor(angle) / divisor - 1) < 1e-6
        }
        if agrees {
          self = scaling
          return
        }
      }
    }
    return nil
  }
}
