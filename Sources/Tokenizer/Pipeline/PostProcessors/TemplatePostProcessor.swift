import JSON

/// The post-processor that puts special tokens before and after a text: `TemplateProcessing`.
struct TemplatePostProcessor: Sendable, Equatable {
  /// The tokens before a single text.
  let before: [TokenID]
  /// The tokens after a single text.
  let after: [TokenID]
  /// The component as the file has it, with the template for pairs, to be written again.
  private let source: JSONObject

  init(_ reader: FieldReader) throws(TokenizerError) {
    source = reader.object
    let special = reader.object["special_tokens"]?.object ?? JSONObject()
    var before: [TokenID] = []
    var after: [TokenID] = []
    var sequences = 0
    for (index, piece) in try reader.array("single").enumerated() {
      let field = "single[\(index)]"
      if let token = piece.object?["SpecialToken"]?.object {
        guard let name = token["id"]?.string,
          let ids = special[name]?.object?["ids"]?.array
        else { throw reader.wrong(field, "names a token that is not in “special_tokens”") }
        for id in ids {
          guard let value = id.integer, value >= 0, value <= TokenTable.largestID else {
            throw reader.wrong("special_tokens.\(name).ids", "must hold token ids")
          }
          if sequences == 0 { before.append(TokenID(value)) } else { after.append(TokenID(value)) }
        }
      } else if let sequence = piece.object?["Sequence"]?.object {
        guard sequence["id"]?.string == "A", sequences == 0 else {
          throw .unsupported(
            path: reader.path, component: "a template for one text that holds another or it twice")
        }
        sequences += 1
      } else {
        throw reader.wrong(field, "must be a SpecialToken or a Sequence")
      }
    }
    guard sequences == 1 else { throw reader.wrong("single", "must hold the sequence A") }
    self.before = before
    self.after = after
  }

  var json: JSONValue { .object(source) }
}
