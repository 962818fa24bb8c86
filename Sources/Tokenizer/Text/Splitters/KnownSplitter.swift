/// A pattern that a splitter written by hand stands for.
///
/// Splitters find what the regular expression would, many times as fast.
enum KnownSplitter: Sendable, Equatable {
  case gpt2
  case cl100k(CL100kSplitter)
  case o200k(O200kSplitter)
  case deepSeek
  /// A class of characters.
  case classRun(ClassRunPattern)

  /// Whether every character of a text is in some match, so that nothing lies between matches.
  var coversAll: Bool {
    switch self {
    case .gpt2, .cl100k, .o200k: true
    case .deepSeek, .classRun: false
    }
  }

  /// The splitter, for one thread.
  func makeSplitter() -> any TextSplitter {
    switch self {
    case .gpt2: GPT2Splitter()
    case .cl100k(let splitter): splitter
    case .o200k(let splitter): splitter
    case .deepSeek: DeepSeekSplitter()
    case .classRun(let pattern): ClassRunSplitter(pattern)
    }
  }

  /// The table that `append` needs.
  func makeClasses() -> CharacterClasses {
    guard case .classRun(let pattern) = self else { return .patterns }
    return CharacterClasses { pattern.classify($0) }
  }

  /// Appends the pieces of a part of a text.
  ///
  /// - Parameter classes: the splitter's table.
  func append(
    in text: UnsafeBufferPointer<UInt8>, _ piece: Range<Int>, classes: CharacterClasses,
    to parts: inout [Range<Int>]
  ) {
    switch self {
    case .gpt2: appendPieces(GPT2Splitter(), text, piece, classes, &parts)
    case .cl100k(let splitter): appendPieces(splitter, text, piece, classes, &parts)
    case .o200k(let splitter): appendPieces(splitter, text, piece, classes, &parts)
    case .deepSeek: appendPieces(DeepSeekSplitter(), text, piece, classes, &parts)
    case .classRun(let pattern):
      appendPieces(
        ClassRunSplitter(limit: pattern.limit, table: classes), text, piece, classes, &parts)
    }
  }
}

/// Appends the pieces into which a splitter cuts a part of a text.
@inline(__always)
func appendPieces<Splitter: TextSplitter>(
  _ splitter: Splitter, _ text: UnsafeBufferPointer<UInt8>, _ piece: Range<Int>,
  _ classes: CharacterClasses, _ parts: inout [Range<Int>]
) {
  guard let start = text.baseAddress else { return }
  var splitter = splitter
  var at = piece.lowerBound
  while at < piece.upperBound {
    let end = splitter.pieceEnd(in: start, from: at, to: piece.upperBound, classes: classes)
    parts.append(at..<end)
    at = end
  }
}
