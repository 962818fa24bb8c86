/// A Jinja template that turns a conversation into the text that a model was trained on.
///
/// ```swift
/// let template = try ChatTemplate(source, name: "chat_template.jinja")
/// let chat = try template.render(
///   messages: [["role": "user", "content": "Hello"]], addGenerationPrompt: true)
/// ```
///
/// The text is byte for byte what jinja2 3.1 gives under the settings of transformers: a sandbox that
/// changes nothing, `trim_blocks` and `lstrip_blocks`, `break` and `continue`, `generation` blocks,
/// and `tojson` without HTML escapes. A template is parsed once and may be rendered by any number of
/// threads.
public struct ChatTemplate: Sendable {
  /// What errors call the template.
  public let name: String
  let program: Program

  /// Parses a template.
  ///
  /// - Parameters:
  ///   - source: the template.
  ///   - name: what errors call it.
  public init(_ source: String, name: String = "chat template") throws(TemplateError) {
    self.name = name
    do throws(TemplateFault) {
      var lexer = Lexer(source)
      let tokens: [Token]
      do {
        tokens = try lexer.tokenize()
      } catch {
        throw TemplateFault(
          error.kind, error.message, line: error.line > 0 ? error.line : lexer.currentLine)
      }
      var parser = Parser(source: lexer.source, tokens: tokens)
      let body = try parser.parse()
      program = try Resolver.program(
        body, source: lexer.source, hasGenerationBlocks: parser.hasGenerationBlocks)
    } catch {
      throw TemplateError(error, template: name)
    }
  }

  /// The template, with line ends as line feeds and without the last of them: what the origins of
  /// rendered text count in.
  public var source: String { String(decoding: program.source, as: UTF8.self) }

  /// Whether the template says itself what a model makes, in `generation` blocks.
  public var hasGenerationBlocks: Bool { program.hasGenerationBlocks }

  /// Renders a conversation.
  ///
  /// - Parameters:
  ///   - messages: the messages, each a dictionary with at least a `role`.
  ///   - tools: the tools that the model may call, as JSON schemas.
  ///   - documents: the documents that the model may use.
  ///   - addGenerationPrompt: whether the text ends with what comes before the model's answer.
  ///   - variables: what else the template reads, such as `bos_token` and `eos_token`.
  ///   - preparation: what is done to the messages first.
  ///   - limits: how much the template may do.
  ///   - now: what `strftime_now` shows; the present unless given.
  public func render(
    messages: TemplateValue, tools: TemplateValue? = nil, documents: TemplateValue? = nil,
    addGenerationPrompt: Bool = false, variables: TemplateObject = TemplateObject(),
    preparation: MessagePreparation = .asTransformers, limits: TemplateLimits = .standard,
    now: TemplateDate? = nil
  ) throws(TemplateError) -> RenderedChat {
    try render(
      ChatRequest(
        template: self, messages: messages, tools: tools, documents: documents,
        addGenerationPrompt: addGenerationPrompt, variables: variables, preparation: preparation,
        limits: limits, now: now ?? .now))
  }

  func render(_ request: ChatRequest) throws(TemplateError) -> RenderedChat {
    do throws(TemplateFault) {
      var input = TemplateInput()
      for (name, value) in zip(request.variables.keys, request.variables.values) {
        try input.add(name, value)
      }
      try input.addMessages(
        request.messages, prepares: request.preparation == .asTransformers)
      try input.add("tools", request.tools ?? .null)
      try input.add("documents", request.documents ?? .null)
      try input.add("add_generation_prompt", .bool(request.addGenerationPrompt))
      let renderer = Renderer(
        program, limits: request.limits, variables: input.variables,
        messageNumbers: input.messageNumbers, now: request.now)
      try renderer.run()
      return RenderedChat(
        renderer.output, input.sources, generations: renderer.generations, request: request)
    } catch {
      throw TemplateError(error, template: name)
    }
  }
}

/// What is done to messages before a template sees them.
public enum MessagePreparation: Sendable, Equatable {
  /// What `apply_chat_template` of transformers does: keys whose value is null are left out, and
  /// reasoning is there under the names `reasoning_content` and `thinking`, whichever was given.
  case asTransformers
  /// Nothing.
  case none
}

/// All that a rendering depends on.
struct ChatRequest: Sendable {
  var template: ChatTemplate
  var messages: TemplateValue
  var tools: TemplateValue?
  var documents: TemplateValue?
  var addGenerationPrompt: Bool
  var variables: TemplateObject
  var preparation: MessagePreparation
  var limits: TemplateLimits
  var now: TemplateDate
}
