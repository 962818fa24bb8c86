import Tokenizer

/// One input of the fuzzer, a SentencePiece model: what is accepted encodes and decodes, and comes
/// back from its tokenizer.json.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  guard let tokenizer = try? TextTokenizer(ofAnyFormat: input, name: "input.model") else {
    return 0
  }
  let text = "The  wing's 123 \n<sep> é 燕 한 🦅 <s> ▁ aa"
  let ids = tokenizer.encode(text, specialTokens: .parse)
  precondition(ids.allSatisfy { $0 >= 0 })
  _ = tokenizer.decode(ids)
  _ = tokenizer.encodeWithOffsets(text)
  guard let again = try? TextTokenizer(parsing: tokenizer.serialized()) else {
    preconditionFailure("own text refused")
  }
  precondition(again.encode(text, specialTokens: .parse) == ids)
  return 0
}
