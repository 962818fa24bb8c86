import Files
import JSON

extension TokenizerConfiguration {
  /// The template for a conversation, chosen as transformers does: where there are several, the one
  /// that is asked for, else `tool_use` for a conversation with tools, else the default.
  ///
  /// Parse it once and keep it.
  ///
  /// - Parameters:
  ///   - name: the name of the template, nil to choose.
  ///   - hasTools: whether the conversation comes with tools.
  public func chatTemplate(
    named name: String? = nil, hasTools: Bool = false
  ) throws(TemplateError) -> ChatTemplate {
    let known = (chatTemplate == nil ? [] : ["default"]) + otherChatTemplates.keys.sorted()
    let chosen =
      name ?? (hasTools && otherChatTemplates["tool_use"] != nil ? "tool_use" : "default")
    let source = chosen == "default" ? chatTemplate : otherChatTemplates[chosen]
    guard let source else { throw .noTemplate(name: name, known: known) }
    return try ChatTemplate(source, name: chosen)
  }

  /// What a template reads of the configuration: `bos_token`, `eos_token` and the like.
  public var templateVariables: TemplateObject {
    let tokens: [(String, String?)] = [
      ("bos_token", beginningOfText), ("eos_token", endOfText), ("unk_token", unknown),
      ("sep_token", separator), ("pad_token", padding), ("cls_token", classification),
      ("mask_token", mask),
    ]
    return TemplateObject(
      tokens.compactMap { name, content in content.map { (name, TemplateValue.string($0)) } })
  }

  /// Reads `chat_template`: a template, or a list of objects with a name and a template.
  mutating func readChatTemplates(_ json: JSONValue, path: String) throws(TokenizerError) {
    switch json {
    case .null: return
    case .string(let template): chatTemplate = template
    case .array(let entries):
      for (place, entry) in entries.enumerated() {
        guard let name = entry.object?["name"]?.string,
          let template = entry.object?["template"]?.string
        else {
          throw .invalid(
            path: path, field: "chat_template[\(place)]",
            reason: "must be an object with a “name” and a “template”")
        }
        set(template, named: name)
      }
    default:
      throw .invalid(
        path: path, field: "chat_template", reason: "must be a string or a list, not \(json.kind)")
    }
  }

  /// Reads chat_template.jinja and the folder additional_chat_templates; where one of them is there,
  /// they take the place of all templates known before.
  mutating func readChatTemplateFiles(in folder: String) throws(TokenizerError) {
    var found: [(name: String, path: String)] = []
    let main = folder / "chat_template.jinja"
    if fileExists(main) { found.append(("default", main)) }
    let others = folder / "additional_chat_templates"
    do {
      if isDirectory(others) {
        for file in try listDirectory(others) where file.hasSuffix(".jinja") {
          found.append((String(file.dropLast(6)), others / file))
        }
      }
      if found.isEmpty { return }
      chatTemplate = nil
      otherChatTemplates = [:]
      for (name, path) in found { set(try readText(path), named: name) }
    } catch {
      throw .unreadable(path: error.path, reason: error.reason)
    }
  }

  private mutating func set(_ template: String, named name: String) {
    if name == "default" { chatTemplate = template } else { otherChatTemplates[name] = template }
  }

  /// The templates as tokenizer_config.json holds them, nil if there is none.
  var chatTemplatesJSON: JSONValue? {
    if otherChatTemplates.isEmpty { return chatTemplate.map { .string($0) } }
    var entries: [JSONValue] = []
    if let chatTemplate {
      entries.append(["name": "default", "template": .string(chatTemplate)])
    }
    for (name, template) in otherChatTemplates.sorted(by: { $0.key < $1.key }) {
      entries.append(["name": .string(name), "template": .string(template)])
    }
    return .array(entries)
  }
}
