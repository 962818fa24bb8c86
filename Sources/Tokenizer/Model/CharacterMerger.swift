/// Byte-pair encoding of text as it is: pieces begin as characters instead of bytes.
///
/// This is how vocabularies made by SentencePiece are run, and how every BPE model runs behind
/// pre-tokenizers other than ByteLevel.
final class CharacterMerger: PieceTokenizer {
  private let model: BytePairModel
  private let characters: CharacterTokens
  private var scratch: MergeScratch
  private var words: KnownWords
  private let longCache = LongWordCache()
  /// Where the cache puts the tokens of a word that it knows.
  private let known: UnsafeMutablePointer<TokenID>
  /// The bytes of a character with the affixes of its token.
  private var affixed: [UInt8] = []

  init(_ model: BytePairModel, _ characters: CharacterTokens, _ words: WordCaches) {
    self.words = KnownWords(words)
    self.model = model
    self.characters = characters
    scratch = MergeScratch(model: model, tracksWidths: true)
    known = .allocate(capacity: LongWordCache.longestWord + 3)
  }

  deinit { known.deallocate() }

  func trim() {
    if scratch.capacity > 1 << 16 { scratch = MergeScratch(model: model, tracksWidths: true) }
  }

  func append(_ piece: UnsafeBufferPointer<UInt8>, to tokens: inout PieceTokens) {
    guard let text = piece.baseAddress else { return }
    if model.options.ignoresMerges, let whole = model.tokens.id(of: piece) {
      return tokens.append(whole, 0, piece.count)
    }
    var start = 0
    while start < piece.count {
      let end =
        characters.cutsAtSpaces
        ? characters.wordEnd(in: text, from: start, to: piece.count) : piece.count
      appendWord(text, start..<end, readable: piece.count - start, to: &tokens)
      start = end
    }
  }

  private func appendWord(
    _ text: UnsafePointer<UInt8>, _ word: Range<Int>, readable: Int, to tokens: inout PieceTokens
  ) {
    if word.count > WordCache.longestWord { return appendLongWord(text, word, to: &tokens) }
    let key = WordCache.key(of: text + word.lowerBound, count: word.count, readable: readable)
    let count = words.copy(key, to: known)
    if count >= 0 { return appendKnown(count, at: word.lowerBound, to: &tokens) }
    guard let count = mergeNew(text, word, to: &tokens) else { return }
    words.insert(key, tokens: known, count: count)
  }

  private func appendLongWord(
    _ text: UnsafePointer<UInt8>, _ word: Range<Int>, to tokens: inout PieceTokens
  ) {
    guard word.count <= LongWordCache.longestWord else { return merge(text, word, to: &tokens) }
    let bytes = UnsafeBufferPointer(start: text + word.lowerBound, count: word.count)
    let hash = hashOfBytes(bytes, seed: 0)
    let count = longCache.copy(bytes, hash: hash, to: known)
    if count >= 0 { return appendKnown(count, at: word.lowerBound, to: &tokens) }
    guard let count = mergeNew(text, word, to: &tokens) else { return }
    longCache.insert(bytes, hash: hash, tokens: known, count: count)
  }

  /// Adds the tokens of a word that a cache has written to `known`.
  @inline(__always)
  private func appendKnown(_ count: Int, at start: Int, to tokens: inout PieceTokens) {
    var at = start
    for index in 0..<count {
      let end = at + Int(characters.widths[Int(known[index])])
      tokens.append(known[index], at, end)
      at = end
    }
  }

  /// Adds the tokens of a new word, puts them into `known`, and returns their number.
  ///
  /// Nil if no cache may keep them, as caches keep no places: some token stands for something else
  /// than its text, such as an unknown character.
  private func mergeNew(
    _ text: UnsafePointer<UInt8>, _ word: Range<Int>, to tokens: inout PieceTokens
  ) -> Int? {
    let first = tokens.ids.count
    merge(text, word, to: &tokens)
    for index in first..<tokens.ids.count {
      guard characters.widths[Int(tokens.ids[index])] == tokens.ends[index] - tokens.starts[index]
      else { return nil }
      known[index - first] = tokens.ids[index]
    }
    return tokens.ids.count - first
  }

  private func merge(
    _ text: UnsafePointer<UInt8>, _ word: Range<Int>, to tokens: inout PieceTokens
  ) {
    precondition(word.count < Int(Int32.max), "encode: a piece of text has 2³¹ − 1 bytes or more")
    scratch.reserve(word.count * (1 + model.options.endSuffix.utf8.count))
    let count = scratch.merge(place(text, word))
    var at = word.lowerBound
    for index in 0..<count {
      let end = at + Int(scratch.widths[index])
      tokens.append(scratch.symbols[index], at, end)
      at = end
    }
  }

  /// Puts the tokens of a word's characters into the scratch and returns their number.
  private func place(_ text: UnsafePointer<UInt8>, _ word: Range<Int>) -> Int {
    var count = 0
    func add(_ token: TokenID, _ width: Int) {
      scratch.symbols[count] = token
      scratch.widths[count] = Int32(truncatingIfNeeded: width)
      count += 1
    }
    /// The bytes of unknown characters whose token is not placed yet.
    var unknownWidth = 0
    var at = word.lowerBound
    while at < word.upperBound {
      let (value, length) = character(in: text, at: at, end: word.upperBound)
      let isFirst = at == word.lowerBound
      let isLast = at + length == word.upperBound
      let token =
        model.hasAffixes
        ? affixedToken(text + at, length, isFirst: isFirst, isLast: isLast)
        : characters.token(value, text + at, length)
      if token >= 0 {
        if unknownWidth > 0 { add(model.unknownID, unknownWidth) }
        unknownWidth = 0
        add(token, length)
      } else if model.options.fallsBackToBytes, hasByteTokens(text + at, length) {
        for place in 0..<(model.hasAffixes ? affixed.count : length) {
          let byte = model.hasAffixes ? affixed[place] : text[at + place]
          add(characters.byteTokens[Int(byte)], 1)
        }
      } else if model.unknownID >= 0 {
        if unknownWidth > 0, !model.options.fusesUnknown {
          add(model.unknownID, unknownWidth)
          unknownWidth = 0
        }
        unknownWidth += length
      }
      at += length
    }
    if unknownWidth > 0 { add(model.unknownID, unknownWidth) }
    return count
  }

  /// The token of a character with the affixes of its place, −1 if there is none.
  private func affixedToken(
    _ text: UnsafePointer<UInt8>, _ length: Int, isFirst: Bool, isLast: Bool
  ) -> TokenID {
    affixed.removeAll(keepingCapacity: true)
    if !isFirst { affixed.append(contentsOf: model.options.continuingPrefix.utf8) }
    affixed.append(contentsOf: UnsafeBufferPointer(start: text, count: length))
    if isLast { affixed.append(contentsOf: model.options.endSuffix.utf8) }
    return affixed.withUnsafeBufferPointer { model.tokens.id(of: $0) } ?? -1
  }

  private func hasByteTokens(_ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    if model.hasAffixes { return affixed.allSatisfy { characters.byteTokens[Int($0)] >= 0 } }
    return (0..<length).allSatisfy { characters.byteTokens[Int(text[$0])] >= 0 }
  }
}
