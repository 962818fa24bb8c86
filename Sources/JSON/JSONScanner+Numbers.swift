extension JSONScanner {
  /// The number that begins here: an integer where it fits 64 bits, otherwise the nearest double.
  mutating func number() throws(JSONFailure) -> JSONValue {
    let start = position
    let negative = skip(UInt8(ascii: "-"))
    // The significant digits while they fit 19 places, and the power of ten they are off by.
    var digits: UInt64 = 0
    var digitCount = 0
    var scale = 0
    let firstDigit = position
    while isDigit(peek) { take(&digits, &digitCount) }
    guard position > firstDigit else {
      throw failure("expected a digit, found \(found)")
    }
    guard bytes[firstDigit] != UInt8(ascii: "0") || position == firstDigit + 1 else {
      throw JSONFailure(offset: start, message: "a number must not begin with 0")
    }
    var isInteger = true
    if skip(UInt8(ascii: ".")) {
      isInteger = false
      let firstDecimal = position
      while isDigit(peek) { take(&digits, &digitCount) }
      scale = firstDecimal - position
      guard position > firstDecimal else {
        throw failure("expected a digit after the decimal point, found \(found)")
      }
    }
    if peek | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      position += 1
      scale += try exponent()
    }
    if isInteger, digitCount <= 19, let value = signed(digits, negative: negative) {
      return .integer(value)
    }
    guard !isInteger || largeIntegers == .becomeDoubles else {
      throw JSONFailure(
        offset: start, message: "the integer that begins here does not fit 64 bits")
    }
    // Clinger's fast path: both factors are exact, so one rounding gives the nearest double.
    if digitCount <= 15, digits < 1 << 53, abs(scale) <= 22 {
      let magnitude = Double(digits)
      let value =
        scale < 0 ? magnitude / Self.powersOfTen[-scale] : magnitude * Self.powersOfTen[scale]
      return .number(negative ? -value : value)
    }
    let text = String(
      decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw JSONFailure(
        offset: start, message: "the number that begins here is too large for a double")
    }
    return .number(value)
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  private mutating func take(_ digits: inout UInt64, _ count: inout Int) {
    // Leading zeros are no significant digits.
    if count > 0 || bytes[position] != UInt8(ascii: "0") { count += 1 }
    if count <= 19 { digits = digits &* 10 &+ UInt64(bytes[position] - UInt8(ascii: "0")) }
    position += 1
  }

  /// The exponent, held within bounds that already mean zero or infinity.
  private mutating func exponent() throws(JSONFailure) -> Int {
    let negative = peek == UInt8(ascii: "-")
    if negative || peek == UInt8(ascii: "+") { position += 1 }
    let first = position
    var value = 0
    while isDigit(peek) {
      value = min(value * 10 + Int(peek - UInt8(ascii: "0")), 1_000_000)
      position += 1
    }
    guard position > first else {
      throw failure("expected a digit in the exponent, found \(found)")
    }
    return negative ? -value : value
  }

  private func signed(_ digits: UInt64, negative: Bool) -> Int64? {
    if !negative { return Int64(exactly: digits) }
    return digits <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- digits) : nil
  }
}
