import ArgumentParser
import Model

/// `apus convert`.
struct ConvertCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Converts a model between Hugging Face folders and GGUF files, or to another type.",
    discussion: """
      An output that ends with .gguf is a GGUF file, any other a folder with config.json, safetensors \
      and the tokenizer. What other programs will read otherwise is said on standard error.
      """)

  @Argument(help: "A Hugging Face folder, a GGUF file, or any part of a split one.")
  var input: String

  @Argument(help: "The .gguf file or the folder to write.")
  var output: String

  @Option(
    help: ArgumentHelp(
      "The element type of the matrices: auto (what they have), float32, float16, bfloat16, q8_0, "
        + "q4_0, q4_1, q5_0 or q5_1.", valueName: "type"),
    transform: Self.type(named:))
  var dtype = ConversionType.automatic

  @Option(
    name: .customLong("split-max-size"),
    help: ArgumentHelp(
      "Bytes of tensors in a file at most, such as 500M or 4G; more are written to several files.",
      valueName: "size"))
  var largest: ByteCount?

  @Flag(name: .customLong("allow-requantize"), help: "Quantizes what is quantized already.")
  var allowsRequantizing = false

  @Flag(help: "Replaces files that are there already.")
  var force = false

  private static func type(named name: String) throws -> ConversionType {
    if let type = ConversionType(rawValue: name) { return type }
    let names = ConversionType.allCases.map(\.rawValue).joined(separator: ", ")
    throw ValidationError("‘\(name)’ is none of \(names)")
  }

  func run() throws {
    var options = ConversionOptions()
    options.type = dtype
    options.largestFile = largest?.value
    options.allowsRequantizing = allowsRequantizing
    options.replaces = force
    let clock = ContinuousClock()
    var last = clock.now - .seconds(1)
    let summary = try convert(from: input, to: output, options: options) { progress in
      guard clock.now - last >= .milliseconds(200) || progress.written == progress.total else {
        return
      }
      last = clock.now
      if Terminal.isInteractive {
        Terminal.progress(
          "\(progress.written) of \(progress.total) tensors, "
            + "\(Terminal.short(progress.bytes)) of \(Terminal.short(progress.totalBytes)) bytes")
      }
    }
    Terminal.endProgress()
    for note in summary.notes { Terminal.say("note: \(note)") }
    Terminal.say(
      "\(output): \(summary.tensors) tensors, \(Terminal.short(summary.bytes)) bytes in "
        + (summary.files.count == 1 ? "1 file" : "\(summary.files.count) files"))
  }
}

/// A number of bytes as people write it: 1000000, 500M, 4G.
struct ByteCount: ExpressibleByArgument {
  let value: Int

  init?(argument: String) {
    let units: [Character: Int] = ["K": 1000, "M": 1_000_000, "G": 1_000_000_000]
    var digits = Substring(argument)
    var unit = 1
    if let last = digits.last, let known = units[Character(last.uppercased())] {
      unit = known
      digits = digits.dropLast()
    }
    guard let number = Int(digits), number > 0 else { return nil }
    let (product, overflow) = number.multipliedReportingOverflow(by: unit)
    if overflow { return nil }
    value = product
  }
}
