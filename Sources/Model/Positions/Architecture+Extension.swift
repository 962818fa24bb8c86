extension Architecture {
  /// Stretches the rotations to a longer context by YaRN, which works without training up to a few
  /// times the context and better with some.
  ///
  /// - Parameter tokens: The new context.
  /// - Returns: Why it cannot be, or nil.
  public mutating func extendContext(to tokens: Int) -> String? {
    guard tokens > contextLength else {
      return "the model sees \(contextLength) tokens already"
    }
    guard tokens <= 1 << 31 else { return "no text has \(tokens) tokens" }
    guard layers.contains(where: { $0.rotary != nil }) else {
      return "the model's positions do not come from rotations"
    }
    let factor = Double(tokens) / Double(contextLength)
    for index in layers.indices where layers[index].window == nil {
      guard let rotary = layers[index].rotary else { continue }
      guard rotary.scaling == .none else {
        return "the model's rotations are stretched already (\(rotary.scaling.name))"
      }
      layers[index].rotary?.scaling = .yarn(YaRN(factor: factor, original: contextLength))
    }
    contextLength = tokens
    return nil
  }
}

extension RotaryScaling {
  /// The name in configuration files.
  public var name: String {
    switch self {
    case .none: "default"
    case .linear: "linear"
    case .dynamic: "dynamic"
    case .yarn: "yarn"
    case .llama3, .divided: "llama3"
    case .long: "longrope"
    }
  }
}
