/// The memory that one thread needs to encode, kept from text to text.
///
/// Only one thread uses an encoder at a time: `EncoderPool` sees to it.
final class Encoder: @unchecked Sendable {
  private let added: AddedVocabulary
  private let bytes: ByteEncoder?
  private let components: ComponentEncoder?
  /// The tokens of the text that was encoded last.
  let sink = TokenSink()

  init(pipeline: Pipeline, words: WordCaches) {
    added = pipeline.added
    switch pipeline.route {
    case .bytes(let model, let stages):
      bytes = ByteEncoder(model, stages, pipeline.normalizer, words)
      components = nil
    case .components:
      bytes = nil
      components = ComponentEncoder(pipeline, words)
    }
  }

  /// Gives up memory that only a long text needs.
  func trim() {
    sink.begin(recordingOffsets: false)
    bytes?.trim()
    components?.trim()
  }

  /// Encodes a text; its tokens are then in `sink`.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - specialTokens: what happens to special tokens that the text spells out.
  ///   - recordingOffsets: whether the tokens' places are wanted.
  ///   - counts: of the added tokens that `specialTokens` takes, which ones count where they are;
  ///     it needs the tokens' places.
  func encode(
    _ text: UnsafeBufferPointer<UInt8>, specialTokens: SpecialTokenHandling,
    recordingOffsets: Bool, where counts: AddedTokenFilter? = nil
  ) {
    sink.begin(recordingOffsets: recordingOffsets)
    append(text, specialTokens: specialTokens, where: counts)
  }

  /// Encodes a text; its tokens are then in `sink` behind those that are there.
  func append(
    _ text: UnsafeBufferPointer<UInt8>, specialTokens: SpecialTokenHandling,
    where counts: AddedTokenFilter? = nil
  ) {
    guard let start = text.baseAddress, !text.isEmpty else { return }
    sink.expect(bytes: text.count)
    if specialTokens == .asText, counts == nil, added.areAllSpecial {
      // No added token counts, so none is looked for.
      return appendStretch(text, 0..<text.count, nil)
    }
    let accepts: AddedTokenFilter = { token, place in
      specialTokens.accepts(token) && (counts?(token, place) ?? true)
    }
    let exact = added.exact
    if exact.isEmpty { return appendStretch(text, 0..<text.count, accepts) }
    exact.split(start, 0..<text.count, accepts: accepts) { stretch in
      appendStretch(text, stretch, accepts)
    } found: { match in
      sink.beginPiece()
      sink.append(exact.tokens[match.index].id, at: match.range)
    }
  }

  /// Adds the tokens of a stretch of text between added tokens that are looked for in text as it
  /// stands; without `accepts` there are no others either.
  private func appendStretch(
    _ text: UnsafeBufferPointer<UInt8>, _ stretch: Range<Int>, _ accepts: AddedTokenFilter?
  ) {
    if let components { return components.append(text, stretch, added, accepts, to: sink) }
    guard let bytes, let start = text.baseAddress else { return }
    bytes.append(start, stretch, added, accepts, to: sink)
  }
}
