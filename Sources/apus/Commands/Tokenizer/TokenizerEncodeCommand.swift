import ArgumentParser
import Files
import JSON
import Tokenizer

/// `apus tokenizer encode`.
struct TokenizerEncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Turns text into token ids.",
    discussion: """
      Each line of the files, or of standard input if there are none, is a text; its line feed is \
      not part of it. Each gives a line of ids. Lines are read, encoded on all cores and written in \
      batches, so the input may be larger than memory.

      Special tokens that a text spells out, such as <|endoftext|>, are handled as --special says:
        none    they are text like any other, so that text from strangers cannot control a model \
      (tiktoken: disallowed_special=(); transformers: split_special_tokens=True)
        parse   each becomes its id (the default of Hugging Face tokenizers)
        all     the same under its name in tiktoken: allowed_special="all"
        refuse  they are errors (the default of tiktoken)
      --allow TOKEN makes an exception of one token for none and refuse. Added tokens that are not \
      special are always found.
      """)

  @OptionGroup var tokenizer: TokenizerOption

  @Option(help: "What happens to special tokens in the text: none, parse, all or refuse.")
  var special = SpecialTokenOption.none

  @Option(
    help: ArgumentHelp("A special token that becomes its id. Repeatable.", valueName: "token"))
  var allow: [String] = []

  @Flag(name: .customLong("no-template"), help: "Leaves out the tokens put around each text.")
  var omitsTemplate = false

  @Flag(
    name: .customLong("no-truncation"),
    help: "Neither shortens nor pads, even where the tokenizer's file says so.")
  var isUnlimited = false

  @Flag(help: "Each line of the input is a JSON string, each line of the output a JSON array.")
  var jsonLines = false

  @Flag(help: "Each file is one text, which must fit into memory.")
  var whole = false

  @Flag(help: "Prints objects with “ids” and “offsets”: [start, end] of each token in UTF-8 bytes.")
  var offsets = false

  @Flag(help: "Prints how many tokens each text has instead of their ids.")
  var count = false

  @Option(help: "How many threads to use; by default all processors.")
  var threads = 0

  @Argument(help: "The files; “-” is standard input.")
  var files: [String] = []

  func validate() throws {
    if threads < 0 { throw ValidationError("--threads must not be negative") }
    if offsets && count { throw ValidationError("give either --offsets or --count") }
    if whole && jsonLines { throw ValidationError("give either --whole or --json-lines") }
  }

  func run() throws {
    var tokenizer = try tokenizer.load()
    if isUnlimited {
      tokenizer.truncation = nil
      tokenizer.padding = nil
    }
    // Each line is a text of its own: what else is in the batch must not show.
    if tokenizer.padding?.length == nil { tokenizer.padding = nil }
    for token in allow where !tokenizer.addedTokens.contains(where: { $0.token.content == token }) {
      throw ValidationError("--allow \(token): the tokenizer has no such special token")
    }
    var output = StandardOutput()
    if whole {
      for file in files.isEmpty ? ["-"] : files {
        let text = try readText(file == "-" ? "/dev/stdin" : file)
        try write(tokenizer, [text], to: &output) { _ in "“\(file)”" }
      }
      return try output.flush()
    }
    let lines = LineReader(files)
    var progress = StreamProgress()
    while let batch = try lines.next() {
      let texts = try jsonLines ? Self.strings(of: batch) : batch.texts()
      try write(tokenizer, texts, to: &output) { batch.place(of: $0) }
      try output.flush()
      progress.update(bytes: lines.byteCount)
    }
    progress.finish(bytes: lines.byteCount)
  }

  /// The texts of lines that are JSON strings.
  private static func strings(of batch: LineBatch) throws(Failure) -> [String] {
    var texts: [String] = []
    texts.reserveCapacity(batch.ranges.count)
    for index in batch.ranges.indices {
      let value = try batch.json(index)
      guard case .string(let text) = value else {
        throw Failure("\(batch.place(of: index)) holds \(value.kind); it must be a JSON string.")
      }
      texts.append(text)
    }
    return texts
  }

  private var handling: SpecialTokenHandling {
    special.handling == .asText && !allow.isEmpty ? .parseOnly(Set(allow)) : special.handling
  }

  private func write(
    _ tokenizer: TextTokenizer, _ texts: [String], to output: inout StandardOutput,
    place: (Int) -> String
  ) throws {
    if special == .refuse {
      for (index, text) in texts.enumerated() { try refuse(tokenizer, text, place(index)) }
    }
    let workers = threads > 0 ? threads : nil
    var line: [UInt8] = []
    if offsets {
      let results = tokenizer.encodeBatchWithOffsets(
        texts, specialTokens: handling, addsTemplate: !omitsTemplate, threads: workers)
      for result in results {
        line.removeAll(keepingCapacity: true)
        line += "{\"ids\":".utf8
        line.append(list: result.ids)
        line += ",\"offsets\":[".utf8
        for (index, range) in result.offsets.enumerated() {
          if index > 0 { line.append(UInt8(ascii: ",")) }
          line.append(UInt8(ascii: "["))
          line.append(decimal: range.lowerBound)
          line.append(UInt8(ascii: ","))
          line.append(decimal: range.upperBound)
          line.append(UInt8(ascii: "]"))
        }
        line += "]}\n".utf8
        try output.append(line)
      }
      return
    }
    let results = tokenizer.encodeBatch(
      texts, specialTokens: handling, addsTemplate: !omitsTemplate, threads: workers)
    for ids in results {
      line.removeAll(keepingCapacity: true)
      if count {
        line.append(decimal: ids.count)
      } else if jsonLines {
        line.append(list: ids)
      } else {
        line.append(ids, separator: UInt8(ascii: " "))
      }
      line.append(UInt8(ascii: "\n"))
      try output.append(line)
    }
  }

  /// Stops at a special token in a text that is not allowed.
  private func refuse(_ tokenizer: TextTokenizer, _ text: String, _ place: String) throws {
    guard !allow.isEmpty else {
      do { try tokenizer.refuseSpecialTokens(in: text) } catch {
        throw Failure("\(place): \(error)")
      }
      return
    }
    // With exceptions, what was parsed beyond them gives the token away.
    let allowed = tokenizer.encode(text, specialTokens: .parseOnly(Set(allow)), addsTemplate: false)
    let all = tokenizer.encode(text, specialTokens: .parse, addsTemplate: false)
    if allowed != all {
      throw Failure("\(place): the text holds a special token that --allow does not name.")
    }
  }
}
