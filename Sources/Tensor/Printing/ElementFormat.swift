/// How the elements of one tensor are written so that they stand in columns, by NumPy's rules:
/// at most 8 places, the fewest digits that name a number, scientific notation where numbers are
/// very large, very small or far apart.
struct ElementFormat {
  private enum Style {
    case positional(fraction: Int)
    case scientific(places: Int, exponentWidth: Int)
  }

  private static let places = 8
  private var style = Style.positional(fraction: 0)
  private var width = 0

  /// The format for integers and bool: all as wide as the widest.
  init(texts: [String]) { width = texts.reduce(0) { max($0, $1.utf8.count) } }

  /// The format for real numbers.
  ///
  /// - Parameters:
  ///   - numbers: All that will be shown.
  ///   - rounded: Rounds to the type of the numbers; limits are compared in it.
  init(numbers: [DecimalDigits], rounded: (Double) -> Double) {
    let finite = numbers.filter(\.exact.isFinite)
    let magnitudes = finite.map { abs($0.exact) }.filter { $0 > 0 }
    var isScientific = false
    if let largest = magnitudes.max(), let smallest = magnitudes.min() {
      isScientific =
        largest >= rounded(1e8) || smallest < rounded(0.0001)
        || rounded(largest / smallest) > 1000
    }
    var (left, right) = (0, 0)
    if finite.isEmpty {
      style = .positional(fraction: 0)
    } else if isScientific {
      let places = finite.reduce(0) { max($0, $1.scientificPlaces(atMost: Self.places)) }
      let parts = finite.map { $0.scientific(places: places) }
      let exponentWidth = parts.reduce(0) { max($0, $1.exponent.utf8.count) }
      left = parts.reduce(0) { max($0, $1.mantissa.utf8.count - places - 1) }
      right = exponentWidth + 1 + places
      style = .scientific(places: places, exponentWidth: exponentWidth)
    } else {
      for number in finite {
        let parts = number.positional(places: Self.places)
        left = max(left, parts.whole.utf8.count)
        right = max(right, parts.fraction.utf8.count)
      }
      style = .positional(fraction: right)
    }
    width = left + 1 + right
    for number in numbers where !number.exact.isFinite {
      width = max(width, Self.special(number.exact).utf8.count)
    }
  }

  func text(_ text: String) -> String { Self.aligned(text, width) }

  func text(_ number: DecimalDigits) -> String {
    guard number.exact.isFinite else { return text(Self.special(number.exact)) }
    switch style {
    case .positional(let right):
      let parts = number.positional(places: Self.places)
      let fill = String(repeating: " ", count: right - parts.fraction.utf8.count)
      return text(parts.whole + "." + parts.fraction + fill)
    case .scientific(let places, let exponentWidth):
      var (mantissa, exponent) = number.scientific(places: places)
      while exponent.utf8.count < exponentWidth {
        exponent.insert("0", at: exponent.index(after: exponent.startIndex))
      }
      return text(mantissa + "e" + exponent)
    }
  }

  private static func special(_ value: Double) -> String {
    value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
  }

  private static func aligned(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.utf8.count)) + text
  }
}
