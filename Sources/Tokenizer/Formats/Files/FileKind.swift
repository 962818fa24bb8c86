import Files
import GGUF

/// What a file of a tokenizer is, judged by its content.
enum FileKind {
  /// JSON: a tokenizer.json, a tekken.json or a vocab.json.
  case json
  case gguf
  case sentencePiece
  case tiktoken
  /// GPT-2's merges.txt, which belongs to a vocab.json.
  case merges
  /// BERT's vocab.txt.
  case wordPieces

  /// Looks at the beginning of a file; nil if no format is like it.
  init?(_ bytes: UnsafeRawBufferPointer, name: String) {
    if bytes.prefix(4).elementsEqual(GGUFFile.magic) {
      self = .gguf
    } else if Self.looksLikeRanks(bytes) {
      self = .tiktoken
    } else if bytes.prefix(8).elementsEqual("#version".utf8) || name == "merges.txt" {
      self = .merges
    } else if bytes.first == 0x0A && !name.hasSuffix(".txt") {
      // Field 1 of the protocol buffer: the first piece.
      self = .sentencePiece
    } else if bytes.first(where: { ![0x20, 0x0A, 0x0D, 0x09].contains($0) }) == 0x7B
      && !name.hasSuffix(".txt")
    {
      self = .json
    } else if !bytes.isEmpty,
      String(validating: bytes.prefix(1 << 16), as: UTF8.self) != nil
        || name.hasSuffix(".txt")
    {
      self = .wordPieces
    } else {
      return nil
    }
  }

  /// Whether the first line is a token in Base64 and a number.
  private static func looksLikeRanks(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard
      let end = bytes.prefix(1 << 12).firstIndex(of: 0x0A)
        ?? (bytes.count < 1 << 12 ? bytes.count : nil)
    else { return false }
    var line = bytes[..<end]
    if line.last == 0x0D { line = line.dropLast() }
    guard let space = line.firstIndex(of: 0x20), space > 0, space + 1 < line.endIndex else {
      return false
    }
    guard line[(space + 1)...].allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return false }
    var token: [UInt8] = []
    return Base64.decode(UnsafeRawBufferPointer(rebasing: line[..<space]), into: &token)
  }
}
