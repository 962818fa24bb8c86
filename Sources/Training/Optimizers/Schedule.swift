#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The learning rate of each step.
///
/// Factors are those of transformers' `get_scheduler`, where the first step of a warm-up from zero
/// has the rate zero and does nothing; with ``firstStepMoves`` the warm-up is shifted by one step, as
/// nanoGPT has it.
public struct Schedule: Sendable, Equatable {
  /// The course after the warm-up.
  public enum Course: Sendable, Equatable {
    /// Stays at the peak.
    case constant
    /// Falls in a line to the floor.
    case linear
    /// Falls along half a cosine to the floor.
    case cosine
    /// Stays at the peak and falls to the floor in the last `decay` steps ("WSD", Hu et al. 2024,
    /// MiniCPM).
    case warmupStableDecay(decay: Int, Fall)
  }

  /// How the rate falls in the last steps of a warm-up–stable–decay schedule.
  public enum Fall: String, Sendable, CaseIterable {
    /// In a line.
    case linear
    /// Along half a cosine.
    case cosine
    /// As one minus the root of the way.
    case oneMinusRoot = "1-sqrt"
  }

  /// The highest rate.
  public var peak: Double
  /// How many steps the rate rises.
  public var warmup: Int
  /// How many steps there are.
  public var total: Int
  /// The share of the peak below which the rate does not fall.
  public var floor: Double
  /// The course after the warm-up.
  public var course: Course
  /// Whether the warm-up starts one step above zero.
  public var firstStepMoves = false

  /// A schedule.
  public init(
    _ course: Course, peak: Double, warmup: Int = 0, total: Int, floor: Double = 0,
    firstStepMoves: Bool = false
  ) {
    self.course = course
    self.peak = peak
    self.warmup = warmup
    self.total = total
    self.floor = floor
    self.firstStepMoves = firstStepMoves
  }

  /// Rises for `warmup` steps, then stays.
  public static func constant(peak: Double, warmup: Int = 0) -> Schedule {
    Schedule(.constant, peak: peak, warmup: warmup, total: .max)
  }

  /// Rises for `warmup` steps, then falls in a line to `floor` times the peak at step `total`.
  public static func linear(
    peak: Double, warmup: Int = 0, total: Int, floor: Double = 0
  ) -> Schedule {
    Schedule(.linear, peak: peak, warmup: warmup, total: total, floor: floor)
  }

  /// Rises for `warmup` steps, then falls along half a cosine to `floor` times the peak.
  public static func cosine(
    peak: Double, warmup: Int = 0, total: Int, floor: Double = 0
  ) -> Schedule {
    Schedule(.cosine, peak: peak, warmup: warmup, total: total, floor: floor)
  }

  /// Rises, stays, and falls in the last `decay` steps.
  public static func warmupStableDecay(
    peak: Double, warmup: Int = 0, decay: Int, total: Int, floor: Double = 0, fall: Fall = .cosine
  ) -> Schedule {
    Schedule(
      .warmupStableDecay(decay: decay, fall), peak: peak, warmup: warmup, total: total,
      floor: floor)
  }

  /// The rate of a step, counted from 0.
  public func callAsFunction(_ step: Int) -> Double { peak * factor(step) }

  /// The share of the peak at a step, counted from 0.
  public func factor(_ step: Int) -> Double {
    if step < warmup {
      if firstStepMoves { return Double(step + 1) / Double(warmup + 1) }
      let rise = Double(step) / Double(max(1, warmup))
      if case .warmupStableDecay = course { return rise * (1 - floor) + floor }
      return rise
    }
    switch course {
    case .constant: return 1
    case .linear:
      return raised(max(0, 1 - progress(step, from: warmup)))
    case .cosine:
      return raised(0.5 * (1 + cos(.pi * progress(step, from: warmup))))
    case .warmupStableDecay(let decay, let fall):
      let start = max(warmup, total - decay)
      guard step >= start else { return 1 }
      let way = progress(step, from: start)
      return switch fall {
      case .linear: raised(1 - way)
      case .cosine: raised(0.5 * (1 + cos(.pi * way)))
      case .oneMinusRoot: raised(1 - way.squareRoot())
      }
    }
  }

  private func progress(_ step: Int, from start: Int) -> Double {
    min(1, Double(step - start) / Double(max(1, total - start)))
  }

  private func raised(_ share: Double) -> Double { share * (1 - floor) + floor }
}
