import ArgumentParser
import Files
import JSON
import Model
import Tokenizer

/// `apus chat`.
struct ChatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chat",
    abstract: "Talks with a model.",
    discussion: """
      The answer appears as it is made; Ctrl-C ends it, and ends the program at the prompt. Lines that \
      begin with a slash are commands: /again answers anew, /undo takes the last exchange back, \
      /new begins anew, /save FILE writes the conversation as JSON, /quit ends. Of what was said before \
      nothing is computed twice.
      """)

  @OptionGroup var source: ModelOptions

  @Option(help: "What the model is told first.")
  var system: String?

  @Option(help: "A chat template of this program instead of the model's, such as chatml.")
  var template: String?

  @OptionGroup var decoding: DecodingOptions

  func run() throws {
    let model = try source.load()
    let tokenizer = try source.tokenizer()
    var configuration = try decoding.configuration(
      folder: source.model, ends: model.architecture.endTokens.map { Int32($0) }, tokenizer)
    // Answers end by themselves; only the context bounds them unless a bound was given.
    configuration.maximumNewTokens = decoding.maxTokens ?? model.contextLength
    var conversation = try Conversation(tokenizer, named: template, system: system)
    var speaker = Speaker(
      engine: try source.engine(model), tokenizer: tokenizer,
      generator: try TextGenerator(decoding, configuration, tokenizer))
    Terminal.say("Say something; /quit ends.")
    while let line = ask() {
      switch line {
      case "": continue
      case "/quit", "/exit": return
      case "/new":
        conversation.restart()
        continue
      case "/undo":
        conversation.takeBackExchange()
        continue
      case "/again":
        guard conversation.messages.last?.role == "assistant" else { continue }
        conversation.takeBack()
      case _ where line.hasPrefix("/save "):
        save(conversation, to: String(line.dropFirst(6)))
        continue
      case _ where line.hasPrefix("/"):
        Terminal.say("/again, /undo, /new, /save FILE and /quit are known")
        continue
      default: conversation.say(line, as: "user")
      }
      do {
        conversation.say(try speaker.answer(conversation.prompt()), as: "assistant")
      } catch {
        // Too long a conversation, or one that the template refuses: what was said last goes.
        Terminal.say("\(error)")
        conversation.takeBack()
      }
    }
  }

  /// The next line; nil at the end of input.
  private func ask() -> String? {
    if Terminal.isInteractive { print("> ", terminator: "") }
    StandardOutput.flushText()
    return readLine()
  }

  private func save(_ conversation: Conversation, to path: String) {
    do {
      try writeAtomically(path, conversation.json.serialized(pretty: true) + "\n")
    } catch {
      Terminal.say("\(error)")
    }
  }
}

/// Says what the model answers, as it is made.
struct Speaker {
  let engine: Engine
  let tokenizer: TextTokenizer
  let generator: TextGenerator
  private var continuation: Continuation<Engine>?

  init(engine: Engine, tokenizer: TextTokenizer, generator: TextGenerator) {
    self.engine = engine
    self.tokenizer = tokenizer
    self.generator = generator
  }

  /// Answers a prompt, and returns the answer.
  mutating func answer(_ prompt: [Int32]) throws -> String {
    Interruption.begin()
    defer { Interruption.end() }
    let answer = try generator.stream(prompt, engine, &continuation) { piece in
      print(piece, terminator: "")
      StandardOutput.flushText()
      return !Interruption.isRequested
    }
    print()
    return answer.text
  }
}
