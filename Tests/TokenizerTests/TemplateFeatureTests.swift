import JSON
import Testing
import Tokenizer

/// The engine against jinja2 on the table of make_templates.py.
@Suite struct TemplateFeatureTests {
  @Test func everyCaseIsJinjas() throws {
    let table = try fixture("templates.json")
    let now = try table.member("now").integers()
    let date = TemplateDate(
      year: now[0], month: now[1], day: now[2], hour: now[3], minute: now[4], second: now[5])
    let messages = try TemplateValue(json: table.member("messages").serialized())
    let given = try TemplateValue(json: table.member("variables").serialized())
    let cases = try #require(table.member("cases").array)
    #expect(cases.count > 450)
    for entry in cases {
      let source = try entry.text("template")
      let expected = entry.object?["text"]?.string
      let ranges = try (entry.object?["generations"]?.array ?? []).map { try $0.integers() }
      do throws(TemplateError) {
        let chat = try ChatTemplate(source).render(
          messages: messages, variables: given.object ?? TemplateObject(), preparation: .none,
          now: date)
        let isSame = expected.map { $0.isSame(as: chat.text) } ?? false
        #expect(isSame, "\(source): “\(chat.text)”, not “\(expected ?? "an error")”")
        let marked = chat.generationRanges.map { [$0.lowerBound, $0.upperBound] }
        #expect(marked == ranges, "\(source)")
        expectWhole(chat)
      } catch {
        #expect(expected == nil, "\(source): \(error)")
        if case .raised(_, _, let message) = error {
          #expect(entry.object?["message"]?.string == message)
        } else {
          #expect(entry.object?["error"]?.string != "raised", "\(source): \(error)")
        }
      }
    }
  }

  /// The stretches must be the text, one after another.
  private func expectWhole(_ chat: RenderedChat) {
    var end = 0
    for stretch in chat.stretches {
      #expect(stretch.range.lowerBound == end)
      end = stretch.range.upperBound
    }
    #expect(end == chat.text.utf8.count)
  }

  @Test(arguments: [
    ("{{ 10 ** 20 }}", "64 bits"), ("{{ 9223372036854775807 + 1 }}", "64 bits"),
    ("{{ 99999999999999999999 }}", "64 bits"), ("{{ [1, 2]|random }}", "random"),
    ("{% autoescape true %}{% endautoescape %}", "autoescape"), ("{{ 'a'|urlize }}", "urlize"),
    ("{% include 'a' %}", "include"), ("{{ lipsum() }}", "lipsum"),
    (#"{{ '\N{DASH}' }}"#, "N"), ("{{ 'é'.casefold() }}", "casefold"),
    ("{{ (-8) ** 0.5 }}", "complex"),
  ]) func whatIsNotThereSaysSo(source: String, word: String) {
    do throws(TemplateError) {
      _ = try ChatTemplate(source).render(messages: [])
      Issue.record("\(source) was rendered")
    } catch {
      guard case .unsupported(_, _, let reason) = error else {
        Issue.record("\(source): \(error)")
        return
      }
      #expect(reason.contains(word))
    }
  }

  @Test func errorsNameTheirLine() {
    for (source, line) in [
      ("a\n{{ 1 / 0 }}", 2), ("\n\n{% for x in y %}", 3),
      ("{# a\n #}\n{{ raise_exception('no') }}", 3),
      ("a\n{% if true %}\n{{ none.x.y }}{% endif %}", 3), ("{{ 'a\nb' }}\n{{ '", 3),
    ] {
      do throws(TemplateError) {
        _ = try ChatTemplate(source).render(messages: [])
        Issue.record("\(source) was rendered")
      } catch {
        switch error {
        case .syntax(_, let found, _), .failed(_, let found, _), .raised(_, let found, _):
          #expect(found == line, "\(source): \(error)")
        default: Issue.record("\(source): \(error)")
        }
      }
    }
  }

  @Test func aTemplateIsRenderedByManyTasks() async throws {
    let template = try ChatTemplate(
      "{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}"
        + "{% endfor %}{{ ns.n }}")
    let messages = TemplateValue.array([TemplateValue](repeating: ["role": "user"], count: 50))
    let texts = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<100 { group.addTask { try template.render(messages: messages).text } }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(texts == ["50"])
  }
}
