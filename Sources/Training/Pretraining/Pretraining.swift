import Files
import JSON
public import Model
import Tensor
public import Tokenizer

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a run has just done.
public enum PretrainingEvent: Sendable {
  /// The text was read: tokens for training and for validation, parameters of the model, and the
  /// step the run continues from.
  case started(
    trainingTokens: Int, validationTokens: Int, vocabulary: Int, parameters: Int, step: Int)
  /// A step was taken.
  case step(PretrainingStep)
  /// The validation loss was measured, in nats a token, and in bits a byte of text.
  case evaluated(step: Int, loss: Double, bitsPerByte: Double)
  /// A checkpoint was written.
  case saved(step: Int)
}

/// The numbers of one step.
public struct PretrainingStep: Sendable {
  /// Counted from 1.
  public var number: Int
  /// Of how many.
  public var total: Int
  /// The mean loss of its tokens, in nats.
  public var loss: Double
  /// The norm of the gradient before clipping.
  public var gradientNorm: Double
  /// The learning rate.
  public var learningRate: Double
  /// How many tokens it read.
  public var tokens: Int
  /// How long it took.
  public var seconds: Double
}

/// What a finished or interrupted run leaves in memory; its folder holds the same.
public struct PretrainingResult: Sendable {
  /// The model.
  public var model: GPT2
  /// Its tokenizer.
  public var tokenizer: TextTokenizer
  /// How many steps were taken.
  public var steps: Int
  /// Whether these are all.
  public var isComplete: Bool
  /// The last validation loss in nats a token, if it was measured.
  public var validationLoss: Double?
  /// The same in bits a byte of text.
  public var bitsPerByte: Double?
}

/// Trains a GPT-2 from nothing on text files.
///
/// The run folder gets `metrics.jsonl`, `loss.svg`, `checkpoint.safetensors` (with which an
/// interrupted run continues as if nothing had happened, bit for bit) and, at the end, the model and
/// the tokenizer in the Hugging Face layout.
///
/// - Parameters:
///   - configuration: What to do.
///   - resuming: Whether to continue from the folder's checkpoint, if it has one.
///   - report: Told what was done; returning false interrupts the run after a checkpoint.
public func pretrain(
  _ configuration: PretrainingConfiguration, resuming: Bool = true,
  report: (PretrainingEvent) -> Bool = { _ in true }
) throws -> PretrainingResult {
  let c = configuration
  let folder = RunFolder(path: c.output)
  try createDirectories(folder.path)
  let data = try PretrainingData(c, folder: folder.path, resuming: resuming)
  var shape = c.model
  shape.vocabularySize = data.tokenizer.vocabularySize
  (shape.beginToken, shape.endToken) = (
    data.tokenizer.beginningOfTextID.map(Int.init), data.tokenizer.endOfTextID.map(Int.init)
  )
  let random = RandomStream(seed: UInt64(c.seed))
  var weights = random.stream("weights")
  var model = GPT2(shape, using: &weights)
  var optimizer = AdamW(
    for: model, beta1: c.beta1, beta2: c.beta2, epsilon: c.epsilon, weightDecay: c.weightDecay)
  var progress = RunFolder.Progress(
    step: 0, fingerprint: c.fingerprint.serialized(), dataHash: data.hash)
  if resuming && fileExists(folder.checkpointPath) {
    progress.step = try folder.restore(&model, &optimizer, expecting: progress)
  }
  _ = try folder.metrics(before: progress.step + 1)
  var result = PretrainingResult(
    model: model, tokenizer: data.tokenizer, steps: progress.step, isComplete: false)
  result.model = GPT2(placeholderLike: model)  // the weights have one owner while they are trained
  var goesOn = report(
    .started(
      trainingTokens: data.training.tokens.count,
      validationTokens: data.validation?.tokens.count ?? 0,
      vocabulary: data.tokenizer.vocabularySize, parameters: model.parameterCount,
      step: progress.step))

  func evaluate(_ step: Int) throws {
    guard let (loss, bits) = data.evaluate(model, batch: c.batch, batches: c.evaluationBatches)
    else { return }
    guard loss.isFinite else { throw TrainingError.diverged(step: step) }
    (result.validationLoss, result.bitsPerByte) = (loss, bits)
    try folder.log([
      "step": .integer(Int64(step)), "validation_loss": .number(loss),
      "bits_per_byte": .number(bits),
    ])
    if !report(.evaluated(step: step, loss: loss, bitsPerByte: bits)) { goesOn = false }
  }
  func save() throws {
    try folder.saveCheckpoint(model, optimizer, progress)
    if let svg = try LossCurve(folder.metrics()).svg { try writeAtomically(folder.curvePath, svg) }
    if !report(.saved(step: progress.step)) { goesOn = false }
  }

  if progress.step == 0 { try evaluate(0) }
  let schedule = c.schedule
  let tokens = c.batch * shape.contextLength * c.accumulation
  while progress.step < c.steps && goesOn {
    let (began, step) = (secondsNow(), progress.step)
    var loss = 0.0
    var gradient: GPT2?
    for part in 0..<c.accumulation {
      var places = random.stream("batch", step * c.accumulation + part)
      let (inputs, targets) = data.training.random(c.batch, using: &places)
      let options = CrossEntropyOptions(
        labelSmoothing: c.labelSmoothing, zLoss: c.zLoss,
        reduction: .sumDivided(by: Double(tokens)))
      let dropout =
        shape.hasDropout
        ? random.stream("dropout", step * c.accumulation + part) : nil
      let (value, slope) = valueWithGradient(at: model) {
        $0.loss(inputs, targets, options: options, dropout: dropout)
      }
      loss += value.scalar(as: Double.self)
      if gradient == nil { gradient = slope } else { gradient?.accumulate(slope) }
    }
    guard let gradient, loss.isFinite else { throw TrainingError.diverged(step: step + 1) }
    let norm = gradient.globalNorm()
    guard norm.isFinite else { throw TrainingError.diverged(step: step + 1) }
    let rate = schedule(step)
    optimizer.update(
      &model, along: gradient, learningRate: rate,
      gradientScale: c.clip > 0 ? clippingScale(norm: norm, limit: c.clip) : 1)
    progress.step += 1
    let taken = PretrainingStep(
      number: progress.step, total: c.steps, loss: loss, gradientNorm: norm, learningRate: rate,
      tokens: tokens, seconds: secondsNow() - began)
    if progress.step % c.logEvery == 0 || progress.step == c.steps { try folder.log(taken.fields) }
    if !report(.step(taken)) { goesOn = false }
    if progress.step % c.evaluateEvery == 0 || progress.step == c.steps {
      try evaluate(progress.step)
    }
    let saves = c.checkpointEvery > 0 && progress.step % c.checkpointEvery == 0
    if saves || progress.step == c.steps || !goesOn { try save() }
  }
  result.model = model
  result.steps = progress.step
  result.isComplete = progress.step == c.steps
  if result.isComplete { try model.save(to: folder.path) }
  return result
}

extension PretrainingStep {
  fileprivate var fields: JSONObject {
    [
      "step": .integer(Int64(number)), "loss": .number(loss),
      "gradient_norm": .number(gradientNorm), "learning_rate": .number(learningRate),
      "tokens": .integer(Int64(tokens) * Int64(number)),
      "tokens_per_second": .number((Double(tokens) / seconds).rounded()),
    ]
  }
}

extension GPT2Configuration {
  fileprivate var hasDropout: Bool {
    residualDropout > 0 || embeddingDropout > 0 || attentionDropout > 0
  }
}

extension GPT2 {
  /// A model of the same shape that holds no memory.
  fileprivate init(placeholderLike model: GPT2) {
    var placeholder = WeightInitializer.placeholder
    self.init(model.configuration, using: &placeholder)
  }
}

/// Seconds of a clock that never goes back.
package func secondsNow() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
