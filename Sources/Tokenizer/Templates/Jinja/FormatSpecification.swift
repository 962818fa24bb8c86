/// A format specification of Python's `format`: `[[fill]align][sign][z][#][0][width][,][.precision][type]`.
struct FormatSpecification {
  var fill: Unicode.Scalar = " "
  var align: Unicode.Scalar?
  var sign: Unicode.Scalar?
  var alternate = false
  var zeroFilled = false
  var width = 0
  var grouping: Unicode.Scalar?
  var precision: Int?
  var type: Unicode.Scalar?

  init(_ text: Text) throws(TemplateFault) {
    let scalars = Array(text.scalars)
    let aligns: [Unicode.Scalar] = ["<", ">", "=", "^"]
    var at = 0
    func peek(_ offset: Int = 0) -> Unicode.Scalar? {
      at + offset < scalars.count ? scalars[at + offset] : nil
    }
    var hasFill = false
    if let next = peek(1), aligns.contains(next) {
      fill = scalars[0]
      hasFill = true
      align = next
      at = 2
    } else if let first = peek(), aligns.contains(first) {
      align = first
      at = 1
    }
    if let next = peek(), next == "+" || next == "-" || next == " " {
      sign = next
      at += 1
    }
    if peek() == "z" { throw .unsupported("the option “z” of formats is not known here") }
    if peek() == "#" {
      alternate = true
      at += 1
    }
    if peek() == "0" {
      zeroFilled = true
      if !hasFill { fill = "0" }
      at += 1
    }
    func number() -> Int? {
      var value: Int?
      while let digit = peek(), (0x30...0x39).contains(digit.value) {
        value = min((value ?? 0) * 10 + Int(digit.value) - 0x30, 1 << 40)
        at += 1
      }
      return value
    }
    width = number() ?? 0
    if let next = peek(), next == "," || next == "_" {
      grouping = next
      at += 1
    }
    if peek() == "." {
      at += 1
      guard let digits = number() else { throw .failed("Format specifier missing precision") }
      precision = digits
    }
    type = peek()
    if type != nil { at += 1 }
    guard at == scalars.count else { throw .failed("Invalid format specifier") }
  }
}

extension Renderer {
  /// Python's `format(value, specification)`.
  func formatted(_ value: Value, _ specification: Text) throws(TemplateFault) -> Text {
    if specification.isEmpty { return try shown(value) }
    switch value {
    case .string(let text): return try formatted(text, try FormatSpecification(specification))
    case .integer(let number, _):
      return try formatted(number, try FormatSpecification(specification))
    case .boolean(let flag, _):
      return try formatted(flag ? 1 : 0, try FormatSpecification(specification))
    case .float(let number, _):
      return try formatted(number, try FormatSpecification(specification))
    default:
      throw .failed("unsupported format string passed to \(value.typeName).__format__")
    }
  }

  private func formatted(
    _ text: Text, _ specification: FormatSpecification
  ) throws(TemplateFault) -> Text {
    guard specification.type == nil || specification.type == "s", specification.sign == nil,
      !specification.alternate, specification.grouping == nil, specification.align != "="
    else { throw .failed("a string cannot be formatted like a number") }
    var text = text
    if let precision = specification.precision, precision < text.count {
      text = text.slice(0..<text.byteOffset(ofCharacter: precision))
    }
    return try aligned(
      text, specification.width, specification.align ?? "<",
      Text(String(Character(specification.fill))))
  }

  private func aligned(
    _ text: Text, _ width: Int, _ align: Unicode.Scalar, _ fill: Text
  ) throws(TemplateFault) -> Text {
    guard width > text.count else { return text }
    try allow(bytes: (width - text.count) * fill.bytes.count)
    let missing = width - text.count
    let left = align == "<" ? 0 : align == "^" ? missing / 2 : missing
    var builder = TextBuilder()
    for _ in 0..<left { builder.append(fill) }
    builder.append(text)
    for _ in left..<missing { builder.append(fill) }
    return builder.text()
  }

  private func formatted(
    _ number: Int, _ specification: FormatSpecification
  ) throws(TemplateFault) -> Text {
    switch specification.type {
    case "e", "E", "f", "F", "g", "G", "%":
      return try formatted(Double(number), specification)
    case "c":
      guard let code = UInt32(exactly: number), let scalar = Unicode.Scalar(code) else {
        throw .failed("%c arg not in range(0x110000)")
      }
      return try laidOut("", "", String(Character(scalar)), "", specification, isText: true)
    case "d", "n", "b", "o", "x", "X", nil: break
    default:
      throw .failed("Unknown format code for object of type “int”")
    }
    guard specification.precision == nil else {
      throw .failed("Precision not allowed in integer format specifier")
    }
    let radix =
      switch specification.type {
      case "b": 2
      case "o": 8
      case "x", "X": 16
      default: 10
      }
    guard specification.grouping != "," || radix == 10 else {
      throw .failed("Cannot specify “,” with this type")
    }
    var digits = String(number.magnitude, radix: radix)
    var prefix = ""
    if specification.alternate, radix != 10 {
      prefix = radix == 2 ? "0b" : radix == 8 ? "0o" : "0x"
    }
    if specification.type == "X" {
      digits = digits.uppercased()
      prefix = prefix.uppercased()
    }
    return try laidOut(
      sign(number < 0, specification), prefix, digits, "", specification,
      group: radix == 10 ? 3 : 4)
  }

  private func formatted(
    _ number: Double, _ specification: FormatSpecification
  ) throws(TemplateFault) -> Text {
    let magnitude = number.magnitude
    let flag = specification.alternate ? "#" : ""
    if let precision = specification.precision { try allow(bytes: precision) }
    var text: String
    var suffix = ""
    switch specification.type {
    case "e", "E", "f", "F", "g", "G":
      text = printed(
        magnitude, precision: specification.precision ?? 6,
        flag + String(Character(specification.type ?? "f")))
    case "n": text = printed(magnitude, precision: specification.precision ?? 6, flag + "g")
    case "%":
      text = printed(magnitude * 100, precision: specification.precision ?? 6, flag + "f")
      suffix = "%"
    case nil:
      if let precision = specification.precision {
        text = general(magnitude, precision)
      } else {
        text = pythonFloat(magnitude)
      }
    default: throw .failed("Unknown format code for object of type “float”")
    }
    // The digits before the point are what is grouped.
    var whole = text.prefix { $0.isASCII && $0.isNumber }
    if whole.isEmpty { whole = text[...] }
    suffix = String(text.dropFirst(whole.count)) + suffix
    return try laidOut(
      sign(number.sign == .minus && !number.isNaN, specification), "", String(whole), suffix,
      specification, group: 3)
  }

  /// Like `g`, but with a digit after the point.
  private func general(_ magnitude: Double, _ precision: Int) -> String {
    let precision = max(1, precision)
    let scientific = printed(magnitude, precision: precision - 1, "e")
    guard magnitude.isFinite, let mark = scientific.firstIndex(of: "e"),
      let exponent = Int(scientific[scientific.index(after: mark)...])
    else { return scientific }
    if exponent < -4 || exponent >= precision {
      return printed(magnitude, precision: precision, "g")
    }
    let text = printed(magnitude, precision: precision, "g")
    if text.contains("e") || text.contains(".") { return text }
    return exponent + 1 >= precision && magnitude != 0 && precision <= exponent + 1
      ? printed(magnitude, precision: precision - 1, "e").replacingZeros() : text + ".0"
  }

  private func sign(_ isNegative: Bool, _ specification: FormatSpecification) -> String {
    if isNegative { return "-" }
    guard let sign = specification.sign, sign != "-" else { return "" }
    return String(Character(sign))
  }

  /// Sign, prefix, digits and what follows them, grouped and filled.
  private func laidOut(
    _ sign: String, _ prefix: String, _ digits: String, _ suffix: String,
    _ specification: FormatSpecification, group: Int = 3, isText: Bool = false
  ) throws(TemplateFault) -> Text {
    try allow(bytes: specification.width)
    var digits = digits
    let align = specification.align ?? (specification.zeroFilled && !isText ? "=" : ">")
    let fill = specification.fill
    let around = sign.count + prefix.count + suffix.count
    if let grouping = specification.grouping, !isText, digits.allSatisfy(\.isHexDigit) {
      var count = digits.count
      if align == "=", fill == "0" {
        // Zeros are grouped like digits.
        while count + (count - 1) / group + around < specification.width { count += 1 }
      }
      digits = String(repeating: "0", count: count - digits.count) + digits
      var grouped = ""
      for (place, digit) in digits.enumerated() {
        if place > 0, (digits.count - place) % group == 0 {
          grouped.unicodeScalars.append(grouping)
        }
        grouped.append(digit)
      }
      digits = grouped
    }
    let missing = specification.width - around - digits.count
    if align == "=", missing > 0 {
      let filling = String(repeating: Character(fill), count: missing)
      return Text(sign + prefix + filling + digits + suffix)
    }
    return try aligned(
      Text(sign + prefix + digits + suffix), specification.width, align,
      Text(String(Character(fill))))
  }
}

extension String {
  /// A number in scientific form without zeros at the end of its digits.
  fileprivate func replacingZeros() -> String {
    guard let mark = firstIndex(of: "e") else { return self }
    var digits = self[..<mark]
    if digits.contains(".") {
      while digits.last == "0" { digits.removeLast() }
      if digits.last == "." { digits.removeLast() }
    }
    return String(digits) + self[mark...]
  }
}
