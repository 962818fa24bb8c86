import CKernels
import Files
import JSON
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Timing and limits, shared by the benchmarks.
enum Measuring {
  /// The middle of some numbers.
  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard let last = sorted.indices.last else { return .nan }
    return (sorted[last / 2] + sorted[(last + 1) / 2]) / 2
  }

  /// Seconds of one call, the median of runs that take `budget` seconds together, each at least
  /// `repeats` calls.
  static func seconds(
    budget: Double = 0.5, repeats: Int = 1, _ body: () -> Void
  ) -> Double {
    body()
    var times: [Double] = []
    let end = secondsNow() + budget
    while times.count < 5 || secondsNow() < end {
      let start = secondsNow()
      for _ in 0..<repeats { body() }
      times.append((secondsNow() - start) / Double(repeats))
    }
    return median(times)
  }

  /// The most memory this process ever had in RAM, in bytes.
  static var peakResidentBytes: Int {
    // Linux counts in KiB.
    apus_usage().peak_resident_kib * 1024
  }

  /// The memory of this process that is in RAM now, in bytes; zero where the system does not say.
  static var residentBytes: Int {
    guard let text = try? readText("/proc/self/statm") else { return 0 }
    let fields = text.split(separator: " ")
    return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
  }

  /// How many pages were mapped in since the start, each at its first touch.
  static var pagesTouched: Int {
    apus_usage().pages_touched
  }

  /// The instruction level in force, as `APUS_LEVEL` calls it.
  static var level: String { String(cString: apus_level_name(apus_current_level())) }
}

extension JSONValue {
  /// A measured number, to six significant digits.
  static func measured(_ value: Double) -> JSONValue {
    guard value.isFinite, value != 0 else { return .number(value.isFinite ? 0 : -1) }
    var scale = 1.0
    while abs(value) * scale < 100_000 { scale *= 10 }
    return .number((value * scale).rounded() / scale)
  }
}
