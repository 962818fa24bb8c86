import ArgumentParser
import JSON
import Tokenizer

/// A conversation with a model, in the words of its chat template.
struct Conversation {
  private let tokenizer: TextTokenizer
  private let template: ChatTemplate
  /// Who said what, in order.
  private(set) var messages: [(role: String, content: String)] = []

  /// - Parameters:
  ///   - tokenizer: The model's tokenizer.
  ///   - named: A template of this program instead of the model's.
  ///   - system: What the model is told first.
  init(_ tokenizer: TextTokenizer, named: String? = nil, system: String? = nil) throws {
    self.tokenizer = tokenizer
    if let named {
      guard let name = ChatTemplate.Name(rawValue: named) else {
        let names = ChatTemplate.Name.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("there is no template ‘\(named)’; there is \(names)")
      }
      template = .named(name)
    } else {
      let own = tokenizer.configuration
      guard own.chatTemplate != nil || !own.otherChatTemplates.isEmpty else {
        throw Failure(
          "The model has no chat template, and so was probably not trained to chat. Choose one with"
            + " --template, such as chatml, or let ‘apus generate’ continue a text without --chat.")
      }
      template = try own.chatTemplate()
    }
    if let system { messages.append(("system", system)) }
  }

  /// Adds what somebody said.
  mutating func say(_ content: String, as role: String) { messages.append((role, content)) }

  /// Takes back the last message.
  mutating func takeBack() { if !messages.isEmpty { messages.removeLast() } }

  /// Takes back the last message of the user and its answer, never what the model was told first.
  mutating func takeBackExchange() {
    guard let last = messages.lastIndex(where: { $0.role == "user" }) else { return }
    messages.removeSubrange(last...)
  }

  /// Forgets all but what the model was told first.
  mutating func restart() { messages.removeAll { $0.role != "system" } }

  /// The messages as a JSON list, as chat templates and training data have them.
  var json: JSONValue {
    .array(
      messages.map { ["role": .string($0.role), "content": .string($0.content)] })
  }

  /// The tokens up to where the model answers.
  func prompt() throws -> [Int32] {
    let list = messages.map { message in
      TemplateValue.object(
        TemplateObject([
          ("role", .string(message.role)), ("content", .string(message.content)),
        ]))
    }
    let chat = try template.render(
      messages: .array(list), addGenerationPrompt: true,
      variables: tokenizer.configuration.templateVariables)
    return tokenizer.encode(chat).ids
  }
}
