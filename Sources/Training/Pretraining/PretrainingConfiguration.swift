internal import JSON
public import Model

/// Everything that decides what a pre-training run computes.
public struct PretrainingConfiguration: Sendable, Equatable {
  /// Where the vocabulary comes from.
  public enum TokenizerSource: String, Sendable, CaseIterable {
    /// A byte-level BPE vocabulary learned from the training text.
    case bpe
    /// One token a byte.
    case bytes
    /// An existing tokenizer.json, at `tokenizerPath`.
    case file
  }

  /// The course of the learning rate.
  public enum Course: String, Sendable, CaseIterable {
    /// Stays at the peak.
    case constant
    /// Falls in a line.
    case linear
    /// Falls along half a cosine.
    case cosine
    /// Stays, then falls in the last `decaySteps`.
    case wsd
  }

  /// The run folder.
  public var output = "runs/pretrain"
  /// What all random numbers are derived from.
  public var seed = 1337

  /// The text files, joined in this order.
  public var files: [String] = []
  /// Text files for validation; where empty, the last `validationShare` of the text.
  public var validationFiles: [String] = []
  /// The share of the text that is kept for validation.
  public var validationShare = 0.1

  /// Where the vocabulary comes from.
  public var tokenizer = TokenizerSource.bpe
  /// The folder or file of an existing tokenizer.
  public var tokenizerPath: String?
  /// The size of a learned vocabulary.
  public var vocabularySize = 2048

  /// The shape of the model; its vocabulary size is set from the tokenizer.
  public var model = GPT2Configuration(
    vocabularySize: 2048, contextLength: 128, width: 192, layers: 4, heads: 6)

  /// How many optimizer steps.
  public var steps = 1000
  /// How many windows are computed at once.
  public var batch = 16
  /// How many such batches make one step.
  public var accumulation = 1
  /// The highest learning rate.
  public var learningRate = 1e-3
  /// The learning rate at the end, as a share of the highest.
  public var learningRateFloor = 0.1
  /// How many steps the learning rate rises.
  public var warmup = 100
  /// The course of the learning rate.
  public var course = Course.cosine
  /// For `wsd`: how many steps the learning rate falls.
  public var decaySteps = 200
  /// For `wsd`: how it falls.
  public var decayFall = Schedule.Fall.cosine
  /// AdamW's weight decay, for tensors of two axes or more.
  public var weightDecay = 0.1
  /// AdamW's first decay.
  public var beta1 = 0.9
  /// AdamW's second decay.
  public var beta2 = 0.99
  /// AdamW's epsilon.
  public var epsilon = 1e-8
  /// The largest norm of the gradient; 0 does not clip.
  public var clip = 1.0
  /// Label smoothing of the loss.
  public var labelSmoothing = 0.0
  /// The factor of the z-loss.
  public var zLoss = 0.0

  /// After how many steps the validation loss is measured.
  public var evaluateEvery = 250
  /// How many batches of validation windows; 0 takes all.
  public var evaluationBatches = 20
  /// After how many steps a checkpoint is written; 0 only at the end.
  public var checkpointEvery = 250
  /// After how many steps metrics are written.
  public var logEvery = 10

  /// The defaults.
  public init() {}

  /// The learning rate of each step, nanoGPT's convention: the first step already moves.
  public var schedule: Schedule {
    let course: Schedule.Course =
      switch self.course {
      case .constant: .constant
      case .linear: .linear
      case .cosine: .cosine
      case .wsd: .warmupStableDecay(decay: decaySteps, decayFall)
      }
    return Schedule(
      course, peak: learningRate, warmup: warmup, total: steps, floor: learningRateFloor,
      firstStepMoves: true)
  }
}
