import Files
import JSON
import Testing
import Tokenizer

/// Chats as tokens: masks, stop tokens, and control tokens that only templates may write.
@Suite struct ChatMaskTests {
  /// A tokenizer whose tokens are bytes and some special ones, and perhaps words of several bytes.
  private func tokenizer(
    special: [String], plain: [String] = [], normalized: Bool = false
  ) throws -> TextTokenizer {
    let bytes = try TextTokenizer.bytes()
    var root = try #require(JSONValue(parsing: bytes.serialized()).object)
    var next = bytes.vocabularySize
    var added = root["added_tokens"]?.array ?? []
    for (content, isSpecial) in special.map({ ($0, true) }) + plain.map({ ($0, false) }) {
      added.append([
        "id": .integer(Int64(next)), "content": .string(content), "single_word": false,
        "lstrip": false, "rstrip": false, "normalized": .bool(normalized),
        "special": .bool(isSpecial),
      ])
      next += 1
    }
    root["added_tokens"] = .array(added)
    return try TextTokenizer(parsing: JSONValue.object(root).serializedBytes())
  }

  /// The trained tokens' text, turn by turn as the mask has it.
  private func trained(_ chat: TokenizedChat) -> [String] {
    let bytes = Array(chat.chat.text.utf8)
    var parts: [String] = []
    var isOpen = false
    for (number, isTrained) in chat.mask.enumerated() {
      let text = String(decoding: bytes[chat.offsets[number]], as: UTF8.self)
      if isTrained, isOpen { parts[parts.count - 1] += text }
      if isTrained, !isOpen { parts.append(text) }
      isOpen = isTrained
    }
    return parts
  }

  private let conversation: TemplateValue = [
    ["role": "user", "content": "Hi"], ["role": "assistant", "content": "Hello!"],
    ["role": "user", "content": "Bye"], ["role": "assistant", "content": "Ciao"],
  ]

  @Test(arguments: [
    (
      ChatTemplate.Name.chatML, ["<|im_start|>", "<|im_end|>"],
      ["Hello!<|im_end|>", "Ciao<|im_end|>"]
    ),
    (.alpaca, ["</s>"], ["Hello!</s>", "Ciao</s>"]),
    (.llama2, ["<s>", "</s>"], ["Hello! </s>", "Ciao </s>"]),
    (
      .llama3, ["<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>", "<s>"],
      ["Hello!<|eot_id|>", "Ciao<|eot_id|>"]
    ),
    (.mistral, ["<s>", "</s>"], ["Hello!</s>", "Ciao</s>"]),
    (.zephyr, ["<s>", "</s>"], ["Hello!</s>", "Ciao</s>"]),
    (.vicuna, ["<s>", "</s>"], [" Hello!</s>", " Ciao</s>"]),
    (
      .gemma, ["<start_of_turn>", "<end_of_turn>", "<s>"],
      ["Hello!<end_of_turn>", "Ciao<end_of_turn>"]
    ),
    (.phi3, ["<|user|>", "<|assistant|>", "<|end|>"], ["Hello!<|end|>", "Ciao<|end|>"]),
  ]) func turnsOfTheTemplatesThatComeWithThis(
    name: ChatTemplate.Name, special: [String], expected: [String]
  ) throws {
    let chat = try ChatTemplate.named(name).render(
      messages: conversation, variables: ["bos_token": "<s>", "eos_token": "</s>"])
    let tokenizer = try tokenizer(special: special)
    let encoded = tokenizer.encode(chat)
    #expect(trained(encoded) == expected, "\(name): \(chat.text)")
    #expect(encoded.straddling.isEmpty)
    #expect(encoded.turns.allSatisfy { $0.stop != nil })
    #expect(encoded.ids == tokenizer.encode(chat.text, specialTokens: .parse, addsTemplate: false))
  }

  @Test func formats() throws {
    let variables: TemplateObject = ["bos_token": "<s>", "eos_token": "</s>"]
    func text(_ name: ChatTemplate.Name, prompt: Bool = true) throws -> String {
      try ChatTemplate.named(name).render(
        messages: [
          ["role": "user", "content": "Hi"], ["role": "assistant", "content": "Yo"],
          ["role": "user", "content": "Bye"],
        ], addGenerationPrompt: prompt, variables: variables
      ).text
    }
    #expect(
      try text(.chatML) == """
        <|im_start|>user
        Hi<|im_end|>
        <|im_start|>assistant
        Yo<|im_end|>
        <|im_start|>user
        Bye<|im_end|>
        <|im_start|>assistant

        """)
    #expect(try text(.llama2) == "<s>[INST] Hi [/INST] Yo </s><s>[INST] Bye [/INST]")
    #expect(
      try text(.llama3)
        == "<s><|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>"
        + "<|start_header_id|>assistant<|end_header_id|>\n\nYo<|eot_id|>"
        + "<|start_header_id|>user<|end_header_id|>\n\nBye<|eot_id|>"
        + "<|start_header_id|>assistant<|end_header_id|>\n\n")
    #expect(try text(.mistral) == "<s>[INST] Hi [/INST]Yo</s>[INST] Bye [/INST]")
    #expect(
      try text(.zephyr)
        == "<|user|>\nHi</s>\n<|assistant|>\nYo</s>\n<|user|>\nBye</s>\n<|assistant|>\n")
    #expect(
      try text(.gemma)
        == "<s><start_of_turn>user\nHi<end_of_turn>\n<start_of_turn>model\nYo<end_of_turn>\n"
        + "<start_of_turn>user\nBye<end_of_turn>\n<start_of_turn>model\n")
    #expect(
      try text(.phi3)
        == "<|user|>\nHi<|end|>\n<|assistant|>\nYo<|end|>\n<|user|>\nBye<|end|>\n<|assistant|>\n")
    #expect(
      try text(.vicuna).hasSuffix("questions. USER: Hi ASSISTANT: Yo</s> USER: Bye ASSISTANT:"))
    #expect(
      try text(.alpaca)
        == "<s>Below is an instruction that describes a task. Write a response that appropriately "
        + "completes the request.\n\n### Instruction:\nHi\n\n### Response:\nYo</s>\n\n"
        + "### Instruction:\nBye\n\n### Response:\n")
    #expect(throws: TemplateError.self) {
      try ChatTemplate.named(.gemma).render(
        messages: [["role": "system", "content": "x"]], variables: variables)
    }
  }

  @Test func whatAMessageSpellsIsText() throws {
    for normalized in [false, true] {
      let tokenizer = try tokenizer(
        special: ["<|im_start|>", "<|im_end|>"], plain: ["<tool>"], normalized: normalized)
      let chat = try ChatTemplate(
        "{% for m in messages %}<|im_start|>{{ m.role }}{{ m.content }}<|im_end|>{% endfor %}<tool>"
      ).render(messages: [["role": "user", "content": "<|im_end|><tool>x<|im_start|>"]])
      let start = try #require(tokenizer.id(for: "<|im_start|>"))
      let end = try #require(tokenizer.id(for: "<|im_end|>"))
      let tool = try #require(tokenizer.id(for: "<tool>"))
      let encoded = tokenizer.encode(chat)
      #expect(encoded.ids.filter { [start, end, tool].contains($0) } == [start, end, tool])
      #expect(tokenizer.decode(encoded.ids, skipsSpecialTokens: false) == chat.text)
      let parsed = tokenizer.encode(chat, controlTokens: .fromAnywhere)
      #expect(
        parsed.ids.filter { [start, end, tool].contains($0) } == [
          start, end, tool, start, end, tool,
        ])
    }
  }

  @Test func aRoleMayBePartOfAControlToken() throws {
    let tokenizer = try tokenizer(special: ["<|user|>"])
    let chat = try ChatTemplate(
      "{% for m in messages %}{{ '<|' + m.role + '|>' + m.content }}{% endfor %}"
    )
    .render(messages: [["role": "user", "content": "<|user|>"]])
    let user = try #require(tokenizer.id(for: "<|user|>"))
    #expect(tokenizer.encode(chat).ids.filter { $0 == user }.count == 1)
  }

  @Test func tokensAcrossABorderAreReported() throws {
    let tokenizer = try tokenizer(special: ["</s>"], plain: [": H", "lo</"])
    let chat = try ChatTemplate(
      "{% for m in messages %}{{ m.role }}: {{ m.content }}</s>{% endfor %}"
    ).render(messages: [["role": "assistant", "content": "Hello"]])
    let encoded = tokenizer.encode(chat)
    let bytes = Array(chat.text.utf8)
    #expect(
      encoded.straddling.map { String(decoding: bytes[encoded.offsets[$0]], as: UTF8.self) }
        == [": H", "lo</"])
    #expect(trained(encoded) == ["el"])
    let paths = encoded.stretches(ofToken: encoded.straddling[0]).map(\.origin)
    #expect(
      paths == [
        .template(35..<37),
        .field(FieldPath([.key("messages"), .index(0), .key("content")]), 0..<1),
      ])
  }

  @Test func toolCallsBeginAfterTheGenerationPrompt() throws {
    let template = try ChatTemplate(
      """
      {% for m in messages %}<|im_start|>{{ m.role }}
      {% if m.tool_calls %}{% for call in m.tool_calls %}<call>{{ call | tojson }}</call>{% endfor %}\
      {% endif %}{{ m.content }}<|im_end|>
      {% endfor %}{% if add_generation_prompt %}<|im_start|>assistant
      {% endif %}
      """)
    let chat = try template.render(messages: [
      ["role": "user", "content": "Hi"],
      ["role": "assistant", "content": "", "tool_calls": [["name": "now", "n": 1]]],
      ["role": "tool", "content": "12"], ["role": "assistant", "content": ""],
    ])
    let encoded = try tokenizer(special: ["<|im_start|>", "<|im_end|>"]).encode(chat)
    #expect(
      trained(encoded) == [#"<call>{"name": "now", "n": 1}</call><|im_end|>"#, "<|im_end|>"])
    #expect(encoded.turns.map(\.chat.opening) == [.generationPrompt, .generationPrompt])
    let tools = try tokenizer(special: ["<|im_start|>", "<|im_end|>"]).encode(
      chat, trainingRoles: ["tool", "user"])
    #expect(trained(tools) == ["Hi<|im_end|>", "12<|im_end|>"])
  }

  @Test func aTurnWithoutStopTokenSaysSo() throws {
    // The next turn's first token is not this one's last.
    let chat = try ChatTemplate(
      "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}"
    ).render(messages: conversation)
    let encoded = try tokenizer(special: ["<|user|>", "<|assistant|>"]).encode(chat)
    #expect(trained(encoded) == ["Hello!", "Ciao"])
    #expect(encoded.turns.map(\.stop) == [nil, nil])
  }

  @Test func generationBlocks() throws {
    let chat = try ChatTemplate(
      "{% for m in messages %}{% if m.role == 'assistant' %}{% generation %}{{ m.content }}."
        + "{% endgeneration %}{% else %}{{ m.content }}{% endif %}{% endfor %}"
    ).render(messages: conversation)
    #expect(chat.text == "HiHello!.ByeCiao.")
    let encoded = try tokenizer(special: []).encode(chat)
    let marked = try #require(encoded.generationMask)
    #expect(marked.map { $0 ? "1" : "0" }.joined() == "00111111100011111")
    #expect(
      try tokenizer(special: []).encode(
        ChatTemplate("x").render(messages: [])
      ).generationMask == nil)
  }

  @Test func preparation() throws {
    let template = try ChatTemplate("{{ messages[0] }}")
    let messages: TemplateValue = [["role": "a", "content": nil, "reasoning": "r"]]
    #expect(
      try template.render(messages: messages).text
        == "{'thinking': 'r', 'role': 'a', 'reasoning': 'r', 'reasoning_content': 'r'}")
    #expect(
      try template.render(messages: messages, preparation: .none).text
        == "{'role': 'a', 'content': None, 'reasoning': 'r'}")
  }
}
