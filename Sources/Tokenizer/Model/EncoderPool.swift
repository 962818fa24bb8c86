/// Lends encoders to threads and keeps them, with their caches, for the next text.
final class EncoderPool: Sendable {
  private let model: BytePairModel
  private let free = Locked<[Encoder]>([])

  init(model: BytePairModel) {
    self.model = model
  }

  /// Calls `body` with an encoder that nobody else has.
  func withEncoder<Result>(_ body: (Encoder) -> Result) -> Result {
    let encoder = free.withLock { $0.popLast() } ?? Encoder(model: model)
    defer {
      encoder.reset()
      free.withLock { $0.append(encoder) }
    }
    return body(encoder)
  }
}
