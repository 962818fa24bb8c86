import Checkpoint
import GGUF

/// The metadata of a GGUF model, its keys without the architecture's name.
struct GGUFMetadata {
  /// The file, whose first part has all metadata.
  let file: GGUFFile
  /// `general.architecture`.
  let architecture: String

  init(_ file: GGUFFile) throws(ModelError) {
    guard let name = file["general.architecture"]?.string else {
      throw .configuration(
        path: file.path, problems: ["general.architecture is missing: this is no model"])
    }
    self.file = file
    architecture = name
  }

  /// A whole number of the architecture.
  func integer(_ key: String) -> Int? { file["\(architecture).\(key)"]?.integer }
  /// A number of the architecture.
  func number(_ key: String) -> Double? { file["\(architecture).\(key)"]?.double }
  /// A text of the architecture.
  func text(_ key: String) -> String? { file["\(architecture).\(key)"]?.string }
  /// A truth value of the architecture.
  func flag(_ key: String) -> Bool? { file["\(architecture).\(key)"]?.bool }

  /// A whole number, or the first of a list with one for each layer; nil where layers differ.
  func uniform(_ key: String) -> Int? {
    if let single = integer(key) { return single }
    guard let list = integers(key), let first = list.first,
      list.allSatisfy({ $0 == first })
    else { return nil }
    return first
  }

  /// A list of whole numbers of the architecture.
  func integers(_ key: String) -> [Int]? {
    guard let array = file["\(architecture).\(key)"]?.array, array.count <= 1 << 16,
      let values = try? file.values(array)
    else { return nil }
    let numbers = values.compactMap { value in
      value.integer ?? value.bool.map { $0 ? 1 : 0 }
    }
    return numbers.count == values.count ? numbers : nil
  }

  /// The number of a special token.
  func token(_ name: String) -> Int? { file["tokenizer.ggml.\(name)_token_id"]?.integer }

  /// How many tokens the vocabulary has.
  var tokenCount: Int? { file["tokenizer.ggml.tokens"]?.array?.count }
}
