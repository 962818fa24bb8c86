import Files
import GGUF
import JSON

extension TextTokenizer {
  /// Reads the bytes of a file of any format that is one file, without what lies beside it.
  ///
  /// - Parameters:
  ///   - bytes: the file's bytes.
  ///   - name: what errors call the file.
  ///   - encoding: how a tiktoken file is to be understood, if its name does not say.
  package init(
    ofAnyFormat bytes: [UInt8], name: String, encoding: TiktokenEncoding? = nil
  ) throws(TokenizerError) {
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(TokenizerError) -> TokenizerDescription? in
        try TokenizerDescription(bytes, path: name, encoding: encoding)
      }
    }
    guard let description = try result.get() else {
      try self.init(parsing: bytes, name: name)
      return
    }
    try self.init(description.json, path: name, configuration: description.configuration)
  }
}

extension TokenizerDescription {
  /// Reads what is one file in its format; nil for JSON that is not Tekken's.
  fileprivate init?(
    _ bytes: UnsafeRawBufferPointer, path: String, encoding: TiktokenEncoding?
  ) throws(TokenizerError) {
    switch FileKind(bytes, name: path) {
    case .gguf:
      let container: GGUFFile
      do {
        container = try GGUFFile(parsing: Array(bytes), name: path)
      } catch {
        throw .damaged(path: path, offset: error.offset, reason: error.reason)
      }
      try self.init(container)
    case .sentencePiece:
      try self.init(try SentencePieceModel(parsing: bytes, path: path), path: path)
    case .tiktoken: try self.init(tiktoken: bytes, encoding, path: path, fileName: path)
    case .json:
      let json: JSONValue
      do {
        json = try JSONValue(parsing: bytes)
      } catch {
        throw .malformed(path: path, reason: error.description)
      }
      guard let object = json.object, object["config"]?.object != nil,
        object["vocab"]?.array != nil
      else { return nil }
      try self.init(tekken: object, path: path)
    case .merges, .wordPieces, nil:
      throw Self.unknownFormat(path)
    }
  }

  /// The error of a file that is like none of the formats.
  static func unknownFormat(_ path: String) -> TokenizerError {
    .damaged(
      path: path, offset: 0,
      reason: "no format begins like this; tokenizer.json, GGUF, SentencePiece, tiktoken,"
        + " tekken.json, vocab.json with merges.txt and vocab.txt are read")
  }
}
