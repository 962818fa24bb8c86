import Checkpoint
import Files
import JSON
import Tensor

/// A small model of the tests.
struct Case {
  /// `model_type`.
  let type: String
  /// Its folder.
  let path: String
  /// Its configuration, and how older files spelled it.
  let configurations: [JSONObject]
  let weights: CheckpointReader
}

let cases: [Case] = {
  Runtime.threads = 1  // small models gain nothing from more, and fuzzers run side by side
  let folder = "Tests/Fixtures/Models"
  let names = (try? listDirectory(folder)) ?? []
  return names.sorted().compactMap { name in
    guard let weights = try? CheckpointReader(folder / name) else { return nil }
    let objects = ["config.json", "config_old.json"].compactMap { file in
      (try? readText(folder / name / file)).flatMap { try? JSONValue(parsing: $0).object }
    }
    return Case(
      type: objects.first?["model_type"]?.string ?? "", path: folder / name,
      configurations: objects, weights: weights)
  }
}()

/// What stands under the keys of all configurations, those within others included.
private let entries: [(key: String, value: JSONValue)] = {
  var entries: [(key: String, value: JSONValue)] = []
  func add(_ object: JSONObject) {
    for (key, value) in object {
      entries.append((key, value))
      if let inner = value.object { add(inner) }
    }
  }
  for one in cases { one.configurations.forEach(add) }
  return entries
}()

/// Values that no file should have.
private let hostile: [JSONValue] = [
  nil, true, false, 0, 1, 2, 3, 4, 6, 8, 16, 48, 64, -1, 1.5, 8.0, 1e308, -1e308, 1e-308, 0.0,
  "", "yarn", "longrope", "linear", "dynamic", "llama3", "silu", "gelu", [], [:], [1e300], ["a"],
  "sliding_attention", .integer(.max), .integer(.min), .integer(1 << 31), .integer(1 << 31 - 1),
  .integer(1 << 32), .integer(4096), .integer(65536), .integer(1 << 20), .integer(1 << 24),
  [0, 1], [.integer(.max), -1, 3], ["rope_theta": 1e308], ["rope_type": "yarn", "factor": 1e308],
  ["rope_type": "dynamic", "factor": 4.0], ["type": "linear", "factor": 1e-300],
]

/// Reads what to do from the bytes of the input.
struct Instructions {
  var rest: Slice<UnsafeRawBufferPointer>

  mutating func next(below limit: Int) -> Int {
    let high = Int(rest.popFirst() ?? 0)
    return limit <= 256 ? high % limit : (high << 8 | Int(rest.popFirst() ?? 0)) % limit
  }

  /// A configuration of the tests with a few other values.
  mutating func configuration() -> JSONValue {
    let all = cases[next(below: cases.count)].configurations
    var object = all[next(below: all.count)]
    for _ in 0..<next(below: 6) { change(&object) }
    return .object(object)
  }

  private mutating func change(_ object: inout JSONObject) {
    let keys = object.map(\.key)
    // Mostly a key that the object has, or else one of another family.
    let key =
      next(below: 4) > 0 && !keys.isEmpty
      ? keys[next(below: keys.count)] : entries[next(below: entries.count)].key
    if var inner = object[key]?.object, next(below: 4) > 0 {
      change(&inner)
      object[key] = .object(inner)
      return
    }
    switch next(below: 8) {
    case 0: object[key] = nil
    case 1: object[key] = entries[next(below: entries.count)].value
    case 2:
      let same = entries.filter { $0.key == key }
      if !same.isEmpty { object[key] = same[next(below: same.count)].value }
    case 3:
      if let number = object[key]?.integer {
        object[key] = .integer(Int64(number) &* Int64(next(below: 5)) &+ Int64(next(below: 3)))
      }
    case 4:
      if let number = object[key]?.double, (number * -1e150).isFinite {
        object[key] = .number(number * -1e150)
      }
    default: object[key] = hostile[next(below: hostile.count)]
    }
  }

  /// A generation configuration with a few strange values.
  mutating func generation() -> JSONValue {
    var object: JSONObject = ["do_sample": true]
    for _ in 0..<next(below: 8) {
      let key = generationKeys[next(below: generationKeys.count)]
      object[key] =
        next(below: 2) == 0
        ? usual[next(below: usual.count)] : hostile[next(below: hostile.count)]
    }
    return .object(object)
  }
}

private let generationKeys = [
  "do_sample", "max_length", "max_new_tokens", "min_length", "min_new_tokens", "stop_strings",
  "exponential_decay_length_penalty", "num_beams", "num_beam_groups", "diversity_penalty",
  "length_penalty", "early_stopping", "num_return_sequences", "penalty_alpha",
  "prompt_lookup_num_tokens", "max_matching_ngram_size", "num_assistant_tokens",
  "assistant_confidence_threshold", "temperature", "top_k", "top_p", "min_p", "top_h",
  "top_n_sigma", "typical_p", "epsilon_cutoff", "eta_cutoff", "renormalize_logits",
  "repetition_penalty", "frequency_penalty", "presence_penalty", "no_repeat_ngram_size",
  "bad_words_ids", "sequence_bias", "suppress_tokens", "begin_suppress_tokens",
  "forced_bos_token_id", "forced_eos_token_id", "remove_invalid_values", "eos_token_id",
  "bos_token_id", "pad_token_id",
]

/// Values that generation configurations have.
private let usual: [JSONValue] = [
  0.5, 0.9, 1, 2, 3, 5, 0, 20, 1.0, 1e-6, true, false, [[1, 2], [3]], [[[1, 2], -1.5]], [5, 1.01],
  "never", [1, 2], 50, ["a", "b"],
]
