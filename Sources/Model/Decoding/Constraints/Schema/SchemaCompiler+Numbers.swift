import JSON

extension SchemaCompiler {
  /// The greatest number of fifteen digits; float64 holds every whole number up to it.
  private static let greatest = 999_999_999_999_999

  /// Goes on with a number.
  mutating func number(
    _ schema: JSONObject, _ path: String, isWhole: Bool, from start: Int
  ) throws(ConstraintError) -> Int {
    let hasBounds = JSONType.number.keywords.contains { schema[$0] != nil }
    if !hasBounds && !isWhole { return try anyNumber(from: start) }
    let end = try grammar.node()
    guard let (low, high) = bounds(schema, path, isWhole: isWhole) else { return end }
    // Zero and above, then below with a sign.
    if high.number >= 0 {
      try magnitude(
        low.number < 0 ? Bound(number: 0, excluded: false) : low, high, isWhole, start, end)
    }
    if low.number < 0 {
      let sign = try grammar.literal("-", from: start)
      let least =
        high.number < 0
        ? Bound(number: -high.number, excluded: high.excluded)
        : Bound(number: 0, excluded: true)
      try magnitude(least, Bound(number: -low.number, excluded: low.excluded), isWhole, sign, end)
    }
    return end
  }

  private struct Bound {
    var number: Int
    var excluded: Bool
  }

  /// The bounds of a schema, both whole numbers; nil after a problem.
  private mutating func bounds(
    _ schema: JSONObject, _ path: String, isWhole: Bool
  ) -> (low: Bound, high: Bound)? {
    var low = Bound(number: -SchemaCompiler.greatest, excluded: false)
    var high = Bound(number: SchemaCompiler.greatest, excluded: false)
    let count = problems.count
    for (keyword, isLow) in [
      ("minimum", true), ("exclusiveMinimum", true), ("maximum", false),
      ("exclusiveMaximum", false),
    ] {
      guard let value = schema[keyword] else { continue }
      guard let number = value.double else {
        problem(path, keyword, "must be a number")
        continue
      }
      guard abs(number) <= Double(SchemaCompiler.greatest) else {
        // Beyond all that is written it restricts nothing, or everything.
        if (number > 0) == isLow { problem(path, keyword, "is not supported beyond 15 digits") }
        continue
      }
      let rounded = isLow ? number.rounded(.up) : number.rounded(.down)
      if !isWhole && rounded != number {
        problem(path, keyword, "is not supported with a fraction for numbers that may have one")
        continue
      }
      let excluded = keyword.hasPrefix("exclusive") && rounded == number
      let bound = Bound(number: Int(rounded), excluded: excluded)
      // The tighter of two bounds counts.
      if isLow {
        if bound.number > low.number || (bound.number == low.number && excluded) { low = bound }
      } else if bound.number < high.number || (bound.number == high.number && excluded) {
        high = bound
      }
    }
    return problems.count > count ? nil : (low, high)
  }

  /// Goes on with a number without a sign between two bounds of at least 0.
  private mutating func magnitude(
    _ low: Bound, _ high: Bound, _ isWhole: Bool, _ start: Int, _ end: Int
  ) throws(ConstraintError) {
    try grammar.digits(
      of: low.number + (low.excluded ? 1 : 0), through: high.number - (high.excluded ? 1 : 0),
      from: start, to: end)
    if isWhole { return }
    // A fraction that is not zero lies between two whole numbers.
    let point = try grammar.node()
    try grammar.digits(of: low.number, through: high.number - 1, from: start, to: point)
    let fraction = try grammar.literal(".", from: point)
    let zeros = try grammar.repetition(least: 0, most: 14, from: fraction) {
      grammar, place throws(ConstraintError) in
      let next = try grammar.node()
      grammar.addEdge(place, 0x30, 0x39, to: next)
      return next
    }
    grammar.addEdge(zeros, 0x31, 0x39, to: end)
  }

  /// Goes on with any number of up to fifteen digits before and after the point.
  private mutating func anyNumber(from start: Int) throws(ConstraintError) -> Int {
    let digit = CodePointRanges([0x30...0x39])
    let optional = { (tree: PatternTree) in PatternTree.repetition(tree, least: 0, most: 1) }
    let whole = PatternTree.choice([
      .set(CodePointRanges("0")),
      .sequence([
        .set(CodePointRanges([0x31...0x39])), .repetition(.set(digit), least: 0, most: 14),
      ]),
    ])
    let fraction = PatternTree.sequence([
      .set(CodePointRanges(".")), .repetition(.set(digit), least: 1, most: 15),
    ])
    let exponent = PatternTree.sequence([
      .set(CodePointRanges("eE")), optional(.set(CodePointRanges("+-"))),
      .repetition(.set(digit), least: 1, most: 2),
    ])
    let all = PatternTree.sequence([
      optional(.set(CodePointRanges("-"))), whole, optional(fraction), optional(exponent),
    ])
    return try grammar.pattern(all, .plain, from: start)
  }
}

extension ByteGrammar {
  /// Goes on with a whole number of at least `low`, at most `high` and at least 0, without leading zeros;
  /// with nothing at all if there is none.
  mutating func digits(
    of low: Int, through high: Int, from start: Int, to end: Int
  ) throws(ConstraintError) {
    var first = max(low, 0)
    while first <= high {
      // One length at a time.
      let count = String(first).utf8.count
      let longest = Array(repeating: UInt8(9), count: count)
      let last = min(high, longest.reduce(0) { $0 * 10 + Int($1) })
      let (lows, highs) = (digitList(first), digitList(last))
      try digits(lows, highs, 0, (true, true), from: start, to: end)
      first = last + 1
    }
  }

  private func digitList(_ number: Int) -> [UInt8] { String(number).utf8.map { $0 - 0x30 } }

  /// The digits from a place on, as long as what came before is the beginning of a bound.
  private mutating func digits(
    _ low: [UInt8], _ high: [UInt8], _ place: Int, _ isTight: (low: Bool, high: Bool),
    from start: Int, to end: Int
  ) throws(ConstraintError) {
    let isLast = place == low.count - 1
    let first = isTight.low ? low[place] : 0
    let last = isTight.high ? high[place] : 9
    guard first <= last else { return }
    if isLast { return addEdge(start, 0x30 + first, 0x30 + last, to: end) }
    // Digits between the bounds leave the rest free.
    var (freeFirst, freeLast) = (first, last)
    if isTight.low {
      let next = try node()
      addEdge(start, 0x30 + first, 0x30 + first, to: next)
      try digits(
        low, high, place + 1, (true, isTight.high && first == last), from: next, to: end)
      freeFirst += 1
    }
    if isTight.high && !(isTight.low && first == last) {
      let next = try node()
      addEdge(start, 0x30 + last, 0x30 + last, to: next)
      try digits(low, high, place + 1, (false, true), from: next, to: end)
      if last == 0 { return }
      freeLast -= 1
    }
    guard freeFirst <= freeLast else { return }
    let next = try node()
    addEdge(start, 0x30 + freeFirst, 0x30 + freeLast, to: next)
    try digits(low, high, place + 1, (false, false), from: next, to: end)
  }
}
