import ArgumentParser
import JSON
import Tokenizer

/// `apus tokenizer inspect`.
struct TokenizerInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract:
      "Shows a tokenizer's model, pipeline, special tokens, template and how it cuts a text.")

  @Argument(help: "A tokenizer's folder or file, in any format that Docs/TokenizerFiles.md lists.")
  var path: String

  @OptionGroup var tiktoken: TiktokenOption

  @Option(help: "The text to cut.")
  var text = "The common swift (Apus apus) sleeps in flight for 10 months. 雨燕 🐦"

  @Flag(help: "Prints one JSON object.")
  var json = false

  func run() throws {
    let tokenizer = try tiktoken.load(path)
    let file = try JSONValue(parsing: tokenizer.serialized(), duplicateKeys: .lastWins)
    let report = TokenizerReport(tokenizer, file: file.object ?? JSONObject(), text: text)
    if json { print(report.json.serialized()) } else { print(report.description) }
  }
}

/// What `apus tokenizer inspect` shows.
struct TokenizerReport {
  let json: JSONValue
  private let object: JSONObject

  init(_ tokenizer: TextTokenizer, file: JSONObject, text: String) {
    var object = JSONObject()
    let model = file["model"]?.object ?? JSONObject()
    object["model"] = model["type"] ?? .null
    object["vocabulary"] = .integer(Int64(tokenizer.vocabularySize))
    if let merges = model["merges"]?.array { object["merges"] = .integer(Int64(merges.count)) }
    object["options"] = .object(Self.options(model, without: ["type", "vocab", "merges"]))
    for stage in ["normalizer", "pre_tokenizer", "post_processor", "decoder"] {
      object[stage] = .array(Self.components(file[stage] ?? .null))
    }
    for field in ["truncation", "padding"] where file[field]?.isNull == false {
      object[field] = file[field]
    }
    object["special_tokens"] = Self.list(tokenizer, special: true)
    object["added_tokens"] = Self.list(tokenizer, special: false)
    let named = tokenizer.configuration
    object["beginning_of_text"] = Self.optional(named.beginningOfText)
    object["end_of_text"] = Self.optional(named.endOfText)
    object["unknown"] = Self.optional(named.unknown)
    object["padding_token"] = Self.optional(named.padding)
    object["longest_text"] = named.longestText.map { .integer(Int64($0)) } ?? .null
    object["chat_template"] = .bool(named.chatTemplate != nil)
    object["template"] = .array(
      tokenizer.encode("").map { .string(tokenizer.token(for: $0) ?? "") })
    let encoded = tokenizer.encodeWithOffsets(text)
    object["sample"] = [
      "text": .string(text), "ids": .array(encoded.ids.map { .integer(Int64($0)) }),
      "tokens": .array(encoded.ids.map { .string(tokenizer.token(for: $0) ?? "") }),
      "offsets": .array(
        encoded.offsets.map {
          .array([.integer(Int64($0.lowerBound)), .integer(Int64($0.upperBound))])
        }),
      "decoded": .string(tokenizer.decode(encoded.ids)),
    ]
    self.object = object
    json = .object(object)
  }

  /// Lines for people: what is null or empty is left out.
  var description: String {
    var lines: [String] = []
    func add(_ name: String, _ text: String) {
      lines.append(name + ":" + String(repeating: " ", count: max(1, 17 - name.count)) + text)
    }
    for (key, value) in object where key != "sample" {
      let name = key.replacing("_", with: " ")
      switch value {
      case .null: break
      case .array(let elements):
        if elements.isEmpty { break }
        let texts = elements.map { $0.string ?? Self.short($0) }
        let separator = key.hasSuffix("tokens") || key == "template" ? "  " : " → "
        let rest = texts.count > 24 ? "\(separator)… (\(texts.count) in all)" : ""
        add(name, texts.prefix(24).joined(separator: separator) + rest)
      case .object(let fields):
        if fields.isEmpty { break }
        add(name, Self.pairs(fields))
      default: add(name, value.string ?? value.serialized())
      }
    }
    let sample = object["sample"]?.object
    add("sample", sample?["text"]?.string ?? "")
    add("tokens", (sample?["tokens"]?.array ?? []).compactMap(\.string).joined(separator: "|"))
    add("ids", (sample?["ids"]?.array ?? []).map { $0.serialized() }.joined(separator: " "))
    add("decoded", sample?["decoded"]?.string ?? "")
    return lines.joined(separator: "\n")
  }

  /// A component or an added token in a few characters.
  private static func short(_ value: JSONValue) -> String {
    guard let object = value.object else { return value.serialized() }
    if let content = object["content"]?.string, let id = object["id"]?.integer {
      return "\(content)=\(id)"
    }
    let fields = options(object, without: ["type"])
    let type = object["type"]?.string ?? ""
    return fields.isEmpty ? type : "\(type)(\(pairs(fields)))"
  }

  private static func pairs(_ fields: JSONObject) -> String {
    fields.map { key, value in
      let text = value.serialized()
      return "\(key)=\(text.count > 60 ? text.prefix(60) + "…" : text)"
    }.joined(separator: ", ")
  }

  /// The components of a stage in order, without those that only group others.
  private static func components(_ value: JSONValue) -> [JSONValue] {
    guard let object = value.object else { return [] }
    for list in ["normalizers", "pretokenizers", "processors", "decoders"] {
      if let parts = object[list]?.array { return parts.flatMap(components) }
    }
    return [value]
  }

  /// The fields that say something, without the named ones.
  private static func options(_ object: JSONObject, without names: Set<String>) -> JSONObject {
    JSONObject(
      object.entries.filter { !names.contains($0.key) && !$0.value.isNull }
        .map { ($0.key, $0.value) })
  }

  private static func list(_ tokenizer: TextTokenizer, special: Bool) -> JSONValue {
    .array(
      tokenizer.addedTokens.filter { $0.token.special == special }.map { token, id in
        ["id": .integer(Int64(id)), "content": .string(token.content)]
      })
  }

  private static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
