#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How rotations are stretched to a longer context.
public enum RotaryScaling: Sendable, Equatable {
  /// They are not.
  case none
  /// All positions are divided by the factor (Chen and others 2023, "position interpolation").
  case linear(factor: Double)
  /// The base grows with the length beyond the original one (NTK-aware, as needed).
  case dynamic(factor: Double, original: Int)
  /// YaRN (Peng and others 2023).
  case yarn(YaRN)
  /// Llama 3.1's: long wavelengths are divided, short ones kept.
  case llama3(Llama3Scaling)
  /// LongRoPE (Ding and others 2024): a trained divisor for each pair.
  case long(LongRoPE)
  /// Each pair's angle is divided by a number given in the file, as GGUF stores Llama 3.1's.
  case divided(by: [Float])
}

/// YaRN: wavelengths that make many turns in the original context stay, those that make few are
/// interpolated, those between are blended (Peng and others 2023, "YaRN").
public struct YaRN: Sendable, Equatable {
  /// By how much the context grows.
  public var factor: Double
  /// The context of training.
  public var original: Int
  /// How many turns in the original context a pair makes at least to stay as it is.
  public var fast = 32.0
  /// How many at most to be interpolated fully.
  public var slow = 1.0
  /// Whether the bounds of the blend are rounded to whole pairs.
  public var truncates = true
  /// What cosines and sines are multiplied by.
  public var attentionFactor: Double

  /// A scaling with the factor for attention that the paper proposes, 0.1 · ln(factor) + 1.
  public init(factor: Double, original: Int) {
    self.factor = factor
    self.original = original
    attentionFactor = YaRN.magnitude(factor)
  }

  /// 0.1 · weight · ln(factor) + 1, and 1 where nothing is stretched.
  public static func magnitude(_ factor: Double, weight: Double = 1) -> Double {
    factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1
  }

  /// The pair that makes so many turns in the original context.
  private func pair(turning turns: Double, width: Int, base: Double) -> Double {
    Double(width) * log(Double(original) / (turns * 2 * Double.pi)) / (2 * log(base))
  }

  func frequencies(width: Int, base: Double) -> [Float] {
    var low = pair(turning: fast, width: width, base: base)
    var high = pair(turning: slow, width: width, base: base)
    if truncates { (low, high) = (low.rounded(.down), high.rounded(.up)) }
    (low, high) = (max(low, 0), min(high, Double(width - 1)))
    if low == high { high += 0.001 }  // so that the ramp has no division by zero
    return (0..<width / 2).map { j in
      let power = powf(Float(base), Float(2 * j) / Float(width))
      let ramp = min(max((Float(j) - Float(low)) / Float(high - low), 0), 1)
      let kept = 1 - ramp
      return 1 / (Float(factor) * power) * (1 - kept) + 1 / power * kept
    }
  }
}

/// The scaling of Llama 3.1.
public struct Llama3Scaling: Sendable, Equatable {
  /// What long wavelengths are divided by.
  public var factor: Double
  /// Wavelengths above original / low are divided.
  public var low: Double
  /// Wavelengths below original / high stay.
  public var high: Double
  /// The context of training.
  public var original: Int

  /// A scaling.
  public init(factor: Double = 8, low: Double = 1, high: Double = 4, original: Int = 8192) {
    self.factor = factor
    self.low = low
    self.high = high
    self.original = original
  }

  func stretched(_ angle: Float) -> Float {
    let wavelength = 2 * Float.pi / angle
    if wavelength < Float(Double(original) / high) { return angle }
    if wavelength > Float(Double(original) / low) { return angle / Float(factor) }
    let smooth = (Float(original) / wavelength - Float(low)) / Float(high - low)
    return (1 - smooth) * angle / Float(factor) + smooth * angle
  }
}

/// LongRoPE: divisors found by search, one set for short and one for long texts.
public struct LongRoPE: Sendable, Equatable {
  /// The divisors up to the original context.
  public var short: [Double]
  /// The divisors beyond it.
  public var long: [Double]
  /// The context of training.
  public var original: Int
  /// What cosines and sines are multiplied by.
  public var attentionFactor: Double

  /// A scaling with the factor for attention that the paper proposes,
  /// √(1 + ln(factor) / ln(original)).
  public init(short: [Double], long: [Double], original: Int, factor: Double) {
    self.short = short
    self.long = long
    self.original = original
    attentionFactor =
      factor <= 1 ? 1 : (1 + log(factor) / log(Double(original))).squareRoot()
  }

  func factors(forLength length: Int) -> [Double] { length > original ? long : short }
}
