import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What people read goes to standard error; standard output is for results.
enum Terminal {
  static let isInteractive = isatty(2) == 1

  static func say(_ text: String) { put(text + "\n") }

  private static func put(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
      if count <= 0 { return }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Writes over the last progress line, or a line of its own where there is no terminal.
  static func progress(_ text: String) {
    put(isInteractive ? "\r\u{1B}[K" + text : text + "\n")
  }

  /// Ends a progress line, so that the next text starts on a line of its own.
  static func endProgress() { if isInteractive { put("\n") } }

  /// `1:05` or `2:03:20`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "–" }
    let total = Int(seconds.rounded())
    let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(minutes):\(two(rest))"
  }

  /// A number with this many digits after the point.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    guard value.isFinite else { return "\(value)" }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let whole = Int64((abs(value) * scale).rounded())
    let sign = value < 0 && whole > 0 ? "-" : ""
    if digits == 0 { return "\(sign)\(whole)" }
    var fraction = String(whole % Int64(scale))
    fraction = String(repeating: "0", count: digits - fraction.count) + fraction
    return "\(sign)\(whole / Int64(scale)).\(fraction)"
  }

  /// `12.3 M`, `124 M`, `1.2 k`.
  static func short(_ count: Int) -> String {
    let value = Double(count)
    if value >= 1e9 { return fixed(value / 1e9, 2) + " G" }
    if value >= 1e6 { return fixed(value / 1e6, 1) + " M" }
    if value >= 1e4 { return fixed(value / 1e3, 1) + " k" }
    return "\(count)"
  }
}

/// Whether the user has asked to stop (Ctrl-C, SIGTERM).
///
/// The first request lets the work finish its step and save; the second ends the process at once.
enum Interruption {
  private static let asked = Atomic<Bool>(false)

  static var isRequested: Bool { asked.load(ordering: .relaxed) }

  /// Listens until ``end()``; what was asked before is forgotten.
  static func begin() {
    asked.store(false, ordering: .relaxed)
    listen()
  }

  /// Lets the next request end the process again.
  static func end() {
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }

  static func listen() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        if Interruption.asked.exchange(true, ordering: .relaxed) { _exit(128 + number) }
      }
    }
  }
}
