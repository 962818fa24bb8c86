import Files
import Model
import Tensor
import Tokenizer

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The text of a run, its tokenizer and its tokens.
struct PretrainingData {
  let tokenizer: TextTokenizer
  let training: TokenWindows
  let validation: TokenWindows?
  /// Changes when any byte of the text does.
  let hash: String
  /// How many bytes of text each token stands for.
  private let byteCounts: [Int]

  init(_ c: PretrainingConfiguration, folder: String, resuming: Bool) throws {
    var text = try PretrainingData.read(c.files)
    var held = try PretrainingData.read(c.validationFiles)
    hash = PretrainingData.hash(of: [text, held])
    if held.isEmpty && c.validationShare > 0 {
      var cut = Int(Double(text.count) * (1 - c.validationShare))
      // Not inside a character.
      while cut < text.count && text[cut] & 0xC0 == 0x80 { cut += 1 }
      held = Array(text[cut...])
      text.removeSubrange(cut...)
    }
    let saved = folder / "tokenizer.json"
    if resuming && fileExists(saved) && fileExists(RunFolder(path: folder).checkpointPath) {
      tokenizer = try TextTokenizer(contentsOf: folder)
    } else {
      tokenizer = try PretrainingData.makeTokenizer(c, text)
      try tokenizer.save(to: folder)
    }
    training = try TokenWindows(tokenizer.tokens(of: text), length: c.model.contextLength)
    let rest = held.isEmpty ? [] : tokenizer.tokens(of: held)
    validation =
      rest.count > c.model.contextLength
      ? try TokenWindows(rest, length: c.model.contextLength) : nil
    if validation == nil && !held.isEmpty {
      throw TrainingError.data(
        reason: "The validation text has \(rest.count) tokens; a window of "
          + "\(c.model.contextLength) needs one more than that. Raise data.validation_share.")
    }
    let all = tokenizer
    byteCounts = (0..<Int32(all.vocabularySize)).map { all.bytes(for: $0)?.count ?? 0 }
  }

  /// The mean loss over validation windows, in nats a token and bits a byte; nil without any.
  func evaluate(_ model: GPT2, batch: Int, batches: Int) -> (loss: Double, bitsPerByte: Double)? {
    guard let validation else { return nil }
    let count = batches == 0 ? validation.count : min(validation.count, batch * batches)
    // Evenly spread over the text, the same ones each time.
    let numbers = (0..<count).map { $0 * validation.count / count }
    var (sum, bytes) = (0.0, 0)
    for first in stride(from: 0, to: count, by: batch) {
      let (inputs, targets) = validation.consecutive(numbers[first..<min(count, first + batch)])
      sum += model.loss(inputs, targets, options: .init(reduction: .sum)).scalar(as: Double.self)
      for id in targets.scalars(as: Int32.self) { bytes += byteCounts[Int(id)] }
    }
    let tokens = count * validation.length
    return (sum / Double(tokens), sum / log(2) / Double(max(bytes, 1)))
  }

  private static func read(_ paths: [String]) throws(TrainingError) -> [UInt8] {
    var text: [UInt8] = []
    for path in paths {
      do { text += try readFile(path) } catch { throw .data(reason: "\(error)") }
    }
    if !paths.isEmpty && text.isEmpty {
      throw .data(reason: "The text files \(paths.joined(separator: ", ")) are empty.")
    }
    return text
  }

  /// FNV-1a over everything, as sixteen hexadecimal digits.
  private static func hash(of texts: [[UInt8]]) -> String {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for text in texts {
      for byte in text { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
      hash = (hash ^ UInt64(text.count)) &* 0x100_0000_01B3
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func makeTokenizer(
    _ c: PretrainingConfiguration, _ text: [UInt8]
  ) throws -> TextTokenizer {
    switch c.tokenizer {
    case .file: return try TextTokenizer(contentsOf: c.tokenizerPath ?? "")
    case .bytes: return try .bytes()
    case .bpe:
      var trainer = BytePairTrainer(vocabularySize: c.vocabularySize)
      trainer.specialTokens = ["<|endoftext|>"]
      return try trainer.train(on: [String(decoding: text, as: UTF8.self)])
    }
  }
}

extension TextTokenizer {
  /// The tokens of a long text.
  fileprivate func tokens(of text: [UInt8]) -> [Int32] {
    text.withUnsafeBufferPointer { encode(utf8: $0, addsTemplate: false) }
  }
}
