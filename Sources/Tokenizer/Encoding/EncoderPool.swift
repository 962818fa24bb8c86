/// Lends encoders to threads and keeps them, with their caches, for the next text.
final class EncoderPool: Sendable {
  private let pipeline: Pipeline
  private let free = Locked<[Encoder]>([])

  init(pipeline: Pipeline) {
    self.pipeline = pipeline
  }

  /// Calls `body` with an encoder that nobody else has.
  func withEncoder<Result>(_ body: (Encoder) -> Result) -> Result {
    let encoder = free.withLock { $0.popLast() } ?? Encoder(pipeline: pipeline)
    defer {
      encoder.trim()
      free.withLock { $0.append(encoder) }
    }
    return body(encoder)
  }
}
