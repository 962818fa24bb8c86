import Testing

@testable import Tokenizer

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Hostile templates end with a typed error.
@Suite struct TemplateLimitTests {
  /// The error of a template, nil if it is rendered.
  private func failure(
    _ source: String,
    _ limits: TemplateLimits = TemplateLimits(steps: 300_000, outputBytes: 1 << 24)
  ) -> TemplateError? {
    do throws(TemplateError) {
      _ = try ChatTemplate(source).render(messages: [], limits: limits)
      return nil
    } catch {
      return error
    }
  }

  private func isLimit(_ error: TemplateError?) -> Bool {
    if case .limitReached? = error { true } else { false }
  }

  @Test(arguments: [
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro m(x) %}{% if x %}{{ ((((((((((m(x + 1))))))))))) }}{% endif %}{% endmacro %}{{ m(1) }}",
    "{% for a in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}",
    "{% macro m() %}{% call m() %}{{ caller() }}{% endcall %}{% endmacro %}{{ m() }}",
    "{% set ns = namespace(x=[]) %}{% for i in range(1000) %}{% set ns.x = [ns.x] %}{% endfor %}",
    "{% set ns = namespace(x='ab') %}{% for i in range(90) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    "{% set ns = namespace() %}{% set ns.n = ns %}{{ ns }}",
    "{{ 'a' * 99999999999 }}", "{{ 'a'.ljust(99999999999) }}", "{{ '%999999999999d' % 1 }}",
    "{{ '{:999999999999}'.format(1) }}", "{{ 'ab'|replace('', 'x' * 100000000) }}",
    "{{ [0] * 99999999999 }}", "{{ 'a'|indent(99999999999) }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in range(99999) %}{{ 'x' * 100000 }}{% endfor %}",
    "{% set ns = namespace(x=[1]|map('int')) %}{% for i in range(999) %}"
      + "{% set ns.x = ns.x|map('int') %}{% endfor %}{{ ns.x|list }}",
  ]) func runaways(source: String) {
    let error = failure(source)
    #expect(isLimit(error), "\(source): \(error.map(String.init(describing:)) ?? "rendered")")
  }

  /// A thread with little stack, on which the limit of depth alone would be too high.
  @Test func theStackOfAThreadIsALimitToo() {
    let depths = Locked<[String: Bool]>([:])
    onSmallStack {
      let sources = [
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for a in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}",
        "{{ " + String(repeating: "(", count: 99) + "1" + String(repeating: ")", count: 99) + " }}",
      ]
      for source in sources {
        let isLimit = isLimit(failure(source))
        depths.withLock { $0[source] = isLimit }
      }
      // What is not nested deeply is rendered all the same.
      let isRendered = failure("{% macro m(n) %}{{ n }}{% endmacro %}{{ m([[1]]) }}") == nil
      depths.withLock { $0["shallow"] = isRendered }
    }
    let found = depths.withLock { $0 }
    #expect(found.count == 4)
    for (source, isRight) in found { #expect(isRight, "\(source)") }
  }

  /// Runs something on a thread of its own, whose stack has 320 kilobytes.
  private func onSmallStack(_ body: @escaping () -> Void) {
    final class Work {
      let body: () -> Void
      init(_ body: @escaping () -> Void) { self.body = body }
    }
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    #expect(pthread_attr_setstacksize(&attributes, 320 << 10) == 0)
    let work = Unmanaged.passRetained(Work(body)).toOpaque()
    #if canImport(Darwin)
      var thread: pthread_t?
      let status = pthread_create(
        &thread, &attributes,
        { context in
          Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body()
          return nil
        }, work)
      if status == 0, let thread { pthread_join(thread, nil) }
    #else
      var thread = pthread_t()
      let status = pthread_create(
        &thread, &attributes,
        { context in
          if let context { Unmanaged<Work>.fromOpaque(context).takeRetainedValue().body() }
          return nil
        }, work)
      if status == 0 { pthread_join(thread, nil) }
    #endif
    #expect(status == 0)
  }

  @Test func nestingInTheSource() {
    for (open, close) in [
      ("(", ")"), ("[", "]"), ("{1:", "}"), ("-", ""), ("not ", ""), ("a(", ")"),
    ] {
      let source =
        "{{ " + String(repeating: open, count: 20_000) + "1"
        + String(repeating: close, count: 20_000)
        + " }}"
      #expect(isLimit(failure(source)), "\(open)")
    }
    let blocks = String(repeating: "{% if 1 %}", count: 20_000)
    #expect(isLimit(failure(blocks + String(repeating: "{% endif %}", count: 20_000))))
    let choices = "{{ " + String(repeating: "1 if 0 else ", count: 20_000) + "1 }}"
    #expect(isLimit(failure(choices)))
  }

  @Test func longChainsCostNoDepth() throws {
    for part in [" + 1", " ~ 1", " * 1", " or 0", " and 1", "|string", " == 1"] {
      let source = "{{ 1" + String(repeating: part, count: 5_000) + " }}"
      #expect(failure(source) == nil, "\(part)")
    }
    let text = try ChatTemplate("{{ 1" + String(repeating: " + 1", count: 5_000) + " }}")
      .render(messages: []).text
    #expect(text == "5001")
  }

  @Test func limitsAreObeyed() {
    let loop = "{% for i in range(1000) %}x{% endfor %}"
    #expect(failure(loop) == nil)
    #expect(isLimit(failure(loop, TemplateLimits(steps: 500))))
    #expect(isLimit(failure(loop, TemplateLimits(outputBytes: 999))))
    #expect(failure(loop, TemplateLimits(outputBytes: 1000)) == nil)
    let macro = "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(50) }}"
    #expect(failure(macro) == nil)
    #expect(isLimit(failure(macro, TemplateLimits(depth: 50))))
  }

  @Test func valuesThatReferToThemselvesAreFreed() {
    let source =
      "{% set ns = namespace() %}{% set ns.me = ns %}"
      + "{% for i in range(9000) %}{% set ns.x = namespace(prev=ns.x) %}{% endfor %}"
      + "{% macro m() %}{% endmacro %}{% set ns.m = m %}done"
    #expect(failure(source) == nil)
  }
}
