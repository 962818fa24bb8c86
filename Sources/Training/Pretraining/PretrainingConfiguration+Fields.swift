package import JSON
import Model

extension PretrainingConfiguration {
  /// Reads a configuration from its keys; unknown keys and impossible values are errors, all
  /// reported at once.
  package init(_ value: JSONValue) throws(TrainingError) {
    var c = PretrainingConfiguration()
    var fields = StrictFields(value)
    c.output = fields.text("output", c.output)
    c.seed = fields.integer("seed", c.seed, in: 0...Int.max)
    fields.section("data") { data in
      c.files = data.texts("files")
      c.validationFiles = data.texts("validation_files")
      c.validationShare = data.number("validation_share", c.validationShare, in: 0...0.9)
      if c.files.isEmpty { data.problem("files", "must name at least one text file") }
    }
    fields.section("tokenizer") { tokenizer in
      c.tokenizer = tokenizer.choice("kind", c.tokenizer)
      c.tokenizerPath = tokenizer.optionalText("path")
      c.vocabularySize = tokenizer.integer(
        "vocabulary_size", c.vocabularySize, in: 257...1_000_000)
      if c.tokenizer == .file && c.tokenizerPath == nil {
        tokenizer.problem("path", "must name a tokenizer.json or its folder where kind is file")
      }
    }
    fields.section("model") { model in
      c.model.layers = model.integer("layers", c.model.layers, in: 1...1000)
      c.model.heads = model.integer("heads", c.model.heads, in: 1...1000)
      c.model.width = model.integer("width", c.model.width, in: 1...100_000)
      c.model.contextLength = model.integer(
        "context", c.model.contextLength, in: 1...10_000_000)
      let inner = model.integer("inner_width", 0, in: 0...1_000_000)
      c.model.innerWidth = inner == 0 ? nil : inner
      c.model.activation = model.choice("activation", c.model.activation)
      let dropout = model.number("dropout", 0, in: 0...0.99)
      c.model.residualDropout = model.number("residual_dropout", dropout, in: 0...0.99)
      c.model.embeddingDropout = model.number("embedding_dropout", dropout, in: 0...0.99)
      c.model.attentionDropout = model.number("attention_dropout", dropout, in: 0...0.99)
      c.model.initializerRange = model.number(
        "initializer_range", c.model.initializerRange, in: 0...10)
      c.model.tiesHead = model.flag("tied_head", true)
      if c.model.width % c.model.heads != 0 {
        model.problem("width", "\(c.model.width) is not a multiple of heads \(c.model.heads)")
      }
    }
    fields.section("training") { training in
      c.steps = training.integer("steps", c.steps, in: 1...1_000_000_000)
      c.batch = training.integer("batch", c.batch, in: 1...1_000_000)
      c.accumulation = training.integer("accumulation", c.accumulation, in: 1...1_000_000)
      c.learningRate = training.number("learning_rate", c.learningRate, in: 0...10)
      c.learningRateFloor = training.number("learning_rate_floor", c.learningRateFloor, in: 0...1)
      c.warmup = training.integer("warmup", min(c.warmup, c.steps / 10))
      c.course = training.choice("schedule", c.course)
      c.decaySteps = training.integer("decay_steps", c.steps / 5)
      c.decayFall = training.choice("decay_fall", c.decayFall)
      c.weightDecay = training.number("weight_decay", c.weightDecay, in: 0...10)
      c.beta1 = training.number("beta1", c.beta1, in: 0...0.999999)
      c.beta2 = training.number("beta2", c.beta2, in: 0...0.999999)
      c.epsilon = training.number("epsilon", c.epsilon, in: 0...1)
      c.clip = training.number("clip", c.clip)
      c.labelSmoothing = training.number("label_smoothing", c.labelSmoothing, in: 0...1)
      c.zLoss = training.number("z_loss", c.zLoss, in: 0...1)
    }
    fields.section("evaluation") { evaluation in
      c.evaluateEvery = evaluation.integer(
        "every", c.evaluateEvery, in: 1...Int(Int32.max))
      c.evaluationBatches = evaluation.integer("batches", c.evaluationBatches)
    }
    c.checkpointEvery = fields.integer("checkpoint_every", c.checkpointEvery)
    c.logEvery = fields.integer("log_every", c.logEvery, in: 1...Int(Int32.max))
    let problems = fields.finished()
    guard problems.isEmpty else { throw .configuration(problems: problems) }
    self = c
  }

  /// What a run must share with a checkpoint to continue it: everything that decides the weights
  /// after a given step.
  package var fingerprint: JSONValue {
    [
      "seed": .integer(Int64(seed)),
      "files": .array(files.map { .string($0) }),
      "validation_files": .array(validationFiles.map { .string($0) }),
      "validation_share": .number(validationShare),
      "layers": .integer(Int64(model.layers)), "heads": .integer(Int64(model.heads)),
      "width": .integer(Int64(model.width)), "context": .integer(Int64(model.contextLength)),
      "inner_width": .integer(Int64(model.innerWidth ?? 0)),
      "activation": .string(model.activation.rawValue),
      "residual_dropout": .number(model.residualDropout),
      "embedding_dropout": .number(model.embeddingDropout),
      "attention_dropout": .number(model.attentionDropout),
      "initializer_range": .number(model.initializerRange), "tied_head": .bool(model.tiesHead),
      "steps": .integer(Int64(steps)), "batch": .integer(Int64(batch)),
      "accumulation": .integer(Int64(accumulation)), "learning_rate": .number(learningRate),
      "learning_rate_floor": .number(learningRateFloor), "warmup": .integer(Int64(warmup)),
      "schedule": .string(course.rawValue), "decay_steps": .integer(Int64(decaySteps)),
      "decay_fall": .string(decayFall.rawValue),
      "weight_decay": .number(weightDecay), "beta1": .number(beta1), "beta2": .number(beta2),
      "epsilon": .number(epsilon), "clip": .number(clip),
      "label_smoothing": .number(labelSmoothing), "z_loss": .number(zLoss),
    ]
  }
}
