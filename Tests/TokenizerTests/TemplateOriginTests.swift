import Testing
import Tokenizer

/// Where the characters of a rendered chat come from.
@Suite struct TemplateOriginTests {
  private let messages: TemplateValue = [
    ["role": "user", "content": " Grüße <b> "],
    ["role": "assistant", "content": "a-b\"c", "n": 12, "list": ["x", ["k": true]]],
  ]

  /// The stretches of what a template gives, as text and origin.
  private func origins(_ source: String) throws -> [String] {
    let chat = try ChatTemplate(source).render(
      messages: messages, variables: ["bos": "<s>"], preparation: .none)
    let bytes = Array(chat.text.utf8)
    return chat.stretches.map { stretch in
      let text = String(decoding: bytes[stretch.range], as: UTF8.self)
      let message = stretch.message.map { " @\($0)" } ?? ""
      switch stretch.origin {
      case .field(let path, let range): return "\(text)|\(path) \(range)\(message)"
      case .key(let path, let range): return "\(text)|key \(path) \(range)\(message)"
      case .notation(let path): return "\(text)|notation \(path)\(message)"
      case .template(let range): return "\(text)|template \(range)\(message)"
      case .computed: return "\(text)|computed\(message)"
      }
    }
  }

  @Test func strings() throws {
    #expect(
      try origins("x{{ messages[0].content|trim }}{{ bos }}") == [
        "x|template 0..<1", "Grüße <b>|messages[0].content 1..<12", "<s>|bos 0..<3",
      ])
    #expect(
      try origins("{{ messages[0].content[1:3] ~ messages[0]['content'][-2] }}") == [
        "Gr|messages[0].content 1..<3", ">|messages[0].content 11..<12",
      ])
    #expect(
      try origins("{{ messages[0].content.strip().upper() }}") == [
        "GRÜ|messages[0].content 1..<5", "SS|messages[0].content 5..<7",
        "E <B>|messages[0].content 7..<12",
      ])
    #expect(
      try origins("{{ messages[1].content.split('-')|join('+') }}") == [
        "a|messages[1].content 0..<1", "+|template 40..<41", "b\"c|messages[1].content 2..<5",
      ])
    #expect(
      try origins("{{ messages[1].content|replace('b', 'B!') }}") == [
        "a-|messages[1].content 0..<2", "B!|template 37..<39", "\"c|messages[1].content 3..<5",
      ])
    #expect(
      try origins("{{ '%s:%d' % (messages[1].content, 5) }}{{ '{}'.format(messages[1].n) }}") == [
        "a-b\"c|messages[1].content 0..<5", ":|template 6..<7", "5|computed",
        "12|notation messages[1].n",
      ])
    #expect(
      try origins(
        "{% macro m(x) %}<{{ x }}>{% endmacro %}{% set y %}{{ m(bos) }}{% endset %}{{ y }}")
        == ["<|template 16..<17", "<s>|bos 0..<3", ">|template 24..<25"])
    #expect(
      try origins("{{ undefined_thing|default(bos) }}{{ messages|length }}") == [
        "<s>|bos 0..<3", "2|computed",
      ])
    #expect(
      try origins(#"{{ 'a\tb' }}"#) == [
        "a|template 4..<5", "\t|template 5..<7", "b|template 7..<8",
      ])
  }

  @Test func json() throws {
    #expect(
      try origins("{{ messages[1].list|tojson }}") == [
        "[|notation messages[1].list", "\"|notation messages[1].list[0]",
        "x|messages[1].list[0] 0..<1", "\"|notation messages[1].list[0]",
        ", |notation messages[1].list", "{|notation messages[1].list[1]",
        "\"|notation messages[1].list[1].k", "k|key messages[1].list[1].k 0..<1",
        "\"|notation messages[1].list[1].k", ": |notation messages[1].list[1]",
        "true|notation messages[1].list[1].k", "}|notation messages[1].list[1]",
        "]|notation messages[1].list",
      ])
    #expect(
      try origins("{{ messages[1].content|tojson }}") == [
        "\"|notation messages[1].content", "a-b|messages[1].content 0..<3",
        "\\\"|messages[1].content 3..<4", "c|messages[1].content 4..<5",
        "\"|notation messages[1].content",
      ])
  }

  @Test func messagesOfTheLoop() throws {
    #expect(
      try origins("{% for m in messages[1:] %}<{{ m.role }}>{{ loop.index }}{% endfor %}.") == [
        "<|template 27..<28 @1", "assistant|messages[1].role 0..<9 @1", ">|template 40..<41 @1",
        "1|computed @1", ".|template 69..<70",
      ])
  }

  @Test func aRangeIsCut() throws {
    let chat = try ChatTemplate("ab{{ bos }}cd").render(messages: [], variables: ["bos": "<s>"])
    let parts = chat.stretches(in: 1..<4)
    #expect(parts.map(\.range) == [1..<2, 2..<4])
    #expect(
      parts.map(\.origin) == [.template(1..<2), .field(FieldPath([.key("bos")]), 0..<2)])
    #expect(chat.stretches(in: 0..<0).isEmpty)
    #expect(FieldPath([.key("a"), .key("b c"), .index(3)]).description == "a[\"b c\"][3]")
  }
}
