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
    abstract: "Continues a text with a model from a Hugging Face folder.",
    discussion: """
      What is not given is as the model's generation_config.json says; without one the most probable
      token is taken. Docs/Decoding.md explains each option.
      """)

  @Option(help: "The folder with config.json, safetensors and tokenizer.json.")
  var model: String

  @Option(help: "The text to continue.")
  var prompt: String?

  @Option(help: "A file with the text to continue.")
  var promptFile: String?

  @OptionGroup var decoding: DecodingOptions

  @Flag(help: "Prints one JSON object instead of the text as it comes.")
  var json = false

  @Option(help: "How many threads to use; by default all cores this process may use.")
  var threads = 0

  func validate() throws {
    if (prompt == nil) == (promptFile == nil) {
      throw ValidationError("give either --prompt or --prompt-file")
    }
  }

  func run() throws {
    useThreads(threads)
    let text = try prompt ?? readText(promptFile ?? "")
    let gpt = try GPT2(contentsOf: model)
    let tokenizer = try TextTokenizer(contentsOf: model)
    let draft = try decoding.search.draft.map { TreeRunner(try GPT2(contentsOf: $0)) }
    if let draft, draft.vocabularySize != gpt.vocabularySize {
      throw Failure(
        "The draft model has \(draft.vocabularySize) tokens, the model \(gpt.vocabularySize): "
          + "both must have the same vocabulary.")
    }
    let configuration = try decoding.configuration(
      folder: model, ends: gpt.configuration.endToken.map { [Int32($0)] } ?? [], tokenizer)
    var ids = tokenizer.encode(text)
    if ids.isEmpty, let begin = gpt.configuration.beginToken { ids = [Int32(begin)] }
    let generator = try TextGenerator(decoding, configuration, tokenizer)
    let began = secondsNow()
    // Several texts cannot be shown as they come.
    let isStreamed = !json && (configuration.returnedSequences ?? 1) == 1
    if isStreamed { print(text, terminator: "") }
    let answers = try generator.answers(to: ids, TreeRunner(gpt), draft: draft) { piece in
      if isStreamed { print(piece, terminator: "") }
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
