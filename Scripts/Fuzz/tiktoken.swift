import Tokenizer

/// One input of the fuzzer: a tiktoken file, read as it is and after lines for all bytes, without
/// which none is accepted; or a tekken.json.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  use(input)
  use(bytes + input)
  return 0
}

/// A line for each byte.
private let bytes: [UInt8] = {
  let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  var text: [UInt8] = []
  for byte in 0..<256 {
    text += [letters[byte >> 2], letters[byte << 4 & 63]]
    text += Array("== \(byte)\n".utf8)
  }
  return text
}()

private let encodings = [
  TiktokenEncoding.gpt2,
  TiktokenEncoding(pattern: TiktokenEncoding.cl100k.pattern, specialTokens: ["<sep>": 9000]),
]

private func use(_ input: [UInt8]) {
  // One of the encodings, for loading takes most of the time.
  let encoding = encodings[input.count % encodings.count]
  if let tokenizer = try? TextTokenizer(
    ofAnyFormat: input, name: "input.tiktoken", encoding: encoding)
  {
    let text = "The  wing's 123 \n<sep> é 燕 한 🦅 <s> ▁ aa"
    let ids = tokenizer.encode(text)
    precondition(tokenizer.decode(ids).utf8.elementsEqual(text.utf8))
  }
}
