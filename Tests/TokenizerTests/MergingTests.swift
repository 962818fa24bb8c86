import CText
import Testing

@testable import Tokenizer

/// The ways of merging the bytes of a piece against the plain one, with random merges.
@Suite(.serialized) struct MergingTests {
  /// A model of all bytes with random merges of a few letters, listed as they were made, as in a
  /// trained vocabulary, or in disorder.
  private func model(
    isOrdered: Bool, _ generator: inout SeededGenerator
  ) throws -> BytePairModel {
    var texts = (UInt8.min...UInt8.max).map { ByteAlphabet.token(for: CollectionOfOne($0)) }
    var known = ["a", "b", "c"].map { Int(Array($0.utf8)[0]) }
    var merges: [BytePairModel.MergeRule] = []
    var pairs: Set<[Int]> = []
    for _ in 0..<Int.random(in: 1...40, using: &generator) {
      let left = known.randomElement(using: &generator) ?? 0
      let right =
        Bool.random(using: &generator) ? left : known.randomElement(using: &generator) ?? 0
      let text = texts[left] + texts[right]
      guard text.utf8.count <= 24, pairs.insert([left, right]).inserted else { continue }
      let result = texts.firstIndex(of: text) ?? texts.count
      // What is made in more than one way may be needed before the last of them.
      guard result == texts.count || !isOrdered else { continue }
      if result == texts.count {
        texts.append(text)
        known.append(result)
      }
      merges.append(
        BytePairModel.MergeRule(
          left: TokenID(left), right: TokenID(right), result: TokenID(result)))
    }
    if !isOrdered { merges.shuffle(using: &generator) }
    let tokens = try TokenTable(texts.enumerated().map { (text: $1, id: $0) })
    return BytePairModel(tokens: tokens, merges: merges, options: BytePairModel.Options())
  }

  /// Merges the first pair in the list of merges, the leftmost first, until there is none.
  private func merged(_ piece: [UInt8], _ model: BytePairModel) -> [TokenID] {
    var ranks: [[TokenID]: Int] = [:]
    for (rank, merge) in model.merges.enumerated() { ranks[[merge.left, merge.right]] = rank }
    var symbols = piece.map { model.byteTokens[Int($0)] }
    while true {
      var best: (rank: Int, place: Int)?
      for place in symbols.indices.dropLast() {
        let rank = ranks[[symbols[place], symbols[place + 1]]]
        if let rank, rank < best?.rank ?? .max { best = (rank, place) }
      }
      guard let best else { return symbols }
      symbols[best.place] = model.merges[best.rank].result
      symbols.remove(at: best.place + 1)
    }
  }

  private func pieces(_ longest: Int, _ generator: inout SeededGenerator) -> [[UInt8]] {
    let letters = Array("abc".utf8)
    return (0..<12).map { number in
      let length = Int.random(in: 1...longest, using: &generator)
      // Letters at random, one of them again and again, or a few of them again and again, perhaps
      // with something before and after them.
      let unit = (0..<[length, 1, 2, 3][number % 4]).map { _ in
        letters.randomElement(using: &generator) ?? 0
      }
      var piece = (0..<length).map { unit[$0 % unit.count] }
      if number % 8 > 3 {
        piece[0] = letters.randomElement(using: &generator) ?? 0
        piece[length - 1] = 0x78
      }
      return piece
    }
  }

  @Test func piecesOfAnyLengthAreMergedInOrder() throws {
    var generator = SeededGenerator(seed: 31)
    for round in 0..<120 {
      let model = try model(isOrdered: round % 2 == 0, &generator)
      if round % 2 == 0 { #expect(model.isOrdered) }
      var scratch = MergeScratch(model: model)
      let longest = [15, MergeScratch.shortPiece, 300][round % 3]
      for piece in pieces(longest, &generator) {
        var output = [TokenID](repeating: -1, count: piece.count)
        let count = piece.withUnsafeBufferPointer { piece in
          output.withUnsafeMutableBufferPointer { output in
            scratch.encode(piece, to: output.baseAddress.unsafelyUnwrapped)
          }
        }
        let shown = String(decoding: piece, as: UTF8.self)
        #expect(Array(output[..<count]) == merged(piece, model), "round \(round): \(shown)")
      }
    }
  }

  @Test func wordsAreMergedInOrderByTheKernel() throws {
    var generator = SeededGenerator(seed: 32)
    defer { _ = apus_text_set_level(apus_text_best_level()) }
    for level in [apus_text_baseline, apus_text_avx2, apus_text_avx512]
    where apus_text_set_level(level) {
      for round in 0..<60 {
        let model = try model(isOrdered: round % 2 == 0, &generator)
        let cache = KnownWords(WordCaches())
        for piece in pieces(WordCache.longestWord, &generator) {
          let expected = merged(piece, model)
          // First as a new word, then as one that is in the table.
          for _ in 0..<2 {
            var output = [TokenID](repeating: -1, count: piece.count + Int(apus_spare_tokens))
            let starts: [UInt32] = [0, UInt32(piece.count)]
            let count = output.withUnsafeMutableBufferPointer { output in
              var end = output.baseAddress
              let done = apus_encode_words(
                cache.table, model.byteMerges.kernel, piece, piece.count, starts, 0, 1, &end)
              #expect(done == 1)
              return end.unsafelyUnwrapped - output.baseAddress.unsafelyUnwrapped
            }
            #expect(Array(output[..<count]) == expected, "round \(round), level \(level.rawValue)")
          }
        }
      }
    }
  }

  @Test func wordsThatShareAPlaceAreAllFound() {
    var cache = KnownWords(WordCaches())
    var generator = SeededGenerator(seed: 33)
    var output = [TokenID](repeating: -1, count: 64)
    var lost = 0
    let words = (0..<40_000).map { number in
      (0..<Int.random(in: 1...15, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
    }
    func tokens(_ word: [UInt8]) -> [TokenID] { word.prefix(3).map { TokenID($0) } }
    for word in words where !isKnown(word) {
      cache.insert(
        WordCache.key(of: word, count: word.count, readable: word.count), tokens: tokens(word),
        count: min(3, word.count))
    }
    func isKnown(_ word: [UInt8]) -> Bool {
      let key = WordCache.key(of: word, count: word.count, readable: word.count)
      let count = output.withUnsafeMutableBufferPointer {
        cache.copy(key, to: $0.baseAddress.unsafelyUnwrapped)
      }
      if count >= 0 { #expect(Array(output[..<count]) == tokens(word)) }
      return count >= 0
    }
    for word in words where !isKnown(word) { lost += 1 }
    // Four places for a word: few have more than three others there.
    #expect(lost < words.count / 100, "\(lost) are lost")
  }
}
