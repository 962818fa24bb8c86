extension LanguageModel {
  /// The tokens that follow a prompt, made one by one as they are asked for.
  ///
  /// Keys and values of what was seen are kept; when the context is full, the sequence ends. Leave
  /// the loop to stop. All that can be wrong is wrong with the prompt and is said at once, before
  /// the first token; ``Continuation`` is the same for runners that can fail on the way.
  ///
  /// - Parameters:
  ///   - prompt: At least one token.
  ///   - sampling: How each token is chosen.
  ///   - stops: Tokens after which the sequence ends; they are its last element.
  /// - Throws: ``DecodingError`` for a prompt that is empty, longer than the context, or of tokens
  ///   that the model does not know.
  public func generate(
    from prompt: [Int32], sampling: Sampling = .greedy, stoppingAt stops: Set<Int32> = []
  ) throws(DecodingError) -> Generation<Self> {
    Generation(
      try Continuation(TreeRunner(self), from: prompt, sampling: sampling, stoppingAt: stops))
  }
}

/// The lazy sequence of ``LanguageModel/generate(from:sampling:stoppingAt:)``.
public struct Generation<Model: LanguageModel>: Sequence, IteratorProtocol {
  private var continuation: Continuation<TreeRunner<Model>>

  fileprivate init(_ continuation: Continuation<TreeRunner<Model>>) {
    self.continuation = continuation
  }

  /// The next token, or nil after a stop token or at the end of the context.
  ///
  /// - Precondition: The processors of the sampling do not change the number of logits.
  public mutating func next() -> Int32? {
    // The prompt was checked, the continuation ends with the context, and a runner of tensors shows
    // no logits but those of tokens that the model knows.
    do { return try continuation.next() } catch { preconditionFailure("generate: \(error)") }
  }
}
