public import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How queries and keys turn with their positions (Su and others 2021), and how that is stretched
/// to contexts longer than a model was trained on.
///
/// Numbers agree with `modeling_rope_utils` of transformers.
public struct RotaryDesign: Sendable, Equatable {
  /// How many numbers of a head turn, an even number; the rest stays.
  public var width: Int
  /// The base of the wavelengths: pair j turns by base^(-2j / width) a position.
  public var base: Double
  /// Which two numbers make a pair.
  public var pairing: RotaryPairing
  /// How the context is stretched.
  public var scaling: RotaryScaling

  /// Rotations without stretching.
  public init(
    width: Int, base: Double = 10_000, pairing: RotaryPairing = .halves,
    scaling: RotaryScaling = .none
  ) {
    self.width = width
    self.base = base
    self.pairing = pairing
    self.scaling = scaling
  }

  /// The angle of each pair at position 1, and what cosines and sines are multiplied by.
  ///
  /// - Parameter length: How many positions are seen; dynamic and long scalings depend on it.
  /// - Returns: `width / 2` angles in radians.
  public func frequencies(forLength length: Int) -> (angles: [Float], factor: Double) {
    switch scaling {
    case .none: (plain(base), 1)
    case .linear(let factor): (plain(base).map { $0 / Float(factor) }, 1)
    case .dynamic(let factor, let original):
      (plain(dynamicBase(factor, original, length)), 1)
    case .yarn(let yarn): (yarn.frequencies(width: width, base: base), yarn.attentionFactor)
    case .llama3(let llama): (plain(base).map(llama.stretched), 1)
    case .long(let long):
      (
        zip(plainPowers(base), long.factors(forLength: length)).map { 1 / (Float($1) * $0) },
        long.attentionFactor
      )
    case .divided(let divisors): (zip(plain(base), divisors).map { $0 / $1 }, 1)
    }
  }

  /// Whether the angles depend on how many positions are seen.
  public var dependsOnLength: Bool {
    switch scaling {
    case .dynamic, .long: true
    default: false
    }
  }

  /// base^(2j / width), in float32 as the reference computes it.
  private func plainPowers(_ base: Double) -> [Float] {
    (0..<width / 2).map { powf(Float(base), Float(2 * $0) / Float(width)) }
  }

  private func plain(_ base: Double) -> [Float] { plainPowers(base).map { 1 / $0 } }

  /// The base under which the longest wavelength fits the length (NTK-aware scaling).
  private func dynamicBase(_ factor: Double, _ original: Int, _ length: Int) -> Double {
    let seen = Double(max(length, original))
    let stretch = factor * seen / Double(original) - (factor - 1)
    return base * pow(stretch, Double(width) / Double(width - 2))
  }

  /// Cosines and sines for positions, `[count, width / 2]` each.
  ///
  /// - Parameters:
  ///   - positions: The positions.
  ///   - length: How many positions are seen in all.
  public func tables(at positions: Range<Int>, seeing length: Int) -> (
    cosines: Tensor, sines: Tensor
  ) {
    let (angles, factor) = frequencies(forLength: length)
    var (cosines, sines): ([Float], [Float]) = ([], [])
    cosines.reserveCapacity(positions.count * angles.count)
    sines.reserveCapacity(positions.count * angles.count)
    for position in positions {
      for angle in angles {
        let turned = Float(position) * angle
        cosines.append(cosf(turned) * Float(factor))
        sines.append(sinf(turned) * Float(factor))
      }
    }
    let shape: Shape = [positions.count, angles.count]
    return (Tensor(cosines, shape: shape), Tensor(sines, shape: shape))
  }
}
