import ArgumentParser
import Files
import JSON
import Model
import Tokenizer
import Training

/// `apus generate`.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Continues a text, or answers a question, with a model.",
    discussion: """
      What is not given is as the model's generation_config.json says; without one the most probable
      token is taken. Docs/Decoding.md explains each option.
      """)

  @OptionGroup var source: ModelOptions

  @Option(help: "The text to continue.")
  var prompt: String?

  @Option(help: "A file with the text to continue.")
  var promptFile: String?

  @Flag(help: "Takes the prompt as a message, and answers it by the model's chat template.")
  var chat = false

  @Option(help: "With --chat, what the model is told first.")
  var system: String?

  @Option(help: "With --chat, a template of this program instead of the model's, such as chatml.")
  var template: String?

  @Option(help: "Special tokens that the prompt spells out: parse, or text.")
  var special = "parse"

  @OptionGroup var decoding: DecodingOptions

  @Flag(help: "Prints one JSON object instead of the text as it comes.")
  var json = false

  func validate() throws {
    if (prompt == nil) == (promptFile == nil) {
      throw ValidationError("give either --prompt or --prompt-file")
    }
    if !chat && (system != nil || template != nil) {
      throw ValidationError("--system and --template need --chat")
    }
    if special != "parse" && special != "text" {
      throw ValidationError("--special must be parse or text")
    }
  }

  /// Throws unless a draft model's ids stand for the same tokens, as far as both have them: models of
  /// one family often differ in how their vocabularies are padded.
  private func checkVocabulary(of draft: String, against tokenizer: TextTokenizer) throws {
    let other = try TextTokenizer(contentsOf: descriptionFile(of: draft))
    for id in 0..<TokenID(min(tokenizer.vocabularySize, other.vocabularySize)) {
      let (wanted, found) = (tokenizer.token(for: id), other.token(for: id))
      guard let wanted, let found, wanted != found else { continue }
      throw Failure(
        "Token \(id) is ‘\(wanted)’ for the model and ‘\(found)’ for the draft: a draft model must"
          + " have the same vocabulary; take one of the same family.")
    }
  }

  func run() throws {
    let text = try prompt ?? readText(promptFile ?? "")
    let model = try source.load()
    let tokenizer = try source.tokenizer()
    let draft = try decoding.search.draft.map { try source.engine(Transformer(contentsOf: $0)) }
    if let path = decoding.search.draft { try checkVocabulary(of: path, against: tokenizer) }
    let configuration = try decoding.configuration(
      folder: source.model, ends: model.architecture.endTokens.map { Int32($0) }, tokenizer)
    let ids = try promptIDs(text, tokenizer, begin: model.architecture.beginToken)
    let generator = try TextGenerator(decoding, configuration, tokenizer)
    let engine = try source.engine(model)
    // Nothing is printed of a prompt that cannot be continued.
    try DecodingError.check(ids, engine)
    let began = secondsNow()
    // Several texts cannot be shown as they come.
    let isStreamed = !json && (configuration.returnedSequences ?? 1) == 1
    if isStreamed && !chat { print(text, terminator: "") }
    let answers = try generator.answers(to: ids, engine, draft: draft) { piece in
      guard isStreamed else { return }
      print(piece, terminator: "")
      StandardOutput.flushText()
    }
    let seconds = secondsNow() - began
    if json {
      print(report(text, ids, answers, seconds, tokenizer).serialized())
    } else if isStreamed {
      print()
      printReports(answers, tokenizer)
    } else {
      for answer in answers { print("\(score(of: answer))\(text)\(answer.text)") }
    }
  }

  /// The tokens of the prompt.
  private func promptIDs(
    _ text: String, _ tokenizer: TextTokenizer, begin: Int?
  ) throws -> [Int32] {
    if chat {
      var conversation = try Conversation(tokenizer, named: template, system: system)
      conversation.say(text, as: "user")
      return try conversation.prompt()
    }
    let ids = tokenizer.encode(text, specialTokens: special == "parse" ? .parse : .asText)
    return ids.isEmpty ? begin.map { [Int32($0)] } ?? [] : ids
  }

  private func score(of answer: TextGenerator.Answer) -> String {
    answer.score.map { "[\(($0 * 10_000).rounded() / 10_000)] " } ?? ""
  }

  private func report(
    _ text: String, _ ids: [Int32], _ answers: [TextGenerator.Answer], _ seconds: Double,
    _ tokenizer: TextTokenizer
  ) -> JSONValue {
    func list(_ ids: [Int32]) -> JSONValue { .array(ids.map { .integer(Int64($0)) }) }
    let first = answers.first ?? .init()
    let count = answers.reduce(0) { $0 + $1.tokens.count }
    var result: JSONObject = [
      "prompt": .string(text), "text": .string(first.text), "prompt_ids": list(ids),
      "ids": list(first.tokens),
      "tokens_per_second": .number(Double(count) / max(seconds, 1e-9)),
    ]
    if let stop = first.stop { result["stop"] = .string(stop) }
    if decoding.logprobs != nil {
      result["logprobs"] = .array(first.reports.map { logProbabilities($0, tokenizer) })
    }
    if first.score != nil {
      result["sequences"] = .array(
        answers.map { answer in
          [
            "text": .string(answer.text), "ids": list(answer.tokens),
            "score": .number(orNull: answer.score ?? .nan),
          ]
        })
    }
    return .object(result)
  }

  private func logProbabilities(_ report: TokenReport, _ tokenizer: TextTokenizer) -> JSONValue {
    func choice(_ choice: TokenReport.Choice) -> JSONObject {
      [
        "id": .integer(Int64(choice.token)), "token": .string(tokenizer.decode([choice.token])),
        "logprob": .number(orNull: Double(choice.logProbability)),
      ]
    }
    var result = choice(report.chosen)
    result["top"] = .array(report.top.map { .object(choice($0)) })
    return .object(result)
  }

  /// A line for each token: its text, its probability, and the alternatives.
  private func printReports(_ answers: [TextGenerator.Answer], _ tokenizer: TextTokenizer) {
    for report in answers.flatMap(\.reports) {
      let all = [report.chosen] + report.top
      let parts = all.map { choice in
        let text = tokenizer.decode([choice.token], skipsSpecialTokens: false)
        let rounded = (Double(choice.logProbability) * 1000).rounded() / 1000
        return "\(text.debugDescription) \(rounded)"
      }
      print(parts[0] + (parts.count > 1 ? "  of  " + parts[1...].joined(separator: ", ") : ""))
    }
  }
}
