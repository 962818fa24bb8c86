/// Why a conversion was refused.
public enum ConversionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The output would lie on the input.
  case overwritesInput(output: String)
  /// There is something already where the output should go.
  case exists(output: String)
  /// The format cannot say what the model has; all that is wrong.
  case unsayable(input: String, problems: [String])
  /// Tensors are quantized already.
  case requantizes(input: String, tensors: [String])
  /// The type cannot be had in the format.
  case type(String, output: String)
  /// The input is of no format that can be converted.
  case input(String, reason: String)

  /// A sentence that says which file, and what to do.
  public var description: String {
    switch self {
    case .overwritesInput(let output):
      "‘\(output)’ is what is to be converted: give another place for the result."
    case .exists(let output): "‘\(output)’ is there already; allow its replacement (--force)."
    case .unsayable(let input, let problems):
      "‘\(input)’ cannot become a GGUF file that llama.cpp runs: " + problems.joined(separator: "; ")
        + "."
    case .requantizes(let input, let tensors):
      "‘\(input)’ is quantized already (\(listed(tensors))); quantizing it again adds the errors of "
        + "both: start from the original, or allow it (--allow-requantize)."
    case .type(let type, let output):
      "‘\(output)’ is a Hugging Face folder, which cannot hold \(type); give float32, float16 or "
        + "bfloat16, or a name that ends with .gguf."
    case .input(let path, let reason): "‘\(path)’ cannot be converted: \(reason)."
    }
  }
}

/// The first few, and how many more.
private func listed(_ names: [String]) -> String {
  let shown = names.prefix(5).joined(separator: ", ")
  return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
}
