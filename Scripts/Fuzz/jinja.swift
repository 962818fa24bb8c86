import Tokenizer

/// One input of the fuzzer: a template, rendered with a conversation that has something of everything.
///
/// Whatever is rendered must have an origin for each byte, and each origin must be in bounds.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let source = String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  do throws(TemplateError) {
    let template = try ChatTemplate(source)
    let chat = try template.render(
      messages: messages, tools: tools, addGenerationPrompt: count % 2 == 0, variables: variables,
      limits: TemplateLimits(steps: 200_000, outputBytes: 1 << 22),
      now: TemplateDate(year: 2025, month: 7, day: 4))
    var end = 0
    let sourceCount = template.source.utf8.count
    for stretch in chat.stretches {
      precondition(stretch.range.lowerBound == end && !stretch.range.isEmpty)
      end = stretch.range.upperBound
      if case .template(let range) = stretch.origin {
        precondition(range.upperBound <= sourceCount)
      }
    }
    precondition(end == chat.text.utf8.count)
    for range in chat.generationRanges { precondition(range.upperBound <= end) }
    for turn in chat.turns(of: ["assistant", "user"]) {
      precondition(turn.body.upperBound <= end && turn.after.upperBound <= end)
    }
  } catch {
    precondition(!error.description.isEmpty)
  }
  return 0
}

private let messages: TemplateValue = [
  ["role": "system", "content": " Be brief. "],
  ["role": "user", "content": [["type": "text", "text": "Où est l'été 🦅?"]]],
  [
    "role": "assistant", "content": "a,b\nc", "n": 3, "x": 2.5,
    "tool_calls": [["function": ["name": "f", "arguments": ["q": [1, nil, true]]]]],
  ],
]
private let tools: TemplateValue = [["type": "function", "function": ["name": "f"]]]
private let variables: TemplateObject = ["bos_token": "<s>", "eos_token": "</s>"]
