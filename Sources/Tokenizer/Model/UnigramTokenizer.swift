/// A unigram model with the memory that one thread needs: the search for the best way to write a
/// piece of text (Viterbi).
final class UnigramTokenizer: PieceTokenizer {
  /// The best way to reach a place.
  private struct Cell {
    var score: Double
    /// Where the last token begins, −1 while no way is known.
    var start: Int32
    var id: TokenID
  }

  /// How much of a piece is searched before tokens are given out where all ways meet.
  private static let window = 1 << 12

  private let model: UnigramModel
  /// Whether sums are rounded to 32 bits, as SentencePiece keeps them.
  private let isSinglePrecision: Bool
  private var words: KnownWords
  /// Where the cache puts the tokens of a word that it knows.
  private let known: UnsafeMutablePointer<TokenID>
  /// The cells of a window; those not in use have no start.
  private var cells: UnsafeMutablePointer<Cell>
  private var capacity = 256
  /// The ends of the tokens of a way, last to first.
  private var path: [Int32] = []

  init(_ model: UnigramModel, _ words: WordCaches) {
    self.words = KnownWords(words)
    self.model = model
    isSinglePrecision = model.pieceRules?.isSinglePrecision ?? false
    known = .allocate(capacity: WordCache.longestWord + 3)
    cells = .allocate(capacity: capacity)
    cells.initialize(repeating: Cell(score: 0, start: -1, id: 0), count: capacity)
  }

  deinit {
    known.deallocate()
    cells.deallocate()
  }

  func trim() {
    if path.capacity > 1 << 16 { path = [] }
    if capacity > 1 << 17 {
      cells.deallocate()
      capacity = 256
      cells = .allocate(capacity: capacity)
      cells.initialize(repeating: Cell(score: 0, start: -1, id: 0), count: capacity)
    }
  }

  func append(_ piece: UnsafeBufferPointer<UInt8>, to tokens: inout PieceTokens) {
    guard let text = piece.baseAddress, !piece.isEmpty else { return }
    guard piece.count <= WordCache.longestWord else {
      return search(text, piece.count, to: &tokens)
    }
    let key = WordCache.key(of: text, count: piece.count, readable: piece.count)
    let count = words.copy(key, to: known)
    guard count < 0 else {
      var at = 0
      for index in 0..<count {
        let end = at + Int(model.lengths[Int(known[index])])
        tokens.append(known[index], at, end)
        at = end
      }
      return
    }
    let first = tokens.ids.count
    search(text, piece.count, to: &tokens)
    // The cache keeps no places: words with tokens for unknown text are left to the search.
    let made = tokens.ids.count - first
    guard made <= WordCache.longestWord else { return }
    var at: Int32 = 0
    for index in 0..<made {
      let id = tokens.ids[first + index]
      let end = at + model.lengths[Int(id)]
      guard tokens.starts[first + index] == at, tokens.ends[first + index] == end else { return }
      known[index] = id
      at = end
    }
    words.insert(key, tokens: known, count: made)
  }

  /// Adds the tokens of a piece.
  private func search(
    _ text: UnsafePointer<UInt8>, _ length: Int, to tokens: inout PieceTokens
  ) {
    precondition(length < Int(Int32.max), "encode: a piece of text has 2³¹ − 1 bytes or more")
    let trie = model.trie
    let longest = min(max(trie.longest, 4), length)
    var base = 0
    var reach = 0
    var unknown = 0..<0
    cells[0].score = 0
    var at = 0
    while at < length {
      if at == reach, at - base >= Self.window {
        let score = cells[at - base].score
        giveOut(text, base, at, &unknown, to: &tokens)
        base = at
        cells[0].score = score
      }
      if at - base + longest >= capacity { grow(at - base + longest + 1) }
      if isSinglePrecision { lower(at - base, to: max(at, reach) - base) }
      let score = cells[at - base].score
      let characterEnd = at + character(in: text, at: at, end: length).length
      var isKnown = false
      var node = PrefixTrie.root
      var end = at
      while end < length {
        node = trie.child(of: node, text[end])
        guard node >= 0 else { break }
        end += 1
        let id = trie.value(at: node)
        guard id >= 0 else { continue }
        offer(score + model.weights[Int(id)], id, from: at - base, to: end - base)
        if end == characterEnd { isKnown = true }
        if end > reach { reach = end }
      }
      if !isKnown {
        let sum = model.unknownScore + score
        offer(sum, model.unknownID, from: at - base, to: characterEnd - base)
        if characterEnd > reach { reach = characterEnd }
      }
      at = characterEnd
    }
    giveOut(text, base, length, &unknown, to: &tokens)
    if !unknown.isEmpty { appendUnknown(text, unknown, to: &tokens) }
  }

  /// Subtracts a sum of scores that has become large from those of all places reached so far, as
  /// SentencePiece does, so that single precision stays exact enough.
  @inline(__always)
  private func lower(_ place: Int, to reach: Int) {
    let sum = cells[place].score
    guard abs(sum) > 100_000 else { return }
    for other in place...reach where other == place || cells[other].start >= 0 {
      cells[other].score = Double(Float(cells[other].score - sum))
    }
  }

  /// Takes a way to a place if it is the first or better than the best so far.
  @inline(__always)
  private func offer(_ score: Double, _ id: TokenID, from start: Int, to end: Int) {
    let score = isSinglePrecision ? Double(Float(score)) : score
    if cells[end].start < 0 || score > cells[end].score {
      cells[end] = Cell(score: score, start: Int32(truncatingIfNeeded: start), id: id)
    }
  }

  /// Adds the tokens of the best way from `base` to `end` and frees the window's cells.
  ///
  /// Neighbouring unknown characters are one unknown text, which may go on: it is kept in `unknown`.
  private func giveOut(
    _ text: UnsafePointer<UInt8>, _ base: Int, _ end: Int, _ unknown: inout Range<Int>,
    to tokens: inout PieceTokens
  ) {
    path.removeAll(keepingCapacity: true)
    var place = Int32(truncatingIfNeeded: end - base)
    while place > 0 {
      path.append(place)
      place = cells[Int(place)].start
    }
    for place in path.reversed() {
      let cell = cells[Int(place)]
      let range = base + Int(cell.start)..<base + Int(place)
      if cell.id == model.unknownID {
        unknown = unknown.isEmpty ? range : unknown.lowerBound..<range.upperBound
        continue
      }
      if !unknown.isEmpty {
        appendUnknown(text, unknown, to: &tokens)
        unknown = 0..<0
      }
      tokens.append(cell.id, range.lowerBound, range.upperBound)
    }
    for place in 0...(end - base) { cells[place].start = -1 }
  }

  /// Adds the token of an unknown text, or those of its bytes.
  private func appendUnknown(
    _ text: UnsafePointer<UInt8>, _ range: Range<Int>, to tokens: inout PieceTokens
  ) {
    let bytes = UnsafeBufferPointer(start: text + range.lowerBound, count: range.count)
    // Unknown characters may make up a token that is known as a whole.
    if model.pieceRules == nil, let id = model.tokens.id(of: bytes) {
      return tokens.append(id, range.lowerBound, range.upperBound)
    }
    if model.fallsBackToBytes, bytes.allSatisfy({ model.byteTokens[Int($0)] >= 0 }) {
      for byte in bytes {
        tokens.append(model.byteTokens[Int(byte)], range.lowerBound, range.upperBound)
      }
      return
    }
    tokens.append(model.unknownID, range.lowerBound, range.upperBound)
  }

  private func grow(_ count: Int) {
    let larger = max(count, capacity * 2)
    let grown = UnsafeMutablePointer<Cell>.allocate(capacity: larger)
    grown.initialize(from: cells, count: capacity)
    (grown + capacity).initialize(
      repeating: Cell(score: 0, start: -1, id: 0), count: larger - capacity)
    cells.deallocate()
    cells = grown
    capacity = larger
  }
}
