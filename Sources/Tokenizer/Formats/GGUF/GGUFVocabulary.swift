import Files
import GGUF
import JSON

/// The vocabulary of a GGUF file: what the metadata under `tokenizer.` says.
struct GGUFVocabulary {
  let file: GGUFFile
  /// The tokens in the order of their ids.
  var tokens: [String]
  /// What each token is.
  var kinds: [Kind]

  /// What a token is, by its number in `tokenizer.ggml.token_type`.
  enum Kind: Int {
    case undefined = 0
    case normal
    case unknown
    case control
    case userDefined
    case unused
    case byte
  }

  init(_ file: GGUFFile) throws(TokenizerError) {
    self.file = file
    let name = "tokenizer.ggml.tokens"
    guard let list = file[name]?.array, list.elementType == .string else {
      throw .invalid(
        path: file.path, field: name,
        reason: "must be an array of strings; this GGUF file has no vocabulary")
    }
    guard list.count <= TokenTable.largestID else {
      throw .invalid(path: file.path, field: name, reason: "holds too many tokens: \(list.count)")
    }
    do {
      tokens = try file.strings(list).enumerated().map { $1.isEmpty ? "[EMPTY_\($0)]" : $1 }
    } catch {
      throw .damaged(path: error.path, offset: error.offset, reason: error.reason)
    }
    if let id = tokens.firstIndex(where: { $0.utf8.count > DerivedMerges.longestToken }) {
      throw .invalid(
        path: file.path, field: "\(name)[\(id)]",
        reason: "has more than \(DerivedMerges.longestToken) bytes")
    }
    kinds = []
    let types = try numbers("tokenizer.ggml.token_type")
    kinds =
      types.map { $0.prefix(tokens.count).map { Kind(rawValue: Int($0)) ?? .undefined } }
      ?? [Kind](repeating: .normal, count: tokens.count)
  }

  /// The tokens as a table in which their ids are the numbers, if no token is there twice.
  var table: ByteStringTable {
    let table = ByteStringTable(capacity: tokens.count)
    for token in tokens { _ = table.insert(token) }
    return table
  }

  /// The numbers of an array that has one for each token, or nil if there is no such array.
  func numbers(_ key: String) throws(TokenizerError) -> [Double]? {
    guard let value = file[key] else { return nil }
    guard let array = value.array, array.elementType.byteCount != nil, array.count >= tokens.count
    else {
      throw .invalid(
        path: file.path, field: key, reason: "must be an array of \(tokens.count) numbers")
    }
    let numbers: [Double]
    do {
      numbers = try file.numbers(array)
    } catch {
      throw .damaged(path: error.path, offset: error.offset, reason: error.reason)
    }
    for number in numbers where !(abs(number) < 1e30) {
      throw .invalid(
        path: file.path, field: key, reason: "holds \(number), which is no possible number")
    }
    return numbers
  }

  /// The text of a key under `tokenizer.ggml.`.
  func text(_ key: String) -> String? { file["tokenizer.ggml.\(key)"]?.string }

  /// The truth value of a key under `tokenizer.ggml.`.
  func flag(_ key: String) -> Bool? { file["tokenizer.ggml.\(key)"]?.bool }

  /// A token that the metadata names by id; one that the vocabulary does not have is none.
  func token(_ key: String, default fallback: Int? = nil) -> (text: String, id: Int)? {
    guard let id = file["tokenizer.ggml.\(key)_token_id"]?.integer ?? fallback,
      tokens.indices.contains(id)
    else { return nil }
    return (tokens[id], id)
  }

  /// The first of some tokens that the metadata names.
  func token(_ keys: [String], default fallback: Int? = nil) -> (text: String, id: Int)? {
    for key in keys {
      if let token = token(key) { return token }
    }
    return keys.last.flatMap { token($0, default: fallback) }
  }
}
