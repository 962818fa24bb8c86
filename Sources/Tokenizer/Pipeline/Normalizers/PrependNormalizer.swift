import JSON

/// Puts a text before every text that is not empty: the component `Prepend`.
struct PrependNormalizer: Sendable, Equatable {
  var prefix: String

  init(prefix: String) {
    self.prefix = prefix
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    prefix = try reader.string("prepend")
  }

  var json: JSONValue { ["type": "Prepend", "prepend": .string(prefix)] }

  func apply(to text: inout AlignedText) {
    if text.bytes.isEmpty || prefix.isEmpty { return }
    text.rewrite { old, writer in
      // What is prepended comes from the first character, as that character itself does.
      for scalar in prefix.unicodeScalars { writer.replace(at: 0, with: scalar.value) }
      writer.keep(0..<old.count)
    }
  }
}
