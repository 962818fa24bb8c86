import JSON
import TestSupport
import Testing
import Training

/// Learning rates beside transformers' schedules.
@Suite struct ScheduleTests {
  @Test func factorsAgree() throws {
    let entries = try #require(
      try Fixture.json("Training/schedules.json").object?["schedules"]?.array)
    var checked = 0
    for entry in entries.compactMap(\.object) {
      let settings = entry["settings"]?.object ?? JSONObject([])
      func whole(_ key: String) -> Int { settings[key]?.integer ?? 0 }
      let warmup = whole("num_warmup_steps")
      let total = whole("num_training_steps")
      let schedule: Schedule
      switch try #require(entry["schedule"]?.string) {
      case "constant", "constant_with_warmup": schedule = .constant(peak: 1, warmup: warmup)
      case "linear": schedule = .linear(peak: 1, warmup: warmup, total: total)
      case "cosine": schedule = .cosine(peak: 1, warmup: warmup, total: total)
      case "cosine_with_min_lr":
        schedule = .cosine(
          peak: 1, warmup: warmup, total: total, floor: settings["min_lr_rate"]?.double ?? 0)
      case "wsd", "warmup_stable_decay":
        let fall = settings["decay_type"]?.string.flatMap(Schedule.Fall.init) ?? .cosine
        let decay = whole("num_decay_steps")
        let stable = settings["num_stable_steps"]?.integer
        schedule = .warmupStableDecay(
          peak: 1, warmup: warmup, decay: decay,
          total: stable.map { warmup + $0 + decay } ?? total,
          floor: settings["min_lr_ratio"]?.double ?? 0, fall: fall)
      default:
        Issue.record("\(entry) has no test")
        continue
      }
      checked += 1
      for (step, factor) in (entry["factors"]?.array ?? []).compactMap(\.double).enumerated() {
        #expect(abs(schedule(step) - factor) < 1e-12, "\(entry) step \(step)")
      }
    }
    #expect(checked == entries.count)
  }

  @Test func firstStepMovesWhereAsked() {
    var schedule = Schedule.cosine(peak: 2, warmup: 4, total: 20)
    schedule.firstStepMoves = true
    #expect(abs(schedule(0) - 0.4) < 1e-12)
    #expect(abs(schedule(4) - 2) < 1e-12)
  }
}
