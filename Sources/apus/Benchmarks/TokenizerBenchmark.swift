import ArgumentParser
import Files
import JSON
import Tokenizer
import Training

/// `apus benchmark tokenizer`: encoding and decoding rates on a text.
struct TokenizerBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenizer",
    abstract: "Rates of encoding a text, in one piece and in paragraphs, of decoding and loading.",
    discussion: """
      Rates are in 10⁶ bytes of text a second. “encode” takes the whole text on one thread, \
      “encode_batch” its paragraphs (what stands between empty lines) on --threads. “new” is the \
      first time that the text is seen, after --warm, a text that fills the caches; the others are \
      medians over rounds with the same text.
      """)

  @OptionGroup var tokenizer: TokenizerOption

  @Option(help: "The text.")
  var file: String

  @Option(help: "Another text, which is encoded before.")
  var warm: String?

  @Option(help: "How many threads a batch uses; by default all processors.")
  var threads = 0

  @Option(help: "How many times each is measured.")
  var rounds = 5

  @Option(help: "How often the tokenizer is loaded; the median counts.")
  var loads = 3

  @Option(help: "Only these, with commas between them: encode, batch, count, decode.")
  var only = "encode,batch,count,decode"

  @Option(
    help: "Writes the ids to this with .whole and .batch after it: little-endian 32-bit integers.")
  var ids: String?

  @Flag(help: "Prints one JSON object.")
  var json = false

  func validate() throws {
    if threads < 0 { throw ValidationError("--threads must not be negative") }
    if rounds < 1 || loads < 1 { throw ValidationError("--rounds and --loads are at least 1") }
    for name in only.split(separator: ",") where !Self.parts.contains(String(name)) {
      throw ValidationError("--only knows encode, batch, count and decode, not \(name)")
    }
  }

  private static let parts = ["encode", "batch", "count", "decode"]

  func run() throws {
    var loadTimes: [Double] = []
    var loaded: TextTokenizer?
    for _ in 0..<loads {
      loaded = nil
      let began = secondsNow()
      loaded = try load()
      loadTimes.append(secondsNow() - began)
    }
    guard let tokenizer = loaded else { return }
    var result: JSONObject = [
      "rounds": .integer(Int64(rounds)), "threads": .integer(Int64(threads)),
      "load_milliseconds": .measured(Measuring.median(loadTimes) * 1e3),
      "resident_bytes": .integer(Int64(Measuring.residentBytes)),
    ]
    let text = try readText(file)
    let warmText = try warm.map { try readText($0) }
    let wanted = Set(only.split(separator: ",").map(String.init))
    let bytes = text.utf8.count
    result["bytes"] = .integer(Int64(bytes))
    if let warmText { _ = tokenizer.encode(warmText, addsTemplate: false) }
    var tokens: [TokenID] = []
    measure("encode", bytes, &result, isWanted: wanted.contains("encode")) {
      tokens = tokenizer.encode(text, addsTemplate: false)
      return nil
    }
    if wanted.contains("batch") {
      let paragraphs = Self.paragraphs(of: text)
      let size = paragraphs.reduce(0) { $0 + $1.utf8.count }
      result["paragraphs"] = .integer(Int64(paragraphs.count))
      // Another one, whose caches have not seen the text.
      let fresh = try load()
      let workers = threads > 0 ? threads : nil
      if let warmText {
        _ = fresh.encodeBatch(
          Self.paragraphs(of: warmText), addsTemplate: false, threads: workers)
      }
      var last = TokenBatch([[TokenID]]())
      measure("encode_batch", size, &result, isWanted: true) {
        // The batch of the round before is freed outside of the measurement, as users of a batch do
        // when they are through with it.
        let batch = fresh.encodeBatch(paragraphs, addsTemplate: false, threads: workers)
        return { last = batch }
      }
      result["batch_tokens"] = .integer(Int64(last.ids.count))
      if let ids { try Self.write(last.ids, to: ids + ".batch") }
    }
    if tokens.isEmpty { tokens = tokenizer.encode(text, addsTemplate: false) }
    result["tokens"] = .integer(Int64(tokens.count))
    measure("count", bytes, &result, isWanted: wanted.contains("count")) {
      _ = tokenizer.count(text, addsTemplate: false)
      return nil
    }
    measure("decode", bytes, &result, isWanted: wanted.contains("decode")) {
      _ = tokenizer.decode(tokens)
      return nil
    }
    result["peak_resident_bytes"] = .integer(Int64(Measuring.peakResidentBytes))
    if let ids { try Self.write(tokens, to: ids + ".whole") }
    if json {
      print(JSONValue.object(result).serialized())
    } else {
      for (key, value) in result { print("\(key): \(value.serialized())") }
    }
  }

  private func load() throws -> TextTokenizer {
    var tokenizer = try tokenizer.load()
    tokenizer.truncation = nil
    tokenizer.padding = nil
    return tokenizer
  }

  /// Measures something once, and then over the rounds; what it returns is called after the clock has
  /// stopped.
  private func measure(
    _ name: String, _ bytes: Int, _ result: inout JSONObject, isWanted: Bool,
    _ body: () -> (() -> Void)?
  ) {
    guard isWanted else { return }
    let megabytes = Double(bytes) / 1e6
    let times = (0...rounds).map { _ in
      let began = secondsNow()
      let afterwards = body()
      let seconds = secondsNow() - began
      afterwards?()
      return seconds
    }
    result["new_" + name + "_megabytes_per_second"] = .measured(megabytes / times[0])
    result[name + "_megabytes_per_second"] = .measured(
      megabytes / Measuring.median(Array(times.dropFirst())))
  }

  /// What stands between empty lines, line feeds at the ends left out.
  private static func paragraphs(of text: String) -> [String] {
    var paragraphs: [String] = []
    let bytes = text.utf8
    var start = bytes.startIndex
    var at = start
    while at != bytes.endIndex {
      let next = bytes.index(after: at)
      if bytes[at] == 0x0A, next != bytes.endIndex, bytes[next] == 0x0A {
        if start != at { paragraphs.append(String(text[start..<at])) }
        at = next
        while at != bytes.endIndex, bytes[at] == 0x0A { at = bytes.index(after: at) }
        start = at
      } else {
        at = next
      }
    }
    if start != bytes.endIndex { paragraphs.append(String(text[start...])) }
    return paragraphs
  }

  private static func write(_ ids: [TokenID], to path: String) throws {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * ids.count)
    for id in ids {
      for shift in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: id >> Int32(shift))) }
    }
    try writeAtomically(path, bytes)
  }
}
