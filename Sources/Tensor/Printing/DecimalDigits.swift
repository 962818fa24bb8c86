#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A finite number as decimal digits: value = ± 0.digits × 10^point.
struct DecimalDigits {
  /// Without leading or trailing zeros; empty for zero.
  var digits: [UInt8]
  var point: Int
  var isNegative: Bool
  /// The number itself, exactly.
  private(set) var exact: Double

  /// The fewest digits that name this number among those of its type, given how Swift writes it.
  init(shortest description: String, exact: Double) {
    self.exact = exact
    digits = []
    point = 0
    isNegative = exact.sign == .minus
    var exponent = 0
    var pointSeen = false
    var rest = description.utf8.drop { $0 == UInt8(ascii: "-") }
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "."): pointSeen = true
      case UInt8(ascii: "e"):
        exponent = Int(String(decoding: rest, as: UTF8.self)) ?? 0
        rest = rest.dropFirst(rest.count)
      default:
        digits.append(byte)
        if !pointSeen { point += 1 }
      }
    }
    point += exponent
    let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
    digits.removeFirst(zeros)
    point -= zeros
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    if digits.isEmpty { point = 0 }
  }

  /// The fewest digits that name a float16.
  ///
  /// Swift writes whole float16 numbers with more.
  init(shortest value: Float16) {
    let exact = DecimalDigits(shortest: value.description, exact: Double(value))
    self = exact
    guard value.isFinite else { return }
    for places in 0..<max(exact.digits.count - 1, 0) {
      let text = exact.format("%.*e", places)
      if Double(text).map({ Float16($0) }) == value {
        self = DecimalDigits(shortest: text, exact: Double(value))
        return
      }
    }
  }

  /// The part before the decimal point, with its sign, and the one after it without trailing zeros,
  /// of at most `places` digits.
  func positional(places: Int) -> (whole: String, fraction: String) {
    if digits.count - point > places { return split(format("%.*f", places)) }
    let zero = UInt8(ascii: "0")
    var whole = point > 0 ? Array(digits.prefix(point)) : [zero]
    whole += Array(repeating: zero, count: max(0, point - digits.count))
    var fraction = Array(repeating: zero, count: digits.isEmpty ? 0 : max(0, -point))
    fraction += digits.dropFirst(max(0, point))
    return (
      (isNegative ? "-" : "") + String(decoding: whole, as: UTF8.self),
      String(decoding: fraction, as: UTF8.self)
    )
  }

  /// How many digits stand behind the decimal point in scientific notation, at most `places`.
  func scientificPlaces(atMost places: Int) -> Int {
    if digits.count - 1 <= places { return max(0, digits.count - 1) }
    let mantissa = format("%.*e", places).prefix { $0 != "e" }
    return split(String(mantissa)).fraction.utf8.count
  }

  /// Scientific notation: the mantissa with `places` digits and the exponent with its sign.
  func scientific(places: Int) -> (mantissa: String, exponent: String) {
    var text = format("%.*e", places)
    if places == 0, let mark = text.firstIndex(of: "e") { text.insert(".", at: mark) }
    let parts = text.split(separator: "e")
    return (String(parts[0]), String(parts[1]))
  }

  private func split(_ text: String) -> (whole: String, fraction: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return (text, "") }
    var fraction = parts[1]
    while fraction.last == "0" { fraction.removeLast() }
    return (String(parts[0]), String(fraction))
  }

  /// The exact value, correctly rounded to so many places by the C library.
  private func format(_ pattern: String, _ places: Int) -> String {
    var buffer = [CChar](repeating: 0, count: 512)
    let length = withVaList([Int32(places), exact]) {
      vsnprintf(&buffer, buffer.count, pattern, $0)
    }
    return String(decoding: buffer.prefix(Int(length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
