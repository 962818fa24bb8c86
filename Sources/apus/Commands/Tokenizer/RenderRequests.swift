import JSON
import Tokenizer

/// The JSON forms of `apus tokenizer render`.
enum RenderRequests {
  /// Answers each line of standard input.
  ///
  /// A request has `template` (the source), `messages`, and perhaps `tools`, `documents`, `variables`,
  /// `add_generation_prompt`, `roles`, `prepare` (whether messages are prepared as by transformers)
  /// and `now` ([year, month, day, hour, minute, second]). An answer is what `--json` prints, or has
  /// `error` and `message`.
  static func answer() throws {
    var templates: [String: ChatTemplate] = [:]
    var output = StandardOutput()
    while let line = readLine() {
      let answer: JSONValue
      do throws(TemplateError) {
        answer = try self.answer(line, &templates)
      } catch {
        answer = json(error)
      }
      try output.line(answer.serialized())
    }
    try output.flush()
  }

  private static func answer(
    _ line: String, _ templates: inout [String: ChatTemplate]
  ) throws(TemplateError) -> JSONValue {
    let request = try TemplateValue(json: line, name: "the request")
    let source = request["template"]?.string ?? ""
    let template: ChatTemplate
    if let known = templates[source] {
      template = known
    } else {
      template = try ChatTemplate(source)
      templates[source] = template
    }
    func given(_ name: String) -> TemplateValue? {
      request[name].flatMap { $0 == .null ? nil : $0 }
    }
    let roles = Set((given("roles")?.array ?? ["assistant"]).compactMap(\.string))
    let chat = try template.render(
      messages: given("messages") ?? [], tools: given("tools"), documents: given("documents"),
      addGenerationPrompt: given("add_generation_prompt") == .bool(true),
      variables: given("variables")?.object ?? TemplateObject(),
      preparation: given("prepare") == .bool(true) ? .asTransformers : .none,
      now: given("now").flatMap { date($0) })
    return json(chat, nil, roles)
  }

  private static func date(_ value: TemplateValue) -> TemplateDate? {
    let parts = (value.array ?? []).compactMap { part -> Int? in
      if case .integer(let number) = part { number } else { nil }
    }
    guard parts.count == 6 else { return nil }
    return TemplateDate(
      year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4],
      second: parts[5])
  }

  private static func json(_ error: TemplateError) -> JSONValue {
    switch error {
    case .raised(_, _, let message): ["error": "raised", "message": .string(message)]
    case .syntax: ["error": "syntax", "message": .string(error.description)]
    case .failed: ["error": "failed", "message": .string(error.description)]
    case .unsupported: ["error": "unsupported", "message": .string(error.description)]
    case .limitReached: ["error": "limit", "message": .string(error.description)]
    default: ["error": "input", "message": .string(error.description)]
    }
  }

  /// A rendered chat, encoded or not.
  static func json(
    _ chat: RenderedChat, _ encoded: TokenizedChat?, _ roles: Set<String>
  ) -> JSONValue {
    func range(_ range: Range<Int>) -> JSONValue {
      [.integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound))]
    }
    var object: JSONObject = [
      "text": .string(chat.text),
      "stretches": .array(chat.stretches.map { json($0) }),
      "generations": .array(chat.generationRanges.map { range($0) }),
    ]
    let turns = encoded?.turns.map(\.chat) ?? chat.turns(of: roles)
    object["turns"] = .array(
      turns.map { turn in
        [
          "message": .integer(Int64(turn.message)), "role": .string(turn.role),
          "body": range(turn.body), "tail": range(turn.tail), "after": range(turn.after),
          "follows_generation_prompt": .bool(turn.opening == .generationPrompt),
        ]
      })
    if let encoded {
      object["ids"] = .array(encoded.ids.map { .integer(Int64($0)) })
      object["offsets"] = .array(encoded.offsets.map { range($0) })
      object["mask"] = .array(encoded.mask.map { .integer($0 ? 1 : 0) })
      if let mask = encoded.generationMask {
        object["generation_mask"] = .array(mask.map { .integer($0 ? 1 : 0) })
      }
      object["straddling"] = .array(encoded.straddling.map { .integer(Int64($0)) })
      object["stops"] = .array(
        encoded.turns.map { $0.stop.map { .integer(Int64($0)) } ?? .null })
    }
    return .object(object)
  }

  private static func json(_ stretch: TextStretch) -> JSONValue {
    var object: JSONObject = [
      "start": .integer(Int64(stretch.range.lowerBound)),
      "end": .integer(Int64(stretch.range.upperBound)),
    ]
    func place(_ range: Range<Int>) {
      object["from"] = .integer(Int64(range.lowerBound))
      object["to"] = .integer(Int64(range.upperBound))
    }
    switch stretch.origin {
    case .field(_, let range):
      object["kind"] = "field"
      place(range)
    case .key(_, let range):
      object["kind"] = "key"
      place(range)
    case .notation: object["kind"] = "notation"
    case .template(let range):
      object["kind"] = "template"
      place(range)
    case .computed: object["kind"] = "computed"
    }
    if let path = stretch.origin.path { object["path"] = .string(path.description) }
    if let message = stretch.message { object["message"] = .integer(Int64(message)) }
    return .object(object)
  }
}
