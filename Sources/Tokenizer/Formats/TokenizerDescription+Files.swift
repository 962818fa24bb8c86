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
    let container: GGUFFile
    do {
      container = try GGUFFile(mapping: file)
    } catch {
      throw .damaged(path: path, offset: error.offset, reason: error.reason)
    }
    try self.init(container)
  }
}
