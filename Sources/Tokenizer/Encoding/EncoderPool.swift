/// Lends encoders to threads and keeps them, with their caches, for the next text.
final class EncoderPool: Sendable {
  private let pipeline: Pipeline
  private let spares = Spares<Encoder>()
  private let words = WordCaches()

  init(pipeline: Pipeline) {
    self.pipeline = pipeline
  }

  /// Calls `body` with an encoder that nobody else has.
  func withEncoder<Result>(_ body: (Encoder) -> Result) -> Result {
    let encoder = spares.take() ?? Encoder(pipeline: pipeline, words: words)
    defer {
      encoder.trim()
      spares.put(encoder)
    }
    return body(encoder)
  }
}
