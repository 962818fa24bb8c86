import Tensor

extension LanguageModel {
  /// The tokens that follow a prompt, made one by one as they are asked for.
  ///
  /// Leave the loop to stop.
  ///
  /// Keys and values of what was seen are kept; when the context is full, the sequence ends.
  ///
  /// - Parameters:
  ///   - prompt: At least one token.
  ///   - sampling: How each token is chosen.
  ///   - stops: Tokens after which the sequence ends; they are its last element.
  public func generate(
    from prompt: [Int32], sampling: Sampling = .greedy, stoppingAt stops: Set<Int32> = []
  ) -> Generation<Self> {
    Generation(model: self, prompt: prompt, sampling: sampling, stops: stops)
  }
}

/// The lazy sequence of ``LanguageModel/generate(from:sampling:stoppingAt:)``.
public struct Generation<Model: LanguageModel>: Sequence, IteratorProtocol {
  private let model: Model
  private var history: [Int32]
  private var caches: [KeyValueCache]
  private var sampling: Sampling
  private let stops: Set<Int32>
  private var seen = 0
  private var ended = false

  fileprivate init(model: Model, prompt: [Int32], sampling: Sampling, stops: Set<Int32>) {
    precondition(!prompt.isEmpty, "generate: the prompt needs at least one token")
    self.model = model
    history = prompt
    caches = model.makeCaches()
    self.sampling = sampling
    self.stops = stops
  }

  /// The next token, or nil after a stop token or at the end of the context.
  public mutating func next() -> Int32? {
    guard !ended, history.count <= model.contextLength else { return nil }
    if !model.keepsCaches(growingFrom: seen, to: history.count) {
      caches = model.makeCaches()
      seen = 0
    }
    let new = Tensor(Array(history[seen...]), shape: [1, history.count - seen])
    let hidden = model.hidden(new, caches: &caches, dropout: nil)  // [1, time, width]
    let logits = model.logits(of: hidden[0, -1]).scalars(as: Float.self)
    seen = history.count
    let token = sampling.choose(from: logits, history: history)
    history.append(token)
    ended = stops.contains(token)
    return token
  }
}
