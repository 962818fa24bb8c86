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
  private var continuation: Continuation<TreeRunner<Model>>?

  fileprivate init(model: Model, prompt: [Int32], sampling: Sampling, stops: Set<Int32>) {
    precondition(!prompt.isEmpty, "generate: the prompt needs at least one token")
    let size = model.vocabularySize
    precondition(
      prompt.allSatisfy { $0 >= 0 && Int($0) < size },
      "generate: the prompt has tokens that are not among the model's \(size)")
    // A prompt beyond the context makes an empty sequence.
    continuation = try? Continuation(
      TreeRunner(model), from: prompt, sampling: sampling, stoppingAt: stops)
  }

  /// The next token, or nil after a stop token or at the end of the context.
  public mutating func next() -> Int32? {
    // The runner throws only beyond the context, and the continuation ends before.
    (try? continuation?.next()) ?? nil
  }
}
