import Files
import Testing
import Tokenizer

/// Templates in the files beside a tokenizer, and values in JSON.
@Suite struct ChatTemplateFileTests {
  private func folder(_ name: String, configuration: String) throws -> String {
    let folder = try temporaryFolder(name)
    try TextTokenizer.bytes().save(to: folder)
    try writeAtomically(folder / "tokenizer_config.json", configuration)
    return folder
  }

  @Test func aListOfTemplates() throws {
    let folder = try folder(
      "templates",
      configuration: """
        {"bos_token": {"content": "<s>"}, "eos_token": "</s>", "chat_template": [
          {"name": "default", "template": "D{{ bos_token }}"},
          {"name": "tool_use", "template": "T"}, {"name": "rag", "template": "R"}]}
        """)
    let tokenizer = try TextTokenizer(contentsOf: folder)
    func text(_ name: String?, tools: Bool = false) throws -> String {
      try tokenizer.configuration.chatTemplate(named: name, hasTools: tools).render(
        messages: [], variables: tokenizer.configuration.templateVariables
      ).text
    }
    #expect(try text(nil) == "D<s>")
    #expect(try text(nil, tools: true) == "T")
    #expect(try text("rag", tools: true) == "R")
    #expect(try text("default", tools: true) == "D<s>")
    #expect(throws: TemplateError.noTemplate(name: "x", known: ["default", "rag", "tool_use"])) {
      try tokenizer.configuration.chatTemplate(named: "x")
    }
    let again = try temporaryFolder("again")
    try tokenizer.save(to: again)
    #expect(try TextTokenizer(contentsOf: again).configuration == tokenizer.configuration)
  }

  @Test func filesTakeThePlaceOfTheConfiguration() throws {
    let folder = try folder("files", configuration: #"{"chat_template": "old"}"#)
    #expect(try TextTokenizer(contentsOf: folder).configuration.chatTemplate == "old")
    try writeAtomically(folder / "chat_template.jinja", "new")
    try createDirectories(folder / "additional_chat_templates")
    try writeAtomically(folder / "additional_chat_templates" / "tool_use.jinja", "tools")
    let configuration = try TextTokenizer(contentsOf: folder).configuration
    #expect(configuration.chatTemplate == "new")
    #expect(configuration.otherChatTemplates == ["tool_use": "tools"])
  }

  @Test func wrongConfigurations() throws {
    for wrong in ["5", "[5]", #"[{"name": "a"}]"#, "{}"] {
      let folder = try folder("wrong", configuration: "{\"chat_template\": \(wrong)}")
      #expect(throws: TokenizerError.self) { try TextTokenizer(contentsOf: folder) }
    }
    #expect(throws: TemplateError.noTemplate(name: nil, known: [])) {
      try TokenizerConfiguration().chatTemplate()
    }
  }

  @Test func json() throws {
    let value = try TemplateValue(
      json: #"{"b": [1, 2.5, true, null, "é"], "a": {"x": -0}, "b": [1]}"#)
    #expect(value.object?.keys == ["b", "a"])
    #expect(value == ["b": [1], "a": ["x": 0]])
    for wrong in ["", "[1,", "18446744073709551616", "nan", "{\"a\"}"] {
      #expect(throws: TemplateError.self) { try TemplateValue(json: wrong) }
    }
    #expect(throws: TemplateError.self) { try TemplateValue(contentsOf: "/no/such/file") }
  }

  @Test func objects() {
    var object: TemplateObject = ["a": 1, "b": 2, "a": 3]
    #expect(object.keys == ["a", "b"])
    for number in 0..<20 { object["k\(number)"] = .integer(number) }
    #expect(object["k19"] == 19)
    object["a"] = nil
    #expect(object["a"] == nil)
    #expect(object["b"] == 2)
    // Two spellings of a character are two keys.
    object["\u{E9}"] = 1
    object["e\u{301}"] = 2
    #expect(object["\u{E9}"] == 1)
    #expect(object.count == 23)
  }

  @Test func dates() throws {
    func text(_ format: String, _ date: TemplateDate) throws -> String {
      try ChatTemplate("{{ strftime_now('\(format)') }}").render(messages: [], now: date).text
    }
    #expect(
      try text("%a %d %b %Y %j %H:%M:%S", TemplateDate(year: 2024, month: 2, day: 29))
        == "Thu 29 Feb 2024 060 00:00:00")
    #expect(
      try text("%A %-d. %B", TemplateDate(year: 2000, month: 12, day: 31)) == "Sunday 31. December")
    #expect(try text("%Y", .now).utf8.count == 4)
  }
}
