import JSON

/// The post-processor that puts special tokens around texts: `TemplateProcessing`.
struct TemplatePostProcessor: Sendable, Equatable {
  let layout: TemplateLayout
  /// The component as the file has it, to be written again.
  private let source: JSONObject

  init(_ reader: FieldReader) throws(TokenizerError) {
    source = reader.object
    let special = try Self.specialTokens(reader)
    let single = try Self.parts(reader, "single", special)
    let pair = try Self.parts(reader, "pair", special)
    guard single.allSatisfy({ if case .text(1, _) = $0 { false } else { true } }) else {
      throw reader.wrong("single", "must not hold the sequence B")
    }
    layout = TemplateLayout(single: single, pair: pair)
  }

  var json: JSONValue { .object(source) }

  /// The ids of each special token by its name in the template.
  private static func specialTokens(
    _ reader: FieldReader
  ) throws(TokenizerError) -> [String: [TokenID]] {
    var result: [String: [TokenID]] = [:]
    for (name, token) in reader.object["special_tokens"]?.object?.entries ?? [] {
      let field = "special_tokens.\(name).ids"
      guard let ids = token.object?["ids"]?.array else {
        throw reader.wrong(field, "must be an array of token ids")
      }
      var list: [TokenID] = []
      for id in ids {
        guard let value = id.integer, value >= 0, value <= TokenTable.largestID else {
          throw reader.wrong(field, "must be an array of token ids")
        }
        list.append(TokenID(value))
      }
      result[name] = list
    }
    return result
  }

  private static func parts(
    _ reader: FieldReader, _ name: String, _ special: [String: [TokenID]]
  ) throws(TokenizerError) -> [TemplateLayout.Part] {
    var parts: [TemplateLayout.Part] = []
    let pieces = try reader.array(name)
    for (index, piece) in pieces.enumerated() {
      let field = "\(name)[\(index)]"
      func typeID(_ fields: JSONObject) throws(TokenizerError) -> Int32 {
        guard let value = fields["type_id"]?.integer, let type = Int32(exactly: value), type >= 0
        else { throw reader.wrong("\(field).type_id", "must be an integer from 0") }
        return type
      }
      if let token = piece.object?["SpecialToken"]?.object {
        guard let id = token["id"]?.string, let ids = special[id] else {
          throw reader.wrong(field, "names a token that is not in “special_tokens”")
        }
        parts.append(.tokens(ids, typeID: try typeID(token)))
      } else if let sequence = piece.object?["Sequence"]?.object,
        let id = sequence["id"]?.string, id == "A" || id == "B"
      {
        parts.append(.text(id == "A" ? 0 : 1, typeID: try typeID(sequence)))
      } else {
        throw reader.wrong(field, "must be a SpecialToken or a Sequence with the id A or B")
      }
    }
    return parts
  }
}
