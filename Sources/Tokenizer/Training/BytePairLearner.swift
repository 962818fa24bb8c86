/// The search for merges: takes the most frequent pair again and again.
///
/// The same merges as those of `BpeTrainer` in Hugging Face tokenizers, also in its corner cases: a
/// pair that comes to exist anew is queued beside its older entry, and a token that a second pair
/// makes keeps its id.
struct BytePairLearner: ~Copyable {
  /// The tokens' texts, by id.
  private(set) var texts: [String]
  /// The merges, first to last.
  private(set) var merges: [BytePairModel.MergeRule] = []

  private let known: ByteStringTable
  /// The lengths of the tokens' texts in characters.
  private var lengths: [Int]
  private let longestToken: Int
  private let smallestCount: Int64

  /// What the tokens of characters that do not begin a word are written with; inside a token it is
  /// not repeated.
  private let prefix: [UInt8]

  /// The words, one after another; `ends` moves down as tokens merge.
  private var symbols: [TokenID]
  private let starts: [Int]
  private var ends: [Int]
  private let counts: [Int64]

  private var pairs = PairCounts()
  private var heap = CandidateHeap()
  /// The words of each candidate.
  private var places: [Int32] = []
  /// What one merge made: pairs, by number, and the words that they are now in.
  private var gains: [(number: Int32, word: Int32)] = []

  /// - Parameters:
  ///   - words: the words, how often each occurs, and the tokens to begin with.
  ///   - prefix: what the tokens of characters that do not begin a word are written with.
  ///   - minimumFrequency: pairs that occur less often are not merged.
  ///   - longestToken: the limit of a token's length in characters.
  init(_ words: SymbolWords, prefix: String, minimumFrequency: Int, longestToken: Int?) {
    texts = words.vocabulary
    // What words are made of is one character each, whatever it is written with.
    lengths = texts.map(\.unicodeScalars.count)
    for symbol in words.symbols { lengths[Int(symbol)] = 1 }
    known = ByteStringTable(capacity: texts.count)
    for text in texts { _ = known.insert(text) }
    self.prefix = Array(prefix.utf8)
    self.longestToken = longestToken ?? .max
    smallestCount = Int64(max(1, minimumFrequency))
    counts = words.counts
    symbols = words.symbols
    starts = Array(words.bounds.dropLast())
    ends = Array(words.bounds.dropFirst())
    countPairs()
  }

  /// Merges until the vocabulary has `size` tokens or no pair is frequent enough.
  ///
  /// - Parameter progress: called with the size of the vocabulary now and then.
  mutating func learn(size: Int, progress: (Int) -> Void) {
    while texts.count < size, var top = heap.pop() {
      let count = pairs.counts[Int(top.number)]
      if top.count != count {
        top.count = count
        heap.push(top)
        continue
      }
      if count < smallestCount { break }
      let left = TokenID(truncatingIfNeeded: top.pair >> 32)
      let right = TokenID(truncatingIfNeeded: top.pair & 0xFFFF_FFFF)
      let result = token(joining: left, right)
      merges.append(BytePairModel.MergeRule(left: left, right: right, result: result))
      gains.removeAll(keepingCapacity: true)
      for place in top.firstPlace..<(top.firstPlace + Int(top.placeCount)) {
        merge(left, right, into: result, word: Int(places[place]))
      }
      queueGains()
      if texts.count & 0xFF == 0 { progress(texts.count) }
    }
  }

  /// The token with the text of both, which is made unless there is one.
  private mutating func token(joining left: TokenID, _ right: TokenID) -> TokenID {
    var text = texts[Int(left)]
    if !prefix.isEmpty, texts[Int(right)].utf8.starts(with: prefix) {
      text += String(decoding: texts[Int(right)].utf8.dropFirst(prefix.count), as: UTF8.self)
    } else {
      text += texts[Int(right)]
    }
    let length = lengths[Int(left)] + lengths[Int(right)]
    let number = known.insert(text)
    if number == texts.count {
      texts.append(text)
      lengths.append(length)
    } else {
      lengths[number] = length
    }
    return TokenID(number)
  }

  private mutating func countPairs() {
    for word in starts.indices where ends[word] - starts[word] > 1 {
      for at in starts[word]..<(ends[word] - 1) {
        let number = pairs.number(of: PairCounts.key(symbols[at], symbols[at + 1]))
        pairs.counts[number] += counts[word]
        gains.append((Int32(number), Int32(word)))
      }
    }
    queueGains()
  }

  /// Merges a pair in one word and notes which pairs come and go.
  private mutating func merge(
    _ left: TokenID, _ right: TokenID, into result: TokenID, word: Int
  ) {
    let start = starts[word]
    let end = ends[word]
    let count = counts[word]
    let length = lengths[Int(result)]
    var read = start
    var write = start
    while read < end {
      guard symbols[read] == left, read + 1 < end, symbols[read + 1] == right else {
        symbols[write] = symbols[read]
        read += 1
        write += 1
        continue
      }
      if write > start {
        let before = symbols[write - 1]
        lose(before, left, count)
        if lengths[Int(before)] + length < longestToken { gain(before, result, count, word) }
      }
      if read + 2 < end {
        let after = symbols[read + 2]
        lose(right, after, count)
        if lengths[Int(after)] + length < longestToken { gain(result, after, count, word) }
      }
      symbols[write] = result
      read += 2
      write += 1
    }
    ends[word] = write
  }

  @inline(__always)
  private mutating func lose(_ left: TokenID, _ right: TokenID, _ count: Int64) {
    pairs.counts[pairs.number(of: PairCounts.key(left, right))] -= count
  }

  @inline(__always)
  private mutating func gain(_ left: TokenID, _ right: TokenID, _ count: Int64, _ word: Int) {
    let number = pairs.number(of: PairCounts.key(left, right))
    pairs.counts[number] += count
    gains.append((Int32(number), Int32(word)))
  }

  /// Makes a candidate of each pair that was gained, with the words that gained it.
  private mutating func queueGains() {
    guard !gains.isEmpty else { return }
    var packed = gains.map { UInt64($0.number) << 32 | UInt64($0.word) }
    packed.sort()
    var at = 0
    while at < packed.count {
      let number = Int(packed[at] >> 32)
      let first = places.count
      var last: UInt64?
      while at < packed.count, Int(packed[at] >> 32) == number {
        if packed[at] != last { places.append(Int32(packed[at] & 0xFFFF_FFFF)) }
        last = packed[at]
        at += 1
      }
      let count = pairs.counts[number]
      if count > 0 {
        heap.push(
          Candidate(
            count: count, pair: pairs.pairs[number], number: Int32(number), firstPlace: first,
            placeCount: Int32(places.count - first)))
      } else {
        places.removeSubrange(first...)
      }
    }
  }
}
