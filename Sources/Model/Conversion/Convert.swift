import Checkpoint
import Files
import GGUF

/// Converts a model between Hugging Face folders and GGUF files, or to another element type.
///
/// A path that ends with `.gguf` means a GGUF file, any other a folder with `config.json`, safetensors
/// and a tokenizer. All four directions are possible; GGUF input may be split. Values, names and
/// metadata are those of llama.cpp's converter, and what was changed in one direction is undone in
/// the other. Tensors are read, converted and written one by one.
///
/// - Parameters:
///   - input: A Hugging Face folder, a GGUF file or any part of one, or a folder with one.
///   - output: The file or folder to write.
///   - options: The element type, the size of files, what may be replaced.
///   - progress: Called after each tensor; what it throws stops the work.
/// - Throws: ``ConversionError``, ``ModelError`` for configurations, `CheckpointMismatch` for weights
///   that are missing or left over, `CheckpointError` for files, `TokenizerError` for tokenizers.
/// - Returns: What was written, and what other programs will not do as the model asks.
@discardableResult
public func convert(
  from input: String, to output: String, options: ConversionOptions = ConversionOptions(),
  progress: (ConversionProgress) throws -> Void = { _ in }
) throws -> ConversionSummary {
  let isFolder = isDirectory(input) && fileExists(input / "config.json")
  let makesGGUF = output.hasSuffix(".gguf")
  guard fileExists(input) else { throw ConversionError.input(input, reason: "it does not exist") }
  let checkpoint = try CheckpointReader(input)
  let isGGUF = checkpoint.sources.first is GGUFTensorFile
  guard isFolder && !isGGUF || isGGUF else {
    throw ConversionError.input(
      input, reason: "it is neither a GGUF file nor a folder with config.json")
  }
  try checkPlaces(input, checkpoint, output, options)
  switch (isGGUF, makesGGUF) {
  case (false, true):
    return try HuggingFaceToGGUF(input, checkpoint, options).write(to: output, progress)
  case (true, true):
    return try GGUFToGGUF(input, checkpoint, options).write(to: output, progress)
  case (true, false):
    return try GGUFToHuggingFace(input, checkpoint, options).write(to: output, progress)
  case (false, false):
    return try HuggingFaceToHuggingFace(input, checkpoint, options).write(to: output, progress)
  }
}

/// Refuses an output that lies on the input, or on something else without leave.
private func checkPlaces(
  _ input: String, _ checkpoint: CheckpointReader, _ output: String, _ options: ConversionOptions
) throws {
  let own = [input] + checkpoint.sources.map(\.path)
  if own.contains(where: { isSameFile($0, output) }) {
    throw ConversionError.overwritesInput(output: output)
  }
  if isDirectory(output) {
    let held = (try? listDirectory(output)) ?? []
    // Another model would be mixed with this one.
    if !options.replaces && held.contains(where: { isModelFile($0) }) {
      throw ConversionError.exists(output: output)
    }
    if output.hasSuffix(".gguf") { throw ConversionError.exists(output: output) }
  } else if fileExists(output) && !options.replaces {
    throw ConversionError.exists(output: output)
  }
}

private func isModelFile(_ name: String) -> Bool {
  name == "config.json" || name.hasPrefix("tokenizer") || name.hasSuffix(".safetensors")
    || name.hasSuffix(".gguf")
}
