extension Renderer {
  /// Filters about numbers.
  func applyNumber(
    _ filter: Filter, to value: Value, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    let name = filter.rawValue
    switch filter {
    case .abs:
      try arguments.expectNone(name)
      if case .undefined(let undefined) = value {
        throw .failed("bad operand type for abs(): \(undefined.message)")
      }
      if case .float(let number, _) = value { return .float(number.magnitude) }
      guard let number = value.wholeNumber else {
        throw .failed("bad operand type for abs(): “\(value.typeName)”")
      }
      return number < 0 ? try negated(.integer(number)) : .integer(number)
    case .int:
      let values = try arguments.bound(to: ["default", "base"], name)
      return try integer(value, values[0] ?? .integer(0), try integer(values[1], 10))
    case .float:
      let values = try arguments.bound(to: ["default"], name)
      if case .undefined(let undefined) = value { throw undefined.fault }
      if let number = value.number { return .float(number) }
      if case .string(let text) = value, let number = pythonFloat(parsing: text) {
        return .float(number)
      }
      return values[0] ?? .float(0)
    case .round: return try rounded(value, arguments)
    default:
      let values = try arguments.bound(to: ["binary"], name)
      return .string(try fileSize(value, isBinary: values[0]?.isTrue ?? false))
    }
  }

  private func integer(
    _ value: Value, _ fallback: Value, _ radix: Int
  ) throws(TemplateFault) -> Value {
    switch value {
    case .undefined(let undefined): throw undefined.fault
    case .string(let text):
      guard radix == 0 || (2...36).contains(radix) else { break }
      do throws(PythonIntegerFault) {
        return .integer(try pythonInteger(parsing: text, radix: radix))
      } catch {
        if error == .tooLarge {
          throw .unsupported("the integer \(text.string) is beyond 64 bits")
        }
      }
    case .float(let number, _):
      if number.isInfinite { throw .failed("cannot convert float infinity to integer") }
      if number.isNaN { return fallback }
      return .integer(try truncated(number))
    default: if let number = value.wholeNumber { return .integer(number) }
    }
    guard case .string(let text) = value, let number = pythonFloat(parsing: text),
      number.isFinite
    else { return fallback }
    return .integer(try truncated(number))
  }

  private func truncated(_ number: Double) throws(TemplateFault) -> Int {
    guard let whole = Int(exactly: number.rounded(.towardZero)) else {
      throw .unsupported("an integer is beyond 64 bits")
    }
    return whole
  }

  private func rounded(_ value: Value, _ arguments: CallValues) throws(TemplateFault) -> Value {
    let values = try arguments.bound(to: ["precision", "method"], "round")
    let method = values[1].map { $0.text?.string ?? "" } ?? "common"
    guard ["common", "ceil", "floor"].contains(method) else {
      throw .failed("method must be common, ceil or floor")
    }
    if case .undefined(let undefined) = value { throw undefined.fault }
    if method == "common" {
      let digits = try integer(values[0], 0)
      if case .float(let number, _) = value {
        return .float(pythonRounded(number, digits: max(-400, min(digits, 400))))
      }
      guard let number = value.wholeNumber else {
        throw .failed("type \(value.typeName) doesn't define __round__ method")
      }
      return .integer(digits >= 0 ? number : try rounded(number, to: digits))
    }
    guard value.number != nil else { throw .failed("must be real number") }
    let scale = try calculate(.integer(10), .power, values[0] ?? .integer(0))
    let scaled = try calculate(value, .multiply, scale)
    guard let number = scaled.number else { throw .failed("must be real number") }
    guard number.isFinite else { throw .failed("cannot convert float to integer") }
    let whole = try truncated(number.rounded(method == "ceil" ? .up : .down))
    return try calculate(.integer(whole), .divide, scale)
  }

  /// An integer rounded to a power of ten, halves to even.
  private func rounded(_ number: Int, to digits: Int) throws(TemplateFault) -> Int {
    guard digits > -19 else { return 0 }
    var unit = 1
    for _ in 0..<(-digits) { unit *= 10 }
    let rest = ((number % unit) + unit) % unit
    let base = try exact(number.subtractingReportingOverflow(rest))
    let isOdd = (base / unit) % 2 != 0
    let goesUp = rest > unit / 2 || (rest == unit / 2 && isOdd)
    return goesUp ? try exact(base.addingReportingOverflow(unit)) : base
  }

  private func fileSize(_ value: Value, isBinary: Bool) throws(TemplateFault) -> Text {
    if case .undefined(let undefined) = value { throw undefined.fault }
    let parsed: Double? =
      if case .string(let text) = value { pythonFloat(parsing: text) } else { value.number }
    guard let size = parsed else { throw .failed("could not convert to float") }
    let base: Double = isBinary ? 1024 : 1000
    if size == 1 { return Text("1 Byte") }
    if size < base {
      guard size.isFinite else { throw .failed("cannot convert float infinity to integer") }
      return Text("\(try truncated(size)) Bytes")
    }
    guard !size.isNaN else { return Text("nan \(isBinary ? "YiB" : "YB")") }
    let prefixes = ["k", "M", "G", "T", "P", "E", "Z", "Y"]
    var unit = base * base
    for (place, prefix) in prefixes.enumerated() {
      if size < unit || place == prefixes.count - 1 {
        let name = isBinary ? prefix.uppercased() + "iB" : prefix + "B"
        return Text(printed(base * size / unit, precision: 1, "f") + " " + name)
      }
      unit *= base
    }
    return .empty
  }
}
