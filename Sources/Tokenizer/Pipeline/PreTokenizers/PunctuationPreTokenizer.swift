import JSON

/// Separates punctuation from the rest: the component `Punctuation`.
struct PunctuationPreTokenizer: Sendable, Equatable, TextCutter {
  /// What becomes of punctuation characters.
  var behavior: SplitBehavior

  init(behavior: SplitBehavior = .isolated) {
    self.behavior = behavior
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    behavior = try reader.choice("behavior", default: .isolated)
  }

  var json: JSONValue { ["type": "Punctuation", "behavior": .string(behavior.rawValue)] }

  var removesText: Bool { behavior == .removed }

  func appendParts(
    of piece: Range<Int>, in text: UnsafeBufferPointer<UInt8>, to parts: inout [Range<Int>]
  ) {
    let classes = ComponentClass.classes
    Tokenizer.appendParts(of: piece, in: text, to: &parts, behavior) {
      classes($0) & ComponentClass.punctuation != 0
    }
  }
}
