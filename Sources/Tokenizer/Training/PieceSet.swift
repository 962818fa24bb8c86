/// The candidates for the tokens of a unigram model while it is trained: their texts and scores, and
/// a trie.
///
/// Piece 0 is that of unknown characters. It has no text and no score of its own.
final class PieceSet: @unchecked Sendable {
  /// The texts of all pieces, one after another.
  private let bytes: [UInt8]
  /// Where each text begins, and in the end where the next one would.
  private let starts: [Int]
  /// The score of each piece: the logarithm of its probability.
  let scores: [Double]
  /// Finds pieces by text.
  let trie: PrefixTrie
  /// The score of an unknown character.
  let unknownScore: Double

  /// The number of pieces.
  var count: Int { scores.count }

  init(bytes: [UInt8], starts: [Int], scores: [Double]) {
    self.bytes = bytes
    self.starts = starts
    self.scores = scores
    trie = bytes.withUnsafeBufferPointer { bytes in
      let texts = (1..<max(1, scores.count)).map {
        UnsafeBufferPointer(rebasing: bytes[starts[$0]..<starts[$0 + 1]])
      }
      return PrefixTrie(texts) { Int32($0 + 1) }
    }
    unknownScore = Self.smallest(scores) - UnigramModel.unknownPenalty
  }

  /// The smallest score of a piece with text, infinity if there is none.
  var smallestScore: Double { Self.smallest(scores) }

  private static func smallest(_ scores: [Double]) -> Double {
    scores.dropFirst().reduce(.infinity) { $1 < $0 ? $1 : $0 }
  }

  /// Calls `body` with the text of a piece.
  @inline(__always)
  func withText<Result>(of piece: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    bytes.withUnsafeBufferPointer {
      body(UnsafeBufferPointer(rebasing: $0[starts[piece]..<starts[piece + 1]]))
    }
  }

  /// Some of the pieces, in the given order, with new scores.
  func kept(_ pieces: [Int], scores: [Double]) -> PieceSet {
    var kept: [UInt8] = []
    var keptStarts: [Int] = [0]
    keptStarts.reserveCapacity(pieces.count + 1)
    for piece in pieces {
      kept.append(contentsOf: bytes[starts[piece]..<starts[piece + 1]])
      keptStarts.append(kept.count)
    }
    return PieceSet(bytes: kept, starts: keptStarts, scores: scores)
  }
}
