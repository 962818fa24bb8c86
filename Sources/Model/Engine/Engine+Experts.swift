import CKernels
import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Engine {
  /// A mixture of experts: each row visits the few that its router prefers.
  func consult(
    _ layer: EngineExperts, from source: UnsafePointer<Float>,
    into target: UnsafeMutablePointer<Float>, accumulating: Bool, _ rows: Int, _ few: Bool
  ) {
    let width = plan.architecture.width
    let count = layer.design.count
    let shares = workspace.shares.floats
    apply((layer.router, shares), to: source, rows: rows, few: few)
    for row in 0..<rows { choose(layer.design, shares + row * count) }
    if !accumulating { target.update(repeating: 0, count: rows * width) }
    let (visitors, said) = (workspace.visitors.floats, workspace.visited.floats)
    for (number, expert) in layer.experts.enumerated() {
      var visits = 0
      for row in 0..<rows where shares[row * count + number] != 0 {
        (visitors + visits * width).update(from: source + row * width, count: width)
        visits += 1
      }
      guard visits > 0 else { continue }
      transform(expert, from: visitors, into: said, accumulating: false, rows: visits, few: few)
      visits = 0
      for row in 0..<rows where shares[row * count + number] != 0 {
        add(
          said + visits * width, times: shares[row * count + number], to: target + row * width,
          count: width)
        visits += 1
      }
    }
    guard let shared = layer.shared, let router = layer.sharedRouter else { return }
    apply((router, shares), to: source, rows: rows, few: few)
    map(apus_sigmoid, shares, count: rows)
    transform(shared, from: source, into: said, accumulating: false, rows: rows, few: few)
    for row in 0..<rows {
      add(said + row * width, times: shares[row], to: target + row * width, count: width)
    }
  }

  /// Turns scores into shares: the softmax, of which only the largest stay.
  private func choose(_ design: ExpertsDesign, _ shares: UnsafeMutablePointer<Float>) {
    let count = design.count
    var top = -Float.infinity
    for index in 0..<count { top = max(top, shares[index]) }
    var sum: Float = 0
    for index in 0..<count {
      shares[index] = expf(shares[index] - top)
      sum += shares[index]
    }
    for index in 0..<count { shares[index] /= sum }
    // Marks the chosen by their sign: shares are not negative.
    var total: Float = 0
    for _ in 0..<design.perToken {
      var best = -1
      for index in 0..<count where shares[index] >= 0 && shares[index].sign == .plus {
        if best < 0 || shares[index] > shares[best] { best = index }
      }
      guard best >= 0 else { break }
      total += shares[best]
      shares[best] = -shares[best]
    }
    for index in 0..<count {
      let isChosen = shares[index].sign == .minus
      shares[index] =
        isChosen ? -shares[index] / (design.normalizesWeights ? total : 1) : 0
    }
  }

  /// target += x · factor.
  private func add(
    _ x: UnsafePointer<Float>, times factor: Float, to target: UnsafeMutablePointer<Float>,
    count: Int
  ) {
    for index in 0..<count { target[index] += x[index] * factor }
  }
}
