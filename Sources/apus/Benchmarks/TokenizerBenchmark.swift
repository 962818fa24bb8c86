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
      Rates are in 10⁶ bytes of text a second, medians over the rounds. “encode” takes the whole text \
      on one thread, “encode_batch” its paragraphs (what stands between empty lines) on --threads. \
      “first” is the first encoding of the whole text, with empty caches.
      """)

  @OptionGroup var tokenizer: TokenizerOption

  @Option(help: "The text.")
  var file: String

  @Option(help: "How many threads a batch uses; by default all processors.")
  var threads = 0

  @Option(help: "How many times each is measured.")
  var rounds = 5

  @Option(help: "How often the tokenizer is loaded; the median counts.")
  var loads = 3

  @Option(help: "Only these, with commas between them: encode, batch, count, decode.")
  var only = "encode,batch,count,decode"

  @Option(
    help: "A file for the whole text's ids, little-endian 32-bit integers, to compare them with.")
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
      loaded = try tokenizer.load()
      loadTimes.append(secondsNow() - began)
    }
    guard let tokenizer = loaded else { return }
    let resident = Measuring.residentBytes
    let text = try readText(file)
    let paragraphs = Self.paragraphs(of: text)
    let wanted = Set(only.split(separator: ",").map(String.init))
    let megabytes = Double(text.utf8.count) / 1e6
    var result: JSONObject = [
      "bytes": .integer(Int64(text.utf8.count)), "paragraphs": .integer(Int64(paragraphs.count)),
      "rounds": .integer(Int64(rounds)),
    ]
    let began = secondsNow()
    let tokens = tokenizer.encode(text, addsTemplate: false)
    let first = secondsNow() - began
    result["tokens"] = .integer(Int64(tokens.count))
    result["load_milliseconds"] = .measured(Measuring.median(loadTimes) * 1e3)
    result["first_encode_megabytes_per_second"] = .measured(megabytes / first)
    func measure(_ name: String, _ part: String, bytes: Double, _ body: () -> Void) {
      guard wanted.contains(part) else { return }
      body()
      let times = (0..<rounds).map { _ in
        let began = secondsNow()
        body()
        return secondsNow() - began
      }
      result[name + "_megabytes_per_second"] = .measured(bytes / Measuring.median(times))
    }
    measure("encode", "encode", bytes: megabytes) {
      _ = tokenizer.encode(text, addsTemplate: false)
    }
    if wanted.contains("batch") {
      let size = Double(paragraphs.reduce(0) { $0 + $1.utf8.count }) / 1e6
      let workers = threads > 0 ? threads : nil
      result["batch_threads"] = .integer(Int64(threads))
      measure("encode_batch", "batch", bytes: size) {
        _ = tokenizer.encodeBatch(paragraphs, addsTemplate: false, threads: workers)
      }
    }
    measure("count", "count", bytes: megabytes) { _ = tokenizer.count(text, addsTemplate: false) }
    measure("decode", "decode", bytes: megabytes) { _ = tokenizer.decode(tokens) }
    result["resident_bytes"] = .integer(Int64(resident))
    result["peak_resident_bytes"] = .integer(Int64(Measuring.peakResidentBytes))
    if let ids { try Self.write(tokens, to: ids) }
    if json {
      print(JSONValue.object(result).serialized())
    } else {
      for (key, value) in result { print("\(key): \(value.serialized())") }
    }
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
