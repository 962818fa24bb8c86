import JSON

/// A special token of a post-processor: its text and id.
struct NamedToken: Sendable, Equatable {
  var text: String
  var id: TokenID

  init(_ reader: FieldReader, _ field: String) throws(TokenizerError) {
    guard let pair = reader.object[field]?.array, pair.count == 2, let text = pair[0].string,
      let id = pair[1].integer, id >= 0, id <= TokenTable.largestID
    else { throw reader.wrong(field, "must be a token and its id, [\"</s>\", 2]") }
    self.text = text
    self.id = TokenID(id)
  }

  var json: JSONValue { .array([.string(text), .integer(Int64(id))]) }
}

/// The post-processor of BERT: `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`.
///
/// The component `BertProcessing` of tokenizer.json.
struct BertPostProcessor: Sendable, Equatable {
  var separator: NamedToken
  var classifier: NamedToken

  init(_ reader: FieldReader) throws(TokenizerError) {
    separator = try NamedToken(reader, "sep")
    classifier = try NamedToken(reader, "cls")
  }

  var json: JSONValue {
    ["type": "BertProcessing", "sep": separator.json, "cls": classifier.json]
  }

  var layout: TemplateLayout {
    let first: [TemplateLayout.Part] = [
      .tokens([classifier.id], typeID: 0), .text(0, typeID: nil),
      .tokens([separator.id], typeID: 0),
    ]
    return TemplateLayout(
      single: first,
      pair: first + [.text(1, typeID: nil), .tokens([separator.id], typeID: 1)])
  }
}

/// The post-processor of RoBERTa: `<s> A </s>` and `<s> A </s></s> B </s>`, all of one type, with
/// white space taken out of offsets.
///
/// The component `RobertaProcessing` of tokenizer.json.
struct RobertaPostProcessor: Sendable, Equatable {
  var separator: NamedToken
  var classifier: NamedToken
  var trimsOffsets: Bool
  var addsPrefixSpace: Bool

  init(_ reader: FieldReader) throws(TokenizerError) {
    separator = try NamedToken(reader, "sep")
    classifier = try NamedToken(reader, "cls")
    trimsOffsets = try reader.bool("trim_offsets")
    addsPrefixSpace = try reader.bool("add_prefix_space")
  }

  var json: JSONValue {
    [
      "type": "RobertaProcessing", "sep": separator.json, "cls": classifier.json,
      "trim_offsets": .bool(trimsOffsets), "add_prefix_space": .bool(addsPrefixSpace),
    ]
  }

  var layout: TemplateLayout {
    let first: [TemplateLayout.Part] = [
      .tokens([classifier.id], typeID: 0), .text(0, typeID: 0),
      .tokens([separator.id], typeID: 0),
    ]
    let second: [TemplateLayout.Part] = [
      .tokens([separator.id], typeID: 0), .text(1, typeID: 0),
      .tokens([separator.id], typeID: 0),
    ]
    return TemplateLayout(single: first, pair: first + second, setsTypesOfOverflow: true)
  }
}
