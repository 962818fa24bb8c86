import GGUF
import Tokenizer

/// One input of the fuzzer, a GGUF file: what is accepted describes the file exactly; a vocabulary
/// in it encodes and decodes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  do throws(GGUFError) {
    let file = try GGUFFile(parsing: input, name: "input")
    for (key, value) in file.metadata {
      precondition(file[key] == value || value.double?.isNaN == true)
      guard let array = value.array else { continue }
      precondition(array.byteRange.upperBound <= count)
      precondition(array.count <= array.byteRange.count)
      _ = try? file.values(array).count
      _ = try? file.strings(array).count
      _ = try? file.numbers(array).count
    }
    for tensor in file.tensors {
      precondition(file.bytes(of: tensor)?.count == tensor.byteCount)
      precondition(tensor.offset >= file.dataOffset && tensor.offset <= count)
    }
  } catch {
    precondition(error.offset <= count && !error.reason.isEmpty)
  }
  use(input, name: "input.gguf")
  return 0
}

private func use(_ input: [UInt8], name: String) {
  guard let tokenizer = try? TextTokenizer(ofAnyFormat: input, name: name) else { return }
  let text = "The  wing's 123 \n<sep> é 燕 한 🦅 <s> ▁ a"
  let ids = tokenizer.encode(text, specialTokens: .parse)
  precondition(ids.allSatisfy { $0 >= 0 })
  _ = tokenizer.decode(ids)
  _ = tokenizer.encodeWithOffsets(text)
}
