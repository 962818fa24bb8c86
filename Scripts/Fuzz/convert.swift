import Checkpoint
import Files
import GGUF
import JSON
import Model

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One input of the fuzzer: a model that is converted, in three ways.
///
/// An input that begins as a GGUF file is one; any is also read as instructions, either to change a
/// configuration of the tests, whose folder is then converted, or to change bytes before the tensors
/// of a GGUF file that was made of such a folder. What a folder was converted to must load.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = UnsafeRawBufferPointer(start: start, count: count)
  var instructions = Instructions(rest: input[...])
  if input.starts(with: "GGUF".utf8) {
    convertFile(Array(input) + padding, &instructions)
  } else if instructions.next(below: 2) == 0 {
    convertFolder(&instructions)
  } else {
    convertFile(instructions.file(), &instructions)
  }
  return 0
}

/// Data after a header that was changed.
private let padding = [UInt8](repeating: 0, count: 4096)

/// A folder in memory, if there is one.
private let place: String = {
  let root = isDirectory("/dev/shm") ? "/dev/shm" : ".build-fuzz"
  return root / "apus-fuzz-convert-\(getpid())"
}()

/// GGUF files made of the models of the tests, and how many of their bytes are no tensors.
private let files: [(bytes: [UInt8], header: Int)] = cases.compactMap { one in
  let path = place / "seed.gguf"
  var options = ConversionOptions()
  options.replaces = true
  do {
    try createDirectories(place)
    try convert(from: one.path, to: path, options: options)
    let bytes = try readFile(path)
    let header = try GGUFFile(parsing: bytes, name: path).dataOffset
    return (bytes, header)
  } catch {
    return nil
  }
}

extension Instructions {
  /// A file with a few other bytes before the tensors.
  fileprivate mutating func file() -> [UInt8] {
    let (original, header) = files[next(below: files.count)]
    var bytes = original
    for _ in 0..<1 + next(below: 5) {
      let position = next(below: header)
      let numbers: [UInt64] = [0, 1, 2, 8, 255, 4096, 1 << 31, 1 << 32, 1 << 62, 1 << 63, .max]
      let number = numbers[next(below: numbers.count)]
      switch next(below: 6) {
      case 0: bytes[position] = UInt8(next(below: 256))
      case 1: bytes[position] &+= 1
      case 2: bytes[position] ^= 1 << UInt8(next(below: 8))
      case 3:
        for index in 0..<4 where position + index < header {
          bytes[position + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index))
        }
      case 4:
        for index in 0..<8 where position + index < header {
          bytes[position + index] = UInt8(truncatingIfNeeded: number >> UInt64(8 * index))
        }
      default:  // a stretch of another place
        let source = next(below: header)
        let length = min(next(below: 64), header - max(position, source))
        for index in 0..<length { bytes[position + index] = original[source + index] }
      }
    }
    if next(below: 32) == 0 { bytes.removeLast(next(below: bytes.count)) }
    return bytes
  }

  fileprivate mutating func options() -> ConversionOptions {
    var options = ConversionOptions()
    options.type = ConversionType.allCases[next(below: ConversionType.allCases.count)]
    options.allowsRequantizing = next(below: 2) == 0
    options.replaces = true
    if next(below: 4) == 0 { options.largestFile = 1 + next(below: 20_000) }
    return options
  }
}

private let tokenizers: [String] = {
  let folder = "Scripts/Fuzz/tokenizer"
  let names = (try? listDirectory(folder)) ?? []
  return names.filter { $0.hasSuffix(".json") }.sorted().compactMap { try? readText(folder / $0) }
}()

/// Converts a folder with the weights of a model of the tests.
private func convertFolder(_ instructions: inout Instructions) {
  let configuration = instructions.configuration()
  let type = configuration.object?["model_type"]?.string
  let model = cases.first { $0.type == type } ?? cases[0]
  let folder = place / "in"
  do {
    try createDirectories(folder)
    try writeAtomically(folder / "config.json", configuration.serialized())
    try writeAtomically(folder / "model.safetensors", readFile(model.path / "model.safetensors"))
    try writeAtomically(
      folder / "generation_config.json", instructions.generation().serialized())
    let tokenizer = instructions.next(below: tokenizers.count * 3)
    if tokenizer < tokenizers.count {
      try writeAtomically(folder / "tokenizer.json", tokenizers[tokenizer])
    } else {
      try removeFile(folder / "tokenizer.json", ifExists: true)
    }
  } catch {
    preconditionFailure("the folder cannot be written: \(error)")
  }
  let output = instructions.next(below: 4) > 0 ? place / "out.gguf" : place / "out"
  if let summary = converted(folder, output, &instructions), output.hasSuffix(".gguf") {
    do { _ = try Transformer(contentsOf: summary.files[0]) } catch {
      preconditionFailure("own file refused: \(error)")
    }
  }
  clear()
}

/// Converts a GGUF file.
private func convertFile(_ bytes: [UInt8], _ instructions: inout Instructions) {
  let path = place / "in.gguf"
  do {
    try createDirectories(place)
    try writeAtomically(path, bytes)
  } catch {
    preconditionFailure("the file cannot be written: \(error)")
  }
  do { _ = try Transformer(contentsOf: path) } catch { precondition(!"\(error)".isEmpty) }
  let output = instructions.next(below: 2) == 0 ? place / "out.gguf" : place / "out"
  _ = converted(path, output, &instructions)
  clear()
}

private func converted(
  _ input: String, _ output: String, _ instructions: inout Instructions
) -> ConversionSummary? {
  do {
    let summary = try convert(from: input, to: output, options: instructions.options())
    precondition(!summary.files.isEmpty && summary.files.allSatisfy { fileExists($0) })
    return summary
  } catch {
    precondition(!"\(error)".isEmpty)
    return nil
  }
}

/// Removes what was written.
private func clear() {
  for folder in [place, place / "out", place / "in"] where isDirectory(folder) {
    for name in (try? listDirectory(folder)) ?? [] where !isDirectory(folder / name) {
      try? removeFile(folder / name, ifExists: true)
    }
  }
}
