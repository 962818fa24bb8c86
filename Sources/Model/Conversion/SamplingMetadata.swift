import Files
import GGUF
import JSON

/// How a model wants its tokens sampled: `generation_config.json`, and `general.sampling` of GGUF.
enum SamplingMetadata {
  private static let keys: [(file: String, metadata: String, isWhole: Bool)] = [
    ("top_k", "top_k", true), ("top_p", "top_p", false), ("min_p", "min_p", false),
    ("temperature", "temp", false), ("repetition_penalty", "penalty_repeat", false),
  ]

  /// The metadata for what a folder says; none if it says nothing, or nothing that can be read.
  static func entries(of folder: String) -> [(key: String, content: GGUFContent)] {
    guard let text = try? readText(folder / "generation_config.json", limit: 1 << 20),
      let object = try? JSONValue(parsing: text).object
    else { return [] }
    return keys.compactMap { file, metadata, isWhole in
      guard let value = object[file] else { return nil }
      let key = "general.sampling.\(metadata)"
      if isWhole {
        guard let whole = value.integer.flatMap({ Int32(exactly: $0) }) else { return nil }
        return (key, .value(.integer(Int64(whole), .int32)))
      }
      guard let number = value.double, number.isFinite else { return nil }
      return (key, .float32(Float(number)))
    }
  }

  /// The `generation_config.json` for what the metadata of a file say.
  static func configuration(of file: GGUFFile, _ model: JSONObject) -> JSONObject {
    var object: JSONObject = ["_from_model_config": true]
    for key in ["bos_token_id", "eos_token_id", "pad_token_id"] {
      if let value = model[key], !value.isNull { object[key] = value }
    }
    for (name, key, isWhole) in keys {
      guard let value = file["general.sampling.\(key)"] else { continue }
      if isWhole {
        if let whole = value.integer { object[name] = .integer(Int64(whole)) }
      } else if let number = value.double, number.isFinite {
        object[name] = .number(Double("\(Float(number))") ?? number)
      }
      object["do_sample"] = true
    }
    return object
  }
}
