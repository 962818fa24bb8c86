#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A day and a time of day without a time zone: what `strftime_now` shows in a template.
public struct TemplateDate: Sendable, Equatable {
  /// The year, such as 2025.
  public var year: Int
  /// The month, from 1.
  public var month: Int
  /// The day of the month, from 1.
  public var day: Int
  /// The hour, from 0.
  public var hour: Int
  /// The minute.
  public var minute: Int
  /// The second.
  public var second: Int

  /// A day and a time of day.
  public init(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0
  ) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// The present, in the time zone of the machine.
  public static var now: TemplateDate {
    var seconds = time(nil)
    var parts = tm()
    localtime_r(&seconds, &parts)
    return TemplateDate(
      year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
      hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: Int(parts.tm_sec))
  }

  /// The date by a format of C's `strftime`; as in Python `%f` is for microseconds, of which there
  /// are none, and `%z` and `%Z` for the time zone, which there is not.
  func formatted(_ format: [UInt8]) -> [UInt8] {
    var pattern: [UInt8] = []
    var isDirective = false
    for byte in format {
      guard isDirective else {
        isDirective = byte == UInt8(ascii: "%")
        if byte == 0 { break }
        pattern.append(byte)
        continue
      }
      isDirective = false
      switch byte {
      case UInt8(ascii: "f"):
        pattern.removeLast()
        pattern += "000000".utf8
      case UInt8(ascii: "z"), UInt8(ascii: "Z"): pattern.removeLast()
      default: pattern.append(byte)
      }
    }
    if pattern.isEmpty { return [] }
    var parts = clock
    let capacity = pattern.count * 256 + 1
    pattern.append(0)
    return [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      count = buffer.withMemoryRebound(to: CChar.self) { output in
        pattern.withUnsafeBytes { pattern in
          strftime(
            output.baseAddress, capacity, pattern.bindMemory(to: CChar.self).baseAddress, &parts)
        }
      }
    }
  }

  /// The date as C keeps it, with the day of the week and of the year.
  private var clock: tm {
    func field(_ value: Int, _ range: ClosedRange<Int>) -> Int32 {
      Int32(min(max(value, range.lowerBound), range.upperBound))
    }
    var parts = tm()
    let year = min(max(year, 1), 9999)
    let month = min(max(month, 1), 12)
    parts.tm_year = Int32(year - 1900)
    parts.tm_mon = Int32(month - 1)
    parts.tm_mday = field(day, 1...31)
    parts.tm_hour = field(hour, 0...23)
    parts.tm_min = field(minute, 0...59)
    parts.tm_sec = field(second, 0...60)
    parts.tm_isdst = -1
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334][month - 1]
    let yearDay = before + (isLeap && month > 2 ? 1 : 0) + Int(parts.tm_mday) - 1
    parts.tm_yday = Int32(yearDay)
    let years = year - 1
    // The first of January of the year 1 was a Monday.
    parts.tm_wday = Int32((years * 365 + years / 4 - years / 100 + years / 400 + yearDay + 1) % 7)
    return parts
  }
}
