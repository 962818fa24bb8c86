import ArgumentParser
import Files
import JSON
import Tokenizer

/// `apus tokenizer render`.
struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Renders a conversation with a chat template, and shows what a model would learn.",
    discussion: """
      With --mask what is trained is green on a terminal and stands between ⟦ and ⟧ elsewhere; tokens \
      that lie partly within it are yellow, or stand between ⟨ and ⟩. The stop token of a turn is found \
      only with --tokenizer.
      """)

  @Option(help: "A tokenizer's folder or file, whose template and special tokens are used.")
  var tokenizer: String?

  @Option(help: "A file with a Jinja template.")
  var template: String?

  @Option(help: "A template of this program: \(Self.names), or a name of the tokenizer's.")
  var named: String?

  @Option(help: "What the template reads as bos_token.")
  var bos: String?

  @Option(help: "What the template reads as eos_token.")
  var eos: String?

  @Option(help: "A JSON file with a list of messages.")
  var messages: String?

  @Option(help: "A JSON file with a list of tools.")
  var tools: String?

  @Option(help: "A JSON file with a list of documents.")
  var documents: String?

  @Option(name: .customLong("set"), help: "Sets a variable: name=JSON. Repeatable.")
  var changes: [String] = []

  @Flag(help: "Ends the text with what comes before the model's answer.")
  var addGenerationPrompt = false

  @Flag(help: "Prints the ids instead of the text.")
  var ids = false

  @Flag(help: "Marks what a model is trained to make.")
  var mask = false

  @Option(help: "Writes a page that shows the mask and where each stretch came from.")
  var html: String?

  @Option(help: "The roles whose turns are trained, separated by commas.")
  var trainRoles = "assistant"

  @Flag(help: "Prints one JSON object: text, origins, turns, and with --tokenizer ids and mask.")
  var json = false

  @Flag(help: "Answers requests from standard input, a JSON object a line, by one a line.")
  var jsonLines = false

  private static let names = ChatTemplate.Name.allCases.map(\.rawValue).joined(separator: ", ")

  func validate() throws {
    if jsonLines { return }
    if messages == nil { throw ValidationError("give --messages") }
    if tokenizer == nil, template == nil, named == nil {
      throw ValidationError("give --tokenizer, --template or --named")
    }
    if template != nil, named != nil {
      throw ValidationError("give either --template or --named")
    }
    if ids, tokenizer == nil { throw ValidationError("--ids needs --tokenizer") }
  }

  func run() throws {
    if jsonLines { return try RenderRequests.answer() }
    let loaded = try tokenizer.map { try TextTokenizer(contentsOf: $0) }
    var variables = loaded?.configuration.templateVariables ?? TemplateObject()
    if let bos { variables["bos_token"] = .string(bos) }
    if let eos { variables["eos_token"] = .string(eos) }
    for change in changes {
      guard let equals = change.firstIndex(of: "="), equals > change.startIndex else {
        throw ValidationError("--set needs name=JSON, not ‘\(change)’")
      }
      let text = String(change[change.index(after: equals)...])
      variables[String(change[..<equals])] = try TemplateValue(json: text, name: "--set \(change)")
    }
    let tools = try tools.map { try TemplateValue(contentsOf: $0) }
    let chat = try chosenTemplate(loaded, hasTools: tools != nil).render(
      messages: try TemplateValue(contentsOf: messages ?? ""), tools: tools,
      documents: try documents.map { try TemplateValue(contentsOf: $0) },
      addGenerationPrompt: addGenerationPrompt, variables: variables)
    let roles = Set(trainRoles.split(separator: ",").map(String.init))
    let encoded = loaded?.encode(chat, trainingRoles: roles)
    let shown = MaskedText(chat, encoded, roles: roles)
    if let html { try writeAtomically(html, shown.page) }
    var output = StandardOutput()
    if json {
      try output.line(RenderRequests.json(chat, encoded, roles).serialized())
    } else if ids {
      try output.line((encoded?.ids ?? []).map { String($0) }.joined(separator: " "))
    } else {
      try output.append(
        (mask ? shown.marked(forTerminal: StandardOutput.isTerminal) : chat.text).utf8)
      if StandardOutput.isTerminal { try output.line("") }
    }
    try output.flush()
    if mask || html != nil, let encoded, !encoded.straddling.isEmpty {
      Terminal.say(
        "\(encoded.straddling.count) of \(encoded.ids.count) tokens lie partly within what is trained"
      )
    }
  }

  private func chosenTemplate(
    _ tokenizer: TextTokenizer?, hasTools: Bool
  ) throws -> ChatTemplate {
    if let template { return try ChatTemplate(readText(template), name: template) }
    if let named, let name = ChatTemplate.Name(rawValue: named) { return .named(name) }
    guard let tokenizer else {
      throw ValidationError("there is no template ‘\(named ?? "")’; there is \(Self.names)")
    }
    return try tokenizer.configuration.chatTemplate(named: named, hasTools: hasTools)
  }
}
