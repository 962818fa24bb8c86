import Checkpoint
import Files
import JSON
import Model
import Tensor

/// One input of the fuzzer: a `config.json`, read in two ways.
///
/// First as text; then as instructions to change a few values of a configuration of the tests,
/// because mutation seldom leaves JSON with the right keys. Both go the way that a user's folder
/// goes: family, architecture, weights of the wrong shape, and where they fit, a few tokens. The
/// same text is read as `generation_config.json`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = UnsafeRawBufferPointer(start: start, count: count)
  let text = String(decoding: input, as: UTF8.self)
  if let value = try? JSONValue(parsing: text) { load(value, choice: count) }
  generate(text)
  var instructions = Instructions(rest: input[...])
  let value = instructions.configuration()
  load(value, choice: instructions.next(below: 16) == 0 ? instructions.next(below: 256) : nil)
  generate(instructions.generation().serialized())
  return 0
}

/// Loads a model with the weights of its family, or of any.
private func load(_ value: JSONValue, choice: Int?) {
  let type = value.object?["model_type"]?.string
  let fitting = cases.first { $0.type == type }
  let weights = (choice.map { cases[$0 % cases.count] } ?? fitting ?? cases[0]).weights
  let model: Transformer
  do {
    model = try Transformer(configuration: value, at: "config.json", weights: weights)
  } catch {
    precondition(!"\(error)".isEmpty)
    if case .configuration(_, let problems)? = error as? ModelError {
      precondition(!problems.isEmpty && Set(problems).count == problems.count)
    }
    return
  }
  use(model)
}

/// Asks of a model what commands ask, and lets it see a few tokens.
private func use(_ model: Transformer) {
  _ = model.parameterCount + model.weightByteCount + model.bytesPerToken
  for format in CacheFormat.allCases {
    _ = model.cacheByteCount(positions: model.contextLength, format: format)
  }
  var extended = model.architecture
  _ = extended.extendContext(to: min(model.contextLength, 1 << 30) * 2)
  let ids = (0..<min(4, model.contextLength)).map { Int32($0 % model.vocabularySize) }
  do {
    let engine = try Engine(model, cache: .float32)
    try engine.extend([ids], keeping: .all)
    engine.withLogits(sequence: 0, position: ids.count - 1) { logits in
      precondition(logits.count == model.vocabularySize)
    }
    if ids.count < engine.contextLength, model.architecture.attention.isCausal {
      try engine.extend(sequence: 0, token: 0)
    }
  } catch {
    precondition(!"\(error)".isEmpty)
  }
}

/// Reads a generation configuration and chooses tokens as it says.
private func generate(_ text: String) {
  do throws(ModelError) {
    let configuration = try GenerationConfiguration(parsing: text)
    var sampling = configuration.sampling(seed: 1)
    sampling.begin(promptLength: 2)
    var history: [Int32] = [1, 2]
    for _ in 0..<min(3, configuration.limit(afterPrompt: 2)) {
      history.append(sampling.choose(from: logits, history: history))
    }
    precondition(history.allSatisfy { $0 >= 0 && $0 < logits.count })
    _ = configuration.beamSearch(promptLength: 2)
    _ = configuration.diverseBeamSearch(promptLength: 2)
    _ = configuration.contrastiveSearch(promptLength: 2)
  } catch {
    precondition(!error.description.isEmpty)
  }
}

private let logits: [Float] = (0..<24).map { Float($0 * 7 % 24) / 4 - 3 }
