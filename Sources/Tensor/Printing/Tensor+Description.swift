/// Tensors as text, exactly as `numpy.array2string` writes arrays by default.
extension Tensor: CustomStringConvertible {
  /// The elements in nested brackets and aligned columns, lines of at most 75 characters; of more
  /// than 1000 elements, the first and last three of each axis.
  ///
  /// float32 and float64 show the fewest digits that name the number, at most 8 behind the point;
  /// bfloat16 is shown as float32. Of quantized blocks only the format and the shape are shown.
  public var description: String {
    if dtype.blockFormat != nil { return "\(dtype) blocks of shape \(shape)" }
    if count == 0 { return "[]" }
    let isSummarised = count > TextLayout.threshold
    var shown = detached()
    if isSummarised {
      for axis in shape.indices where shape[axis] > 2 * TextLayout.edge {
        let last = shown.sliced(
          axis, from: shape[axis] - TextLayout.edge, count: TextLayout.edge, by: 1)
        let first = shown.sliced(axis, from: 0, count: TextLayout.edge, by: 1)
        shown = concatenate([first, last], axis: axis)
      }
    }
    let layout = TextLayout(
      words: shown.words(), shape: shape, shown: shown.shape, isSummarised: isSummarised)
    return layout.text()
  }

  private func words() -> [String] {
    func whole<Scalar: TensorScalar & FixedWidthInteger>(_ type: Scalar.Type) -> [String] {
      let texts = elements(as: type).map { "\($0)" }
      let format = ElementFormat(texts: texts)
      return texts.map(format.text)
    }
    func real(_ numbers: [DecimalDigits], _ rounded: (Double) -> Double) -> [String] {
      let format = ElementFormat(numbers: numbers, rounded: rounded)
      return numbers.map(format.text)
    }
    switch dtype {
    case .bool:
      // A column of bools is as wide as "False" even where all are true.
      return elements(as: Bool.self).map { $0 ? (rank == 0 ? "True" : " True") : "False" }
    case .uint8: return whole(UInt8.self)
    case .int8: return whole(Int8.self)
    case .int16: return whole(Int16.self)
    case .int32: return whole(Int32.self)
    case .int64: return whole(Int64.self)
    case .float16:
      return real(elements(as: Float16.self).map(DecimalDigits.init(shortest:))) {
        Double(Float16($0))
      }
    case .bfloat16, .float32:
      return real(
        cast(to: .float32).elements(as: Float.self).map {
          DecimalDigits(shortest: $0.description, exact: Double($0))
        }
      ) { Double(Float($0)) }
    case .blocks: dtype.isOnlyAWeight()
    case .float64:
      return real(
        elements(as: Double.self).map { DecimalDigits(shortest: $0.description, exact: $0) }
      ) { $0 }
    }
  }

  private func elements<Scalar: TensorScalar>(as type: Scalar.Type) -> [Scalar] {
    withUnsafeElements(as: type) { Array($0) }
  }
}

/// Words arranged in brackets and lines.
private struct TextLayout {
  static let threshold = 1000
  static let edge = 3
  static let lineWidth = 75

  let words: [String]
  /// The shape of the tensor, and of the part of it whose words there are.
  let shape: Shape
  let shown: Shape
  let isSummarised: Bool

  func text() -> String {
    shape.isEmpty ? words[0] : block(axis: 0, first: 0, indent: " ", width: Self.lineWidth)
  }

  /// The text of one position of the axes before `axis`, whose words start at `first`.
  private func block(axis: Int, first: Int, indent: String, width: Int) -> String {
    let step = ((axis + 1)..<Swift.max(shown.count, axis + 1)).reduce(1) { $0 * shown[$1] }
    let places = (0..<shown[axis]).map { first + $0 * step }
    let gap = isSummarised && shape[axis] > 2 * Self.edge ? Self.edge : nil
    if axis == shape.count - 1 {
      return row(places.map { words[$0] }, gap: gap, indent: indent, width: width)
    }
    let separator = String(repeating: "\n", count: shape.count - axis - 1)
    var parts = places.map {
      indent + block(axis: axis + 1, first: $0, indent: indent + " ", width: width - 1)
    }
    if let gap { parts.insert(indent + "...", at: gap) }
    return "[" + parts.joined(separator: separator).dropFirst(indent.utf8.count) + "]"
  }

  /// A row of words, broken where a line is full: there must be room for the bracket, too.
  private func row(_ words: [String], gap: Int?, indent: String, width: Int) -> String {
    var words = words
    if let gap { words.insert("...", at: gap) }
    var text = ""
    var line = indent
    for (position, word) in words.enumerated() {
      let isFull = line.utf8.count + word.utf8.count > width - 1
      if isFull && line.utf8.count > indent.utf8.count {
        while line.last == " " { line.removeLast() }
        text += line + "\n"
        line = indent
      }
      line += word + (position < words.count - 1 ? " " : "")
    }
    return "[" + (text + line).dropFirst(indent.utf8.count) + "]"
  }
}
