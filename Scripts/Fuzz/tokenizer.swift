import Tokenizer

/// Texts with something for every component: cases, marks, spaces of all kinds, digits, signs, scripts,
/// special tokens, broken bytes.
private let texts: [[UInt8]] = [
  Array("The swift's CAN'T  12345 \r\n\t Ünïcödé e\u{301}\u{323} ﬁ Ⅻ 飞雨 한글 ก้ 🦅👍🏽 <s>a</s> ▁▁x".utf8),
  Array("a".utf8), [], [0xFF, 0x20, 0xC3, 0x28, 0xE2, 0x96], [UInt8](repeating: 0x61, count: 200),
]

/// One input of the fuzzer, a tokenizer.json: what is accepted encodes and decodes any text, and
/// comes back from its own text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let tokenizer = try? TextTokenizer(parsing: input) else { return 0 }
  for text in texts {
    text.withUnsafeBufferPointer { text in
      for handling in [SpecialTokenHandling.parse, .asText] {
        let ids = tokenizer.encode(utf8: text, specialTokens: handling)
        precondition(ids.allSatisfy { $0 >= 0 })
        _ = tokenizer.decode(ids)
        var stream = tokenizer.streamDecoder(skipsSpecialTokens: false)
        let parts = ids.map { stream.append($0) } + [stream.finish()]
        let whole = tokenizer.decode(ids, skipsSpecialTokens: false)
        precondition(parts.joined().utf8.elementsEqual(whole.utf8))
      }
    }
    let string = String(decoding: text, as: UTF8.self)
    let located = tokenizer.encodeWithOffsets(string, specialTokens: .parse)
    precondition(located.ids.count == located.offsets.count)
    precondition(located.offsets.allSatisfy { $0.upperBound <= string.utf8.count })
    _ = try? tokenizer.encoding(of: string, pair: "pair")
  }
  guard let again = try? TextTokenizer(parsing: tokenizer.serialized()) else {
    preconditionFailure("own text refused")
  }
  texts[0].withUnsafeBufferPointer { text in
    precondition(
      tokenizer.encode(utf8: text, specialTokens: .parse)
        == again.encode(utf8: text, specialTokens: .parse))
  }
  return 0
}
