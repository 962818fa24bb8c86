import Files
import JSON
import Model
import Tensor
import TestSupport
import Testing
import Tokenizer
import Training

/// Whole runs on a small text.
@Suite struct PretrainingTests {
  private func configuration(_ folder: TemporaryFolder) throws -> PretrainingConfiguration {
    let text = (0..<400).map { "line \($0 * 7 % 31) of a text that repeats itself\n" }.joined()
    try writeAtomically(folder.path / "text.txt", text)
    return try PretrainingConfiguration([
      "output": .string(folder.path / "run"), "seed": 5,
      "data": ["files": [.string(folder.path / "text.txt")]],
      "tokenizer": ["kind": "bpe", "vocabulary_size": 300],
      "model": ["layers": 2, "heads": 2, "width": 16, "context": 16, "dropout": 0.1],
      "training": [
        "steps": 30, "batch": 4, "accumulation": 2, "learning_rate": 0.01, "warmup": 3,
        "z_loss": 0.0001,
      ],
      "evaluation": ["every": 10, "batches": 2], "checkpoint_every": 7, "log_every": 1,
    ])
  }

  private func weights(_ folder: TemporaryFolder) throws -> [UInt8] {
    try readFile(folder.path / "run" / "model.safetensors")
  }

  @Test func aRunLearnsAndLeavesAModel() throws {
    let folder = try TemporaryFolder()
    var losses: [Double] = []
    let result = try pretrain(try configuration(folder)) { event in
      if case .evaluated(_, let loss, _) = event { losses.append(loss) }
      return true
    }
    #expect(result.isComplete && result.steps == 30)
    #expect(losses.count == 4)
    #expect(try #require(losses.last) < 0.7 * (try #require(losses.first)))
    let model = try GPT2(contentsOf: folder.path / "run")
    let tokenizer = try TextTokenizer(contentsOf: folder.path / "run")
    #expect(model.vocabularySize == tokenizer.vocabularySize)
    #expect(model.leaves.map(\.path) == result.model.leaves.map(\.path))
    let lines = try readText(folder.path / "run" / "metrics.jsonl").split(separator: "\n")
    #expect(lines.count == 34)
    #expect(try readText(folder.path / "run" / "loss.svg").hasPrefix("<svg"))
  }

  @Test(arguments: [1, 7, 13, 29]) func anInterruptedRunEndsInTheSameWeights(
    _ last: Int
  ) throws {
    let (whole, parts) = (try TemporaryFolder(), try TemporaryFolder())
    _ = try pretrain(try configuration(whole))
    let c = try configuration(parts)
    let first = try pretrain(c) { event in
      if case .step(let step) = event { return step.number < last }
      return true
    }
    #expect(!first.isComplete && first.steps == last)
    let second = try pretrain(c)
    #expect(second.isComplete)
    #expect(try weights(whole) == weights(parts))
    // Measurements are those of one uninterrupted run, times aside.
    func measured(_ folder: TemporaryFolder) throws -> [JSONValue?] {
      try readText(folder.path / "run" / "metrics.jsonl").split(separator: "\n").flatMap { line in
        let object = try JSONValue(parsing: String(line)).object
        return [object?["step"], object?["loss"], object?["validation_loss"]]
      }
    }
    #expect(try measured(whole) == measured(parts))
  }

  @Test func aRunThatDiedBetweenCheckpointsRepeatsItsSteps() throws {
    struct Killed: Error {}
    let (whole, parts) = (try TemporaryFolder(), try TemporaryFolder())
    _ = try pretrain(try configuration(whole))
    // A folder as it is after a kill at step 18: the checkpoint of step 14, metrics up to 18, the
    // last line cut short.
    let c = try configuration(parts)
    _ = try pretrain(c) { event in
      if case .step(let step) = event { return step.number < 14 }
      return true
    }
    let metrics = c.output / "metrics.jsonl"
    try writeAtomically(metrics, try readText(metrics) + "{\"step\":15,\"loss\":9}\n{\"step\":1")
    _ = try pretrain(c)
    #expect(try weights(whole) == weights(parts))
  }

  @Test func threadsDoNotChangeTheWeights() throws {
    let (one, three) = (try TemporaryFolder(), try TemporaryFolder())
    defer { Runtime.threads = 0 }
    Runtime.threads = 1
    _ = try pretrain(try configuration(one))
    Runtime.threads = 3
    _ = try pretrain(try configuration(three))
    #expect(try weights(one) == weights(three))
  }

  @Test func aChangedConfigurationIsNotContinued() throws {
    let folder = try TemporaryFolder()
    var c = try configuration(folder)
    _ = try pretrain(c) { event in
      if case .step(let step) = event { return step.number < 8 }
      return true
    }
    c.learningRate = 0.02
    let error = #expect(throws: TrainingError.self) { try pretrain(c) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("learning_rate was 0.01, is 0.02"))
    c.learningRate = 0.01
    try writeAtomically(folder.path / "text.txt", String(repeating: "another text ", count: 900))
    let other = #expect(throws: TrainingError.self) { try pretrain(c) }
    #expect("\(other.map { "\($0)" } ?? "")".contains("text files have changed"))
  }

  /// A loss that is no number has no place in the metrics, wherever it is first seen.
  @Test func runsThatDivergeSayWhere() throws {
    let folder = try TemporaryFolder()
    var c = try configuration(folder)
    c.model.initializerRange = 1e39
    #expect(throws: TrainingError.diverged(step: 0)) { try pretrain(c) }
    // A loss can be finite where its gradient is not.
    c.model.initializerRange = 1e30
    #expect(throws: TrainingError.diverged(step: 1)) { try pretrain(c, resuming: false) }
    // The first step is a finite one; what it does to the weights is not.
    c.model.initializerRange = 0.02
    (c.learningRate, c.warmup, c.epsilon) = (1e38, 0, 1e-30)
    #expect(throws: TrainingError.diverged(step: 2)) { try pretrain(c, resuming: false) }
  }

  @Test func truncatedCheckpointsAreTypedErrors() throws {
    let folder = try TemporaryFolder()
    let c = try configuration(folder)
    _ = try pretrain(c) { event in
      if case .step(let step) = event { return step.number < 7 }
      return true
    }
    let path = c.output / "checkpoint.safetensors"
    let whole = try readFile(path)
    for end in stride(from: 0, to: whole.count, by: whole.count / 23) {
      try writeAtomically(path, Array(whole[..<end]))
      #expect(throws: (any Error).self) { try pretrain(c) }
    }
    try writeAtomically(path, whole)
    #expect(try pretrain(c).isComplete)
  }
}

/// What a configuration's mistakes are answered with.
@Suite struct PretrainingConfigurationTests {
  private func problems(_ value: JSONValue) -> [String] {
    do {
      _ = try PretrainingConfiguration(value)
      return []
    } catch {
      guard case .configuration(let problems) = error else { return ["\(error)"] }
      return problems
    }
  }

  @Test func unknownKeysNameTheNearest() {
    let found = problems([
      "data": ["files": ["a.txt"]], "training": ["learning_rte": 0.1], "modle": ["layers": 2],
    ])
    #expect(found.count == 2)
    for sentence in [
      "training.learning_rte is not a known key; did you mean training.learning_rate?",
      "modle is not a known key; did you mean model?",
    ] {
      #expect(found.contains(sentence), "\(found)")
    }
  }

  @Test(arguments: [
    (#"{"training": {"steps": -1}}"#, "training.steps"),
    (#"{"training": {"steps": 1.5}}"#, "training.steps"),
    (#"{"training": {"learning_rate": "fast"}}"#, "training.learning_rate"),
    (#"{"training": {"schedule": "cosinus"}}"#, "training.schedule"),
    (#"{"model": {"width": 100, "heads": 3}}"#, "model.width"),
    (#"{"model": {"dropout": 1.5}}"#, "model.dropout"),
    (#"{"model": 7}"#, "model must hold keys and values"),
    (#"{"tokenizer": {"kind": "file"}}"#, "tokenizer.path"),
    (#"{"data": {"files": []}}"#, "data.files"),
    (#"{"evaluation": {"every": 0}}"#, "evaluation.every"),
  ])
  func impossibleValuesAreNamed(_ text: String, _ part: String) throws {
    var object = try #require(try JSONValue(parsing: text).object)
    if object["data"] == nil { object["data"] = ["files": ["a.txt"]] }
    let found = problems(.object(object))
    #expect(found.contains { $0.contains(part) }, "\(found)")
  }

  @Test func allMistakesComeAtOnce() {
    #expect(problems(["training": ["steps": 0, "batch": 0, "clip": -1]]).count == 4)
  }
}
