/// A conversion of `%` formatting, such as `%-8.3f`.
private struct Conversion {
  var leftAligned = false
  var sign: String = ""
  var alternate = false
  var zeroFilled = false
  var width = 0
  var precision: Int?
  var letter: UInt8 = 0
}

extension Renderer {
  /// Python's `format % argument`.
  func percentFormat(_ format: Text, _ argument: Value) throws(TemplateFault) -> Text {
    try spend(bytes: format.bytes.count)
    var arguments = PercentArguments(argument)
    var builder = TextBuilder()
    let bytes = format.bytes
    var at = 0
    while let start = find([UInt8(ascii: "%")], in: bytes, from: at, to: bytes.count) {
      builder.append(format, at..<start)
      at = start + 1
      var named: Value?
      if at < bytes.count, bytes[at] == UInt8(ascii: "(") {
        named = try self.named(format, &at, arguments)
      }
      let conversion = try parse(format, &at, &arguments)
      if conversion.letter == UInt8(ascii: "%") {
        builder.append("%", source: .template)
        continue
      }
      let value = if let named { named } else { try arguments.next() }
      let text = try convert(value, conversion, isMarkup: format.isMarkup)
      try allow(builder, toGrowBy: text.bytes.count)
      builder.append(text)
    }
    builder.append(format, at..<bytes.count)
    guard arguments.isUsedUp else {
      throw .failed("not all arguments converted during string formatting")
    }
    return builder.text(isMarkup: format.isMarkup)
  }

  /// The argument of `%(name)`, whose parenthesis is at `at`.
  private func named(
    _ format: Text, _ at: inout Int, _ arguments: PercentArguments
  ) throws(TemplateFault) -> Value {
    let start = at + 1
    var depth = 1
    at = start
    while at < format.bytes.count, depth > 0 {
      if format.bytes[at] == UInt8(ascii: "(") { depth += 1 }
      if format.bytes[at] == UInt8(ascii: ")") { depth -= 1 }
      at += 1
    }
    guard depth == 0 else { throw .failed("incomplete format key") }
    guard case .dictionary(let dictionary) = arguments.whole else {
      throw .failed("format requires a mapping")
    }
    let name = format.slice(start..<at - 1)
    guard let value = dictionary.value(forBytes: name.bytes) else {
      throw .failed("there is no key “\(name.string)” to format")
    }
    return value
  }

  private func parse(
    _ format: Text, _ at: inout Int, _ arguments: inout PercentArguments
  ) throws(TemplateFault) -> Conversion {
    let bytes = format.bytes
    var conversion = Conversion()
    flags: while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "-"): conversion.leftAligned = true
      case UInt8(ascii: "+"): conversion.sign = "+"
      case UInt8(ascii: " "): if conversion.sign.isEmpty { conversion.sign = " " }
      case UInt8(ascii: "#"): conversion.alternate = true
      case UInt8(ascii: "0"): conversion.zeroFilled = true
      default: break flags
      }
      at += 1
    }
    func number(_ at: inout Int, _ arguments: inout PercentArguments) throws(TemplateFault) -> Int {
      if at < bytes.count, bytes[at] == UInt8(ascii: "*") {
        at += 1
        guard let width = try arguments.next().wholeNumber else { throw .failed("* wants int") }
        return width
      }
      var value = 0
      while at < bytes.count, bytes[at] &- UInt8(ascii: "0") < 10 {
        value = min(value * 10 + Int(bytes[at] - UInt8(ascii: "0")), 1 << 40)
        at += 1
      }
      return value
    }
    let width = try number(&at, &arguments)
    if width < 0 { conversion.leftAligned = true }
    conversion.width = width == .min ? .max : abs(width)
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      conversion.precision = max(0, try number(&at, &arguments))
    }
    if at < bytes.count,
      [UInt8(ascii: "h"), UInt8(ascii: "l"), UInt8(ascii: "L")].contains(bytes[at])
    {
      at += 1
    }
    guard at < bytes.count else { throw .failed("incomplete format") }
    conversion.letter = bytes[at]
    at += 1
    return conversion
  }

  private func convert(
    _ value: Value, _ conversion: Conversion, isMarkup: Bool
  ) throws(TemplateFault) -> Text {
    try allow(bytes: conversion.width)
    switch conversion.letter {
    case UInt8(ascii: "s"), UInt8(ascii: "r"), UInt8(ascii: "a"):
      var text =
        conversion.letter == UInt8(ascii: "s") ? try shown(value) : try represented(value)
      if conversion.letter == UInt8(ascii: "a"), !text.isASCII {
        throw .unsupported("%a knows only ASCII here")
      }
      if isMarkup { text = try escaped(text).marked(false) }
      if let precision = conversion.precision, precision < text.count {
        text = text.slice(0..<text.byteOffset(ofCharacter: precision))
      }
      return try padded(
        text, to: conversion.width, conversion.leftAligned ? .ljust : .rjust)
    case UInt8(ascii: "c"):
      if case .string(let text) = value, text.count == 1 {
        return try padded(text, to: conversion.width, conversion.leftAligned ? .ljust : .rjust)
      }
      guard let number = value.wholeNumber, let code = UInt32(exactly: number),
        let scalar = Unicode.Scalar(code)
      else { throw .failed("%c requires int or char") }
      return try padded(
        Text(String(Character(scalar))), to: conversion.width,
        conversion.leftAligned ? .ljust : .rjust)
    case UInt8(ascii: "d"), UInt8(ascii: "i"), UInt8(ascii: "u"):
      return try laidOut(try integerDigits(value, 10, "%d"), conversion)
    case UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "o"):
      guard value.wholeNumber != nil else {
        throw .failed("an integer is required, not \(value.typeName)")
      }
      let isOctal = conversion.letter == UInt8(ascii: "o")
      let isUpper = conversion.letter == UInt8(ascii: "X")
      var number = try integerDigits(value, isOctal ? 8 : 16, "%x")
      if isUpper { number.digits = number.digits.uppercased() }
      if conversion.alternate { number.prefix = isOctal ? "0o" : isUpper ? "0X" : "0x" }
      return try laidOut(number, conversion)
    case UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "e"), UInt8(ascii: "E"),
      UInt8(ascii: "g"), UInt8(ascii: "G"):
      if case .undefined(let undefined) = value { throw undefined.fault }
      guard let number = value.number else {
        throw .failed("must be real number, not \(value.typeName)")
      }
      let precision = conversion.precision ?? 6
      try allow(bytes: precision)
      let letter = String(decoding: [conversion.letter], as: UTF8.self)
      let text = printed(
        number.magnitude, precision: precision, (conversion.alternate ? "#" : "") + letter)
      let isNegative = number.sign == .minus && !number.isNaN
      var plain = conversion
      plain.precision = nil
      return try laidOut(Digits(isNegative: isNegative, prefix: "", digits: text), plain)
    default:
      let letter = String(decoding: [conversion.letter], as: UTF8.self)
      throw .failed("unsupported format character “\(letter)”")
    }
  }

  private struct Digits {
    var isNegative: Bool
    var prefix: String
    var digits: String
  }

  private func integerDigits(
    _ value: Value, _ radix: Int, _ name: String
  ) throws(TemplateFault) -> Digits {
    if case .undefined(let undefined) = value { throw undefined.fault }
    var number = value.wholeNumber
    if number == nil, case .float(let float, _) = value {
      guard float.isFinite else { throw .failed("cannot convert float to integer") }
      number = Int(exactly: float.rounded(.towardZero))
      if number == nil { throw .unsupported("an integer is beyond 64 bits") }
    }
    guard let number else {
      throw .failed("\(name) format: a real number is required, not \(value.typeName)")
    }
    return Digits(
      isNegative: number < 0, prefix: "", digits: String(number.magnitude, radix: radix))
  }

  private func laidOut(
    _ number: Digits, _ conversion: Conversion
  ) throws(TemplateFault) -> Text {
    var digits = number.digits
    if let precision = conversion.precision, precision > digits.utf8.count {
      try allow(bytes: precision)
      digits = String(repeating: "0", count: precision - digits.utf8.count) + digits
    }
    let sign = number.isNegative ? "-" : conversion.sign
    let used = sign.utf8.count + number.prefix.utf8.count + digits.utf8.count
    let missing = max(0, conversion.width - used)
    if conversion.leftAligned {
      return Text(sign + number.prefix + digits + String(repeating: " ", count: missing))
    }
    if conversion.zeroFilled {
      return Text(sign + number.prefix + String(repeating: "0", count: missing) + digits)
    }
    return Text(String(repeating: " ", count: missing) + sign + number.prefix + digits)
  }
}

/// What stands right of the `%`.
private struct PercentArguments {
  let whole: Value
  private let items: [Value]
  private var place = 0

  init(_ whole: Value) {
    self.whole = whole
    if case .tuple(let list) = whole { items = list.items } else { items = [whole] }
  }

  mutating func next() throws(TemplateFault) -> Value {
    guard place < items.count else { throw .failed("not enough arguments for format string") }
    defer { place += 1 }
    return items[place]
  }

  /// Whether no argument is left over; what can be subscripted need not be used.
  var isUsedUp: Bool {
    switch whole {
    case .tuple: place >= items.count
    case .dictionary, .list, .undefined: true
    case .object(let object) where object is RangeValue: true
    default: place >= 1
    }
  }
}
