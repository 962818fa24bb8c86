public import Tokenizer

/// Turns tokens into text as they come, up to a stop string.
///
/// Only whole characters are given out, and nothing that could be the beginning of a stop string:
///
/// ```swift
/// var stream = TextStream(tokenizer, stoppingAt: ["\n\n"])
/// while !stream.isStopped, let token = try continuation.next() {
///   print(stream.append(token), terminator: "")
/// }
/// print(stream.finish())
/// ```
public struct TextStream: Sendable {
  private var decoder: StreamDecoder
  private var matcher: StopStringMatcher

  /// A stream.
  ///
  /// - Parameters:
  ///   - tokenizer: Whose tokens come.
  ///   - stops: Texts that end the text; they and what follows them are not given out.
  ///   - skipsSpecialTokens: Whether special tokens are left out of the text.
  public init(
    _ tokenizer: TextTokenizer, stoppingAt stops: [String] = [], skipsSpecialTokens: Bool = true
  ) {
    decoder = tokenizer.streamDecoder(skipsSpecialTokens: skipsSpecialTokens)
    matcher = StopStringMatcher(stops)
  }

  /// The stop string that ended the text, if one did.
  public var stop: String? { matcher.found }

  /// Whether a stop string ended the text; tokens that come after that make none.
  public var isStopped: Bool { matcher.found != nil }

  /// The text that this token makes certain.
  public mutating func append(_ token: TokenID) -> String {
    isStopped ? "" : matcher.take(decoder.append(token))
  }

  /// What is left when no more tokens come.
  public mutating func finish() -> String {
    let rest = matcher.take(decoder.finish())
    return rest + matcher.finish()
  }
}

extension Sequence where Element == TokenID {
  /// The text of tokens in pieces, as they come, up to a stop string.
  ///
  /// ```swift
  /// for piece in try model.generate(from: prompt).text(tokenizer, stoppingAt: ["\n"]) { show(piece) }
  /// ```
  ///
  /// - Parameters:
  ///   - tokenizer: Whose tokens they are.
  ///   - stops: Texts that end the text; they and what follows them are not given out.
  public func text(
    _ tokenizer: TextTokenizer, stoppingAt stops: [String] = []
  ) -> TextPieces<Self> {
    TextPieces(makeIterator(), TextStream(tokenizer, stoppingAt: stops))
  }
}

/// The lazy sequence of `text(_:stoppingAt:)`; its pieces are not empty.
public struct TextPieces<Tokens: Sequence>: Sequence, IteratorProtocol
where Tokens.Element == TokenID {
  private var tokens: Tokens.Iterator
  private var stream: TextStream
  private var isFinished = false

  fileprivate init(_ tokens: Tokens.Iterator, _ stream: TextStream) {
    self.tokens = tokens
    self.stream = stream
  }

  /// The next piece, or nil at the end.
  public mutating func next() -> String? {
    while !isFinished {
      var piece = ""
      if !stream.isStopped, let token = tokens.next() {
        piece = stream.append(token)
      } else {
        isFinished = true
        piece = stream.finish()
      }
      if !piece.isEmpty { return piece }
    }
    return nil
  }
}
