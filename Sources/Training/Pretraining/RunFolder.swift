import Checkpoint
import Files
import JSON
import Model
import Tensor

/// The files of a run: what continues it, what was measured, what comes out.
struct RunFolder {
  let path: String

  /// Everything needed to continue, in one file that is replaced as a whole.
  var checkpointPath: String { path / "checkpoint.safetensors" }
  var metricsPath: String { path / "metrics.jsonl" }
  var curvePath: String { path / "loss.svg" }

  /// What a checkpoint holds besides tensors.
  struct Progress {
    var step: Int
    var fingerprint: String
    var dataHash: String
  }

  func saveCheckpoint<Model: LanguageModel>(
    _ model: Model, _ optimizer: AdamW, _ progress: Progress
  ) throws {
    let weights = model.leaves.map { (name: "model." + $0.path, tensor: $0.tensor) }
    let state = optimizer.tensors.map { (name: "optimizer." + $0.name, tensor: $0.tensor) }
    try saveTensors(
      weights + state, to: checkpointPath,
      metadata: [
        "step": String(progress.step), "fingerprint": progress.fingerprint,
        "data": progress.dataHash,
      ])
  }

  /// Fills model and optimizer from the checkpoint and returns the number of steps taken.
  func restore<Model: LanguageModel>(
    _ model: inout Model, _ optimizer: inout AdamW, expecting expected: Progress
  ) throws -> Int {
    let file = try CheckpointReader(checkpointPath)
    func refuse(_ reason: String) -> TrainingError { .resume(path: path, reason: reason) }
    guard let step = file.metadata["step"].flatMap({ Int($0) }), step >= 0 else {
      throw refuse("the checkpoint does not say at which step it was written.")
    }
    let saved = file.metadata["fingerprint"] ?? ""
    if saved != expected.fingerprint {
      let changes = try differences(saved, expected.fingerprint).joined(separator: ", ")
      throw refuse(
        "the configuration has changed (\(changes)). Restore it or choose another output.")
    }
    guard file.metadata["data"] == expected.dataHash else {
      throw refuse("the text files have changed. Restore them or choose another output.")
    }
    // The tensors stay in the mapped file, which lives on when the next checkpoint replaces it.
    try model.load(from: file, prefix: "model.")
    let wrong = optimizer.restore(steps: step) { name in
      file["optimizer." + name].flatMap { Tensor($0) }
    }
    guard wrong.isEmpty else {
      throw refuse("the checkpoint lacks or misshapes \(wrong.joined(separator: ", ")).")
    }
    return step
  }

  private func differences(_ saved: String, _ now: String) throws -> [String] {
    guard let old = try JSONValue(parsing: saved).object,
      let new = try JSONValue(parsing: now).object
    else { return ["everything"] }
    return new.keys.filter { old[$0] != new[$0] }.map { key in
      "\(key) was \(old[key]?.serialized() ?? "absent"), is \(new[key]?.serialized() ?? "absent")"
    }
  }

  /// Appends one line of measurements.
  func log(_ values: JSONObject) throws {
    try appendLine(metricsPath, JSONValue.object(values).serialized())
  }

  /// All lines measured so far; lines of steps from `step` on are dropped, because the run is about
  /// to take those steps again, and so is a last line that was cut short.
  func metrics(before step: Int? = nil) throws -> [JSONObject] {
    guard fileExists(metricsPath) else { return [] }
    let lines = try readText(metricsPath).split(separator: "\n").compactMap { line in
      (try? JSONValue(parsing: String(line)))?.object
    }
    guard let step else { return lines }
    let kept = lines.filter { ($0["step"]?.integer ?? 0) < step }
    try writeAtomically(
      metricsPath, kept.map { JSONValue.object($0).serialized() + "\n" }.joined())
    return kept
  }
}
