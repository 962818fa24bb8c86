import CText

/// The working memory of merging, kept between pieces.
///
/// Symbols are placed first, then merged where they are.
struct MergeScratch: ~Copyable {
  /// Pieces up to this many bytes are merged by scanning for the first pair again and again.
  static let shortPiece = 40

  private let model: BytePairModel
  /// Whether the bytes that each symbol stands for are counted, for models whose tokens do not tell.
  private let tracksWidths: Bool
  /// The longest piece that there is room for.
  private(set) var capacity = 0
  private(set) var symbols: UnsafeMutablePointer<TokenID>
  /// How many bytes of the piece each symbol stands for; not in use unless tracked.
  private(set) var widths: UnsafeMutablePointer<Int32>
  private var ranks: UnsafeMutablePointer<UInt32>
  /// Links of long pieces: the places of the symbols before and after each.
  private var previous: UnsafeMutablePointer<Int32>
  private var next: UnsafeMutablePointer<Int32>
  private var queue: MergeQueue
  /// A piece as a vocabulary writes it.
  private var written: [UInt8] = []

  init(model: BytePairModel, tracksWidths: Bool = false) {
    self.model = model
    self.tracksWidths = tracksWidths
    capacity = 64
    widths = .allocate(capacity: tracksWidths ? capacity : 0)
    symbols = .allocate(capacity: capacity)
    ranks = .allocate(capacity: capacity)
    previous = .allocate(capacity: capacity)
    next = .allocate(capacity: capacity)
    queue = MergeQueue(byRank: model.isOrdered, ranks: model.merges.count)
  }

  deinit {
    symbols.deallocate()
    widths.deallocate()
    ranks.deallocate()
    previous.deallocate()
    next.deallocate()
  }

  /// Makes room for so many symbols; those placed before are lost.
  mutating func reserve(_ count: Int) {
    guard count > capacity else { return }
    symbols.deallocate()
    widths.deallocate()
    ranks.deallocate()
    previous.deallocate()
    next.deallocate()
    capacity = max(count, capacity * 2)
    widths = .allocate(capacity: tracksWidths ? capacity : 0)
    symbols = .allocate(capacity: capacity)
    ranks = .allocate(capacity: capacity)
    previous = .allocate(capacity: capacity)
    next = .allocate(capacity: capacity)
  }

  /// Writes the tokens of a piece of text to `output`, which has room for one a byte, and returns
  /// their number.
  mutating func encode(
    _ piece: UnsafeBufferPointer<UInt8>, to output: UnsafeMutablePointer<TokenID>
  ) -> Int {
    if model.options.ignoresMerges, let whole = wholeToken(piece) {
      output[0] = whole
      return 1
    }
    reserve(piece.count)
    let count =
      model.coversAllBytes
      ? merge(placeKnownBytes(piece), ranksAreKnown: true) : merge(placeBytes(piece))
    output.update(from: symbols, count: count)
    return count
  }

  /// Puts the token of each byte into `symbols`, and the rank of each two bytes into `ranks`.
  private mutating func placeKnownBytes(_ piece: UnsafeBufferPointer<UInt8>) -> Int {
    guard let last = piece.last else { return 0 }
    let tokens = model.byteMerges.tokens
    let merges = model.byteMerges.merges
    for at in 0..<(piece.count - 1) {
      symbols[at] = tokens[Int(piece[at])]
      ranks[at] = merges[Int(piece[at]) << 8 | Int(piece[at + 1])].rank
    }
    symbols[piece.count - 1] = tokens[Int(last)]
    return piece.count
  }

  /// Merges the symbols that have been placed and returns how many are left.
  mutating func merge(_ count: Int, ranksAreKnown: Bool = false) -> Int {
    if count <= 1 || model.merges.isEmpty { return count }
    return count <= Self.shortPiece
      ? mergeShort(count, ranksAreKnown: ranksAreKnown)
      : mergeLong(count, ranksAreKnown: ranksAreKnown)
  }

  /// The token that a piece is as a whole.
  mutating func wholeToken(_ piece: UnsafeBufferPointer<UInt8>) -> TokenID? {
    written.removeAll(keepingCapacity: true)
    for byte in piece { appendUTF8(UInt32(ByteAlphabet.characters[Int(byte)]), to: &written) }
    return written.withUnsafeBufferPointer { model.tokens.id(of: $0) }
  }

  /// Puts the token of each byte into `symbols` and returns their number.
  private mutating func placeBytes(_ piece: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    var lastIsUnknown = false
    for byte in piece {
      let token = model.byteTokens[Int(byte)]
      if token >= 0 {
        symbols[count] = token
        count += 1
        lastIsUnknown = false
      } else if model.unknownID >= 0, !(lastIsUnknown && model.options.fusesUnknown) {
        symbols[count] = model.unknownID
        count += 1
        lastIsUnknown = true
      }
    }
    return count
  }

  /// Merges by looking for the first pair in the whole piece after each merge.
  private mutating func mergeShort(_ initialCount: Int, ranksAreKnown: Bool) -> Int {
    var count = initialCount
    let pairs = model.pairs
    if !ranksAreKnown {
      for at in 0..<(count - 1) { ranks[at] = pairs.lookup(symbols[at], symbols[at + 1]).rank }
    }
    while count > 1 {
      var best = Merge.noRank
      var place = 0
      for at in 0..<(count - 1) where ranks[at] < best {
        best = ranks[at]
        place = at
      }
      if best == Merge.noRank { break }
      symbols[place] = model.results[Int(best)]
      count -= 1
      if tracksWidths { joinWidths(place, of: count) }
      var at = place + 1
      while at < count {
        symbols[at] = symbols[at + 1]
        ranks[at - 1] = ranks[at]
        at += 1
      }
      if place < count - 1 {
        ranks[place] = pairs.lookup(symbols[place], symbols[place + 1]).rank
      }
      if place > 0 {
        ranks[place - 1] = pairs.lookup(symbols[place - 1], symbols[place]).rank
      }
    }
    return count
  }

  /// Adds the width after `place` to the one there and closes the gap; `count` are left.
  private mutating func joinWidths(_ place: Int, of count: Int) {
    widths[place] += widths[place + 1]
    for at in (place + 1)..<max(place + 1, count) { widths[at] = widths[at + 1] }
  }

  /// Merges a piece of any length in about linear time.
  private mutating func mergeLong(_ initialCount: Int, ranksAreKnown: Bool) -> Int {
    precondition(initialCount < Int(Int32.max), "encode: a piece has 2³¹ − 1 bytes or more")
    if !ranksAreKnown {
      var lookup = LastLookup(model.pairs)
      for at in 0..<(initialCount - 1) { ranks[at] = lookup(symbols[at], symbols[at + 1]) }
    }
    ranks[initialCount - 1] = Merge.noRank
    return mergeQueued(mergeRepeated(initialCount))
  }

  /// Merges whole ranks at once as long as the first one is that of many pairs, as in repeated
  /// letters; returns how many symbols are left.
  private mutating func mergeRepeated(_ initialCount: Int) -> Int {
    var count = initialCount
    // What stands before repeated letters may have to be merged first.
    var patience = 3
    while patience > 0 {
      var first = Merge.noRank
      for at in 0..<count { first = min(first, ranks[at]) }
      if first == Merge.noRank { break }
      let left = mergeAll(first, count)
      // If there are so many, going through all symbols costs no more than a queue.
      if left > count - count / 16 { patience -= 1 }
      count = left
    }
    return count
  }

  /// Merges the pairs of a rank from left to right and closes the gaps.
  ///
  /// Not all of them if a merge makes a pair that comes before, which only models can do that are not
  /// ordered: that pair is the next to be merged.
  private mutating func mergeAll(_ rank: UInt32, _ count: Int) -> Int {
    var lookup = LastLookup(model.pairs)
    var lookupAfter = lookup
    let isOrdered = model.isOrdered
    let result = model.results[Int(rank)]
    var from = 0
    var to = 0
    // Whether the symbol before `to` is new.
    var isNew = false
    var goesOn = true
    while from < count {
      let merges = goesOn && ranks[from] == rank
      let symbol = merges ? result : symbols[from]
      if isNew || merges, to > 0 { ranks[to &- 1] = lookup(symbols[to &- 1], symbol) }
      symbols[to] = symbol
      if tracksWidths { widths[to] = merges ? widths[from] &+ widths[from &+ 1] : widths[from] }
      ranks[to] = ranks[from]
      from &+= merges ? 2 : 1
      to &+= 1
      isNew = merges
      if merges, !isOrdered {
        let before = to > 1 ? ranks[to &- 2] : Merge.noRank
        let after = from < count ? lookupAfter(symbol, symbols[from]) : Merge.noRank
        goesOn = min(before, after) > rank
      }
    }
    ranks[to &- 1] = Merge.noRank
    return to
  }

  /// Merges with a queue of pairs.
  private mutating func mergeQueued(_ count: Int) -> Int {
    let pairs = model.pairs
    for at in 0..<count {
      previous[at] = Int32(at - 1)
      next[at] = Int32(at + 1)
      if ranks[at] != Merge.noRank { queue.push(rank: ranks[at], place: Int32(at)) }
    }
    while let (rank, place) = queue.pop() {
      let at = Int(place)
      // A place's rank changes when its pair does, so an older entry no longer fits.
      guard ranks[at] == rank else { continue }
      let right = Int(next[at])
      let after = Int(next[right])
      symbols[at] = model.results[Int(rank)]
      symbols[right] = -1
      if tracksWidths { widths[at] += widths[right] }
      ranks[right] = Merge.noRank
      next[at] = Int32(after)
      if after < count {
        previous[after] = place
        ranks[at] = pairs.lookup(symbols[at], symbols[after]).rank
        if ranks[at] != Merge.noRank { queue.push(rank: ranks[at], place: place) }
      } else {
        ranks[at] = Merge.noRank
      }
      let before = Int(previous[at])
      if before >= 0 {
        ranks[before] = pairs.lookup(symbols[before], symbols[at]).rank
        if ranks[before] != Merge.noRank { queue.push(rank: ranks[before], place: Int32(before)) }
      }
    }
    var length = 0
    for at in 0..<count where symbols[at] >= 0 {
      symbols[length] = symbols[at]
      if tracksWidths { widths[length] = widths[at] }
      length += 1
    }
    return length
  }
}

/// Looks pairs of tokens up that are often the same as the one before.
private struct LastLookup {
  private let pairs: PairTable
  private var left: TokenID = -1
  private var right: TokenID = -1
  private var rank = Merge.noRank

  init(_ pairs: PairTable) { self.pairs = pairs }

  /// The rank of the merge of a pair.
  @inline(__always)
  mutating func callAsFunction(_ left: TokenID, _ right: TokenID) -> UInt32 {
    if left != self.left || right != self.right {
      self.left = left
      self.right = right
      rank = pairs.lookup(left, right).rank
    }
    return rank
  }
}
