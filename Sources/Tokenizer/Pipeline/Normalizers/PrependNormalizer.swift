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
    if text.bytes.isEmpty { return }
    text.rewrite { old, writer in
      guard let start = old.baseAddress else { return }
      let first = character(in: start, at: 0, end: old.count)
      // What is prepended comes from the first character, as that character itself does. With nothing
      // to prepend the reference takes the character for a new one, which comes from nowhere.
      for scalar in prefix.unicodeScalars { writer.replace(at: 0, with: scalar.value) }
      if prefix.isEmpty {
        writer.insert(at: 0, first.value)
      } else {
        writer.keep(0..<first.length)
      }
      writer.keep(first.length..<old.count)
    }
  }
}
