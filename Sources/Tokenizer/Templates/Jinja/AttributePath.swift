/// The path that filters such as `map` take as `attribute`: names and numbers between dots.
struct AttributePath {
  private let steps: [Value]
  private let fallback: Value?

  /// A path; none is the item itself.
  init(_ path: Value, fallback: Value? = nil) throws(TemplateFault) {
    self.fallback = fallback.flatMap { $0.isNone ? nil : $0 }
    switch path {
    case .none: steps = []
    case .string(let text):
      var steps: [Value] = []
      for part in text.parts(separator: [UInt8(ascii: ".")], limit: -1) {
        let isNumber = !part.isEmpty && part.bytes.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
        if isNumber {
          guard let number = Int(part.string) else {
            throw .unsupported("an integer is beyond 64 bits")
          }
          steps.append(.integer(number))
        } else {
          steps.append(.string(part))
        }
      }
      self.steps = steps
    default: steps = [path]
    }
  }

  /// What the path leads to in an item.
  func value(in item: Value, _ renderer: Renderer) throws(TemplateFault) -> Value {
    var value = item
    for step in steps {
      value = try renderer.item(step, of: value)
      if let fallback, value.isUndefined { value = fallback }
    }
    return value
  }
}
