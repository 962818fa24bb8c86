import Checkpoint
import GGUF
import Tokenizer

/// One input of the fuzzer, a GGUF file: what is accepted describes the file exactly; a vocabulary
/// in it encodes and decodes, and its tensors are those of a checkpoint.
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
    checkTensors(file)
    _ = GGUFParts.contradictions(of: [file, file])
  } catch {
    precondition(error.offset <= count && !error.reason.isEmpty)
  }
  use(input, name: "input.gguf")
  return 0
}

private func checkTensors(_ file: GGUFFile) {
  do throws(CheckpointError) {
    let source = try GGUFTensorFile(file)
    precondition(source.entries.count == file.tensors.count)
    for entry in source.entries {
      guard let stored = source[entry.name] else { preconditionFailure("a tensor without bytes") }
      precondition(entry.elementType.byteCount(ofShape: entry.shape) == stored.bytes.count)
      // The bytes can be touched.
      _ = stored.withUnsafeBytes { bytes in (bytes.first ?? 0) &+ (bytes.last ?? 0) }
    }
  } catch {
    precondition(!error.description.isEmpty)
  }
}

private func use(_ input: [UInt8], name: String) {
  guard let tokenizer = try? TextTokenizer(ofAnyFormat: input, name: name) else { return }
  let text = "The  wing's 123 \n<sep> é 燕 한 🦅 <s> ▁ a"
  let ids = tokenizer.encode(text, specialTokens: .parse)
  precondition(ids.allSatisfy { $0 >= 0 })
  _ = tokenizer.decode(ids)
  _ = tokenizer.encodeWithOffsets(text)
}
