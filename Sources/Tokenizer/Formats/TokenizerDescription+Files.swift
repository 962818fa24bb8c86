import Files
import GGUF
import JSON

extension TokenizerDescription {
  /// Reads what a path holds.
  init(contentsOf path: String) throws(TokenizerError) {
    let file: MappedFile
    do {
      file = try MappedFile(path)
    } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    if !file.bytes.prefix(4).elementsEqual(GGUFFile.magic) {
      let spm = try SentencePieceModel(parsing: file.bytes, path: path)
      try self.init(spm, path: path)
      return
    }
    let container: GGUFFile
    do {
      container = try GGUFFile(mapping: file)
    } catch {
      throw .damaged(path: path, offset: error.offset, reason: error.reason)
    }
    try self.init(container)
  }
}
