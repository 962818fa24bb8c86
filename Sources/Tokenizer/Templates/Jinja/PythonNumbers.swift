#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A float as Python's `repr` writes it: the shortest digits that give it back.
func pythonFloat(_ value: Double) -> String {
  if value.isNaN { return "nan" }
  if value.isInfinite { return value < 0 ? "-inf" : "inf" }
  let (digits, exponent) = decimalDigits(value)
  let sign = value.sign == .minus ? "-" : ""
  // The point stands after the digit at `exponent`.
  if exponent < -4 || exponent >= 16 {
    let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
    let size = abs(exponent)
    let power = (size < 10 ? "0" : "") + String(size)
    return sign + digits.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+") + power
  }
  if exponent < 0 {
    return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits
  }
  if digits.count <= exponent + 1 {
    return sign + digits + String(repeating: "0", count: exponent + 1 - digits.count) + ".0"
  }
  return sign + digits.prefix(exponent + 1) + "." + digits.dropFirst(exponent + 1)
}

/// The significant digits of a finite number and the power of ten of the first.
private func decimalDigits(_ value: Double) -> (digits: String, exponent: Int) {
  if value == 0 { return ("0", 0) }
  // Swift's description has the same digits, laid out by other rules.
  var text = Substring(value.magnitude.description)
  var exponent = 0
  if let mark = text.firstIndex(of: "e") {
    exponent = Int(text[text.index(after: mark)...]) ?? 0
    text = text[..<mark]
  }
  let parts = text.split(separator: ".", omittingEmptySubsequences: false)
  let whole = parts.first ?? ""
  var digits = whole + (parts.count > 1 ? parts[1] : "")
  exponent += whole.utf8.count - 1
  while digits.first == "0", digits.count > 1 {
    digits.removeFirst()
    exponent -= 1
  }
  while digits.last == "0", digits.count > 1 { digits.removeLast() }
  return (String(digits), exponent)
}

/// A number formatted by C's `printf`: `conversion` is `f`, `e` or `g`, perhaps with a `#` before.
func printed(_ value: Double, precision: Int, _ conversion: String) -> String {
  let flag = conversion.count > 1 ? "#" : ""
  let format = "%\(flag).\(precision)\(conversion.suffix(1))"
  func write(_ buffer: UnsafeMutableBufferPointer<CChar>) -> Int {
    Int(withVaList([value]) { vsnprintf(buffer.baseAddress, buffer.count, format, $0) })
  }
  var length = 0
  var capacity = 64
  while true {
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      length = buffer.withMemoryRebound(to: CChar.self) { write($0) }
      count = min(length, capacity - 1)
    }
    if length < capacity { return String(decoding: bytes, as: UTF8.self) }
    capacity = length + 1
  }
}

/// A text as a float, by the rules of Python's `float`; nil where it raises a ValueError.
func pythonFloat(parsing text: Text) -> Double? {
  var trimmed = pythonStripped(withASCIIDigits(text))
  guard !trimmed.isEmpty else { return nil }
  // An underscore may stand between two digits.
  if trimmed.contains(UInt8(ascii: "_")) {
    for (place, byte) in zip(trimmed.indices, trimmed) where byte == UInt8(ascii: "_") {
      guard place > trimmed.startIndex, place + 1 < trimmed.endIndex,
        trimmed[place - 1] &- 0x30 < 10, trimmed[place + 1] &- 0x30 < 10
      else { return nil }
    }
    trimmed = trimmed.filter { $0 != UInt8(ascii: "_") }[...]
  }
  let string = String(decoding: trimmed, as: UTF8.self)
  switch string.lowercased() {
  case "inf", "+inf", "infinity", "+infinity": return .infinity
  case "-inf", "-infinity": return -.infinity
  case "nan", "+nan", "-nan": return .nan
  default: break
  }
  // Hexadecimal and other forms that Swift reads but Python does not.
  guard
    string.utf8.allSatisfy({
      $0 &- 0x30 < 10 || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains($0)
    })
  else { return nil }
  guard string.utf8.contains(where: { $0 &- 0x30 < 10 }) else { return nil }
  var normal = string
  // Swift wants a digit on both sides of the point.
  if let point = normal.firstIndex(of: ".") {
    let next = normal.index(after: point)
    if next == normal.endIndex || !("0"..."9").contains(normal[next]) {
      normal.insert("0", at: next)
    }
    let before = point == normal.startIndex ? nil : normal[normal.index(before: point)]
    if before.map({ !("0"..."9").contains($0) }) ?? true {
      normal.insert("0", at: point)
    }
    if string.hasSuffix(".") || string.hasPrefix("."), string.utf8.count == 1 { return nil }
  }
  return Double(normal)
}

/// What is wrong with a text that is to be an integer.
enum PythonIntegerFault: Error {
  /// Python raises a ValueError.
  case malformed
  /// Python has it, but it is beyond 64 bits.
  case tooLarge
}

/// A text as an integer, by the rules of Python's `int`.
func pythonInteger(parsing text: Text, radix: Int) throws(PythonIntegerFault) -> Int {
  var digits = pythonStripped(withASCIIDigits(text))
  var isNegative = false
  if let first = digits.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
    isNegative = first == UInt8(ascii: "-")
    digits = digits.dropFirst()
  }
  var radix = radix
  if digits.count > 1, digits.first == UInt8(ascii: "0") {
    let letter = digits[digits.startIndex + 1] | 0x20
    let named =
      switch letter {
      case UInt8(ascii: "x"): 16
      case UInt8(ascii: "o"): 8
      case UInt8(ascii: "b"): 2
      default: 0
      }
    if named > 0, radix == 0 || radix == named {
      radix = named
      digits = digits.dropFirst(2)
      if digits.first == UInt8(ascii: "_") { digits = digits.dropFirst() }
    } else if radix == 0 {
      // Only zero may begin with a zero.
      guard digits.allSatisfy({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "_") }) else {
        throw .malformed
      }
    }
  }
  if radix == 0 { radix = 10 }
  var value = 0
  var overflows = false
  var wasDigit = false
  for byte in digits {
    if byte == UInt8(ascii: "_") {
      guard wasDigit else { throw .malformed }
      wasDigit = false
      continue
    }
    let digit: Int
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = Int(byte) - 0x30
    case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = Int(byte) - 0x61 + 10
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = Int(byte) - 0x41 + 10
    default: throw .malformed
    }
    guard digit < radix else { throw .malformed }
    let (product, first) = value.multipliedReportingOverflow(by: radix)
    let (sum, second) =
      isNegative
      ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
    overflows = overflows || first || second
    value = sum
    wasDigit = true
  }
  guard wasDigit else { throw .malformed }
  if overflows { throw .tooLarge }
  return value
}

/// The bytes of a text with the decimal digits of all scripts as those of ASCII.
private func withASCIIDigits(_ text: Text) -> [UInt8] {
  if text.isASCII { return text.bytes }
  var bytes: [UInt8] = []
  for scalar in text.scalars {
    let properties = scalar.properties
    if properties.numericType == .decimal, let value = properties.numericValue {
      bytes.append(UInt8(ascii: "0") + UInt8(value))
    } else {
      bytes += String(scalar).utf8
    }
  }
  return bytes
}

/// The bytes without white space at both ends.
private func pythonStripped(_ bytes: [UInt8]) -> ArraySlice<UInt8> {
  var start = 0
  while start < bytes.count, case let length = spaceLength(bytes, start), length > 0 {
    start += length
  }
  var end = bytes.count
  while end > start {
    var first = end - 1
    while first > start, bytes[first] & 0xC0 == 0x80 { first -= 1 }
    guard spaceLength(bytes, first) == end - first else { break }
    end = first
  }
  return bytes[start..<end]
}

/// A float rounded to some digits after the point, halves to even, as Python's `round`.
func pythonRounded(_ value: Double, digits: Int) -> Double {
  guard value.isFinite, value != 0 else { return value }
  if digits > 308 { return value }
  if digits >= 0 { return Double(printed(value, precision: digits, "f")) ?? value }
  if digits < -308 { return value.sign == .minus ? -0.0 : 0.0 }
  // The exact decimal form, rounded by hand before the point.
  let exact = printed(value.magnitude, precision: 1074, "f")
  let point = exact.firstIndex(of: ".") ?? exact.endIndex
  var whole = exact[..<point].utf8.map { $0 - 0x30 }
  let dropped = -digits
  while whole.count <= dropped { whole.insert(0, at: 0) }
  let rest = whole.suffix(dropped) + exact[point...].utf8.dropFirst().map { $0 - 0x30 }
  var kept = Array(whole.dropLast(dropped))
  let isHalf = rest.first == 5 && rest.dropFirst().allSatisfy { $0 == 0 }
  if (rest.first ?? 0) > 5 || (rest.first == 5 && !isHalf) || (isHalf && (kept.last ?? 0) % 2 == 1)
  {
    var place = kept.count - 1
    while place >= 0, kept[place] == 9 {
      kept[place] = 0
      place -= 1
    }
    if place >= 0 { kept[place] += 1 } else { kept.insert(1, at: 0) }
  }
  let text = kept.map(String.init).joined() + String(repeating: "0", count: dropped)
  let magnitude = Double(text) ?? value.magnitude
  return value.sign == .minus ? -magnitude : magnitude
}
