import ArgumentParser
import JSON
import Tokenizer

/// `apus tokenizer decode`.
struct TokenizerDecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Turns token ids into text.",
    discussion: """
      The ids are the arguments, or each line of standard input or of --file is a list of them: \
      numbers with spaces or commas between them, in brackets or not, as encode prints them. With \
      --json-lines each line is a JSON array of ids, or an object with “ids”, and gives a JSON \
      string. Bytes that are not valid UTF-8, such as half a character, become U+FFFD.
      """)

  @OptionGroup var tokenizer: TokenizerOption

  @Flag(help: "Shows special tokens, which are left out otherwise.")
  var keepSpecial = false

  @Flag(help: "Each line of the input is a JSON array of ids, each line of the output a string.")
  var jsonLines = false

  @Option(help: "A file to read instead of standard input. Repeatable.")
  var file: [String] = []

  @Argument(help: "The ids.")
  var ids: [String] = []

  func validate() throws {
    if !ids.isEmpty && (jsonLines || !file.isEmpty) {
      throw ValidationError("give ids as arguments, or --json-lines or --file")
    }
  }

  func run() throws {
    let tokenizer = try tokenizer.load()
    var output = StandardOutput()
    if !ids.isEmpty {
      let list = try parse(ids.joined(separator: " "), "the arguments", tokenizer)
      try output.line(tokenizer.decode(list, skipsSpecialTokens: !keepSpecial))
      return try output.flush()
    }
    let lines = LineReader(file)
    var progress = StreamProgress()
    while let batch = try lines.next() {
      if jsonLines {
        for index in batch.ranges.indices {
          let list = try jsonIDs(batch, index, tokenizer)
          let text = tokenizer.decode(list, skipsSpecialTokens: !keepSpecial)
          try output.line(JSONValue.string(text).serialized())
        }
      } else {
        for (index, text) in try batch.texts().enumerated() {
          let list = try parse(text, batch.place(of: index), tokenizer)
          try output.line(tokenizer.decode(list, skipsSpecialTokens: !keepSpecial))
        }
      }
      try output.flush()
      progress.update(bytes: lines.byteCount)
    }
    progress.finish(bytes: lines.byteCount)
  }

  /// The ids in a line of JSON.
  private func jsonIDs(
    _ batch: LineBatch, _ index: Int, _ tokenizer: TextTokenizer
  ) throws(Failure) -> [TokenID] {
    let value = try batch.json(index)
    guard let list = value.array ?? value.object?["ids"]?.array else {
      throw Failure(
        "\(batch.place(of: index)) holds \(value.kind); it must be an array of ids or an object"
          + " with “ids”.")
    }
    var ids: [TokenID] = []
    ids.reserveCapacity(list.count)
    for element in list {
      guard let id = element.integer, id >= 0, id < tokenizer.vocabularySize else {
        throw noToken(element.serialized(), batch.place(of: index), tokenizer)
      }
      ids.append(TokenID(id))
    }
    return ids
  }

  /// The ids in a line of numbers.
  private func parse(
    _ text: String, _ place: String, _ tokenizer: TextTokenizer
  ) throws(Failure) -> [TokenID] {
    var ids: [TokenID] = []
    for word in text.split(whereSeparator: { " ,[]\t\r".contains($0) }) {
      guard let id = TokenID(word), id >= 0, Int(id) < tokenizer.vocabularySize else {
        throw noToken(String(word), place, tokenizer)
      }
      ids.append(id)
    }
    return ids
  }

  private func noToken(_ text: String, _ place: String, _ tokenizer: TextTokenizer) -> Failure {
    Failure(
      "\(quoted(text)) in \(place) is not an id of this tokenizer, whose ids are"
        + " 0 to \(tokenizer.vocabularySize - 1).")
  }
}
