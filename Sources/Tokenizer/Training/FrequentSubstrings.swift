/// The substrings that a unigram trainer begins with.
struct FrequentSubstrings {
  /// A substring that occurs at least twice and is followed by different characters.
  struct Substring {
    /// How often it occurs times its length.
    var score: UInt64
    /// Where it begins in the text.
    var place: Int32
    /// How many suffixes come before the first that begins with it.
    var rank: Int32
    /// Its length in characters.
    var length: Int32

    /// More characters covered come first; among equals the lexicographically larger.
    func comesBefore(_ other: Substring) -> Bool {
      if score != other.score { return score > other.score }
      // Of two substrings with the same first suffix the shorter one is a prefix of the longer.
      return rank != other.rank ? rank > other.rank : length > other.length
    }
  }

  /// The substrings, first to last.
  private(set) var substrings: [Substring] = []
  /// The characters of the text; words are followed by U+0000.
  private let characters: [UInt32]

  /// - Parameters:
  ///   - characters: the words, each followed by U+0000.
  ///   - longest: the largest length of a substring.
  init(_ characters: [UInt32], longest: Int) {
    self.characters = characters
    guard !characters.isEmpty else { return }
    // Characters by their ranks, so that the sort's buckets are few.
    var ranks = [Int32](repeating: -1, count: 0x11_0000)
    for character in characters { ranks[Int(character)] = 0 }
    var count: Int32 = 0
    for character in ranks.indices where ranks[character] == 0 {
      ranks[character] = count
      count += 1
    }
    let text = characters.map { ranks[Int($0)] }
    let order = SuffixArray.make(text, alphabet: Int(count))
    collect(text, order, Self.commonPrefixes(text, order), longest)
    substrings.sort { $0.comesBefore($1) }
  }

  /// The text of a substring.
  func text(of substring: Substring) -> [UInt8] {
    var bytes: [UInt8] = []
    for at in Int(substring.place)..<Int(substring.place + substring.length) {
      appendUTF8(characters[at], to: &bytes)
    }
    return bytes
  }

  /// For each place how many characters its suffix shares with the one before it in the order
  /// (Kärkkäinen, Manzini and Puglisi, CPM 2009).
  private static func commonPrefixes(_ text: [Int32], _ order: [Int32]) -> [Int32] {
    // First the place of the suffix before, then, in the order of the text, what is shared.
    var result = [Int32](repeating: -1, count: text.count)
    for index in 1..<max(1, order.count) { result[Int(order[index])] = order[index - 1] }
    result.withUnsafeMutableBufferPointer { result in
      text.withUnsafeBufferPointer { text in
        var shared = 0
        for at in 0..<text.count {
          let before = Int(result[at])
          guard before >= 0 else {
            shared = 0
            continue
          }
          while max(at, before) + shared < text.count, text[at + shared] == text[before + shared] {
            shared += 1
          }
          result[at] = Int32(shared)
          shared = max(0, shared - 1)
        }
      }
    }
    return result
  }

  /// Finds the substrings: the inner nodes of the tree of suffixes.
  private mutating func collect(
    _ text: [Int32], _ order: [Int32], _ shared: [Int32], _ longest: Int
  ) {
    let reach = Int32(clamping: longest)
    var open: [(length: Int32, start: Int32)] = []
    for index in 1...order.count {
      let length = index < order.count ? shared[Int(order[index])] : -1
      var start = Int32(index - 1)
      while let top = open.last, top.length > length {
        open.removeLast()
        start = top.start
        guard top.length >= 2, top.length <= reach else { continue }
        let place = order[Int(top.start)]
        guard !endsAWord(Int(place), Int(top.length)) else { continue }
        let frequency = UInt64(index - Int(top.start))
        substrings.append(
          Substring(
            score: frequency * UInt64(top.length), place: place, rank: top.start,
            length: top.length))
      }
      if length >= 0, open.last.map({ $0.length < length }) ?? true {
        open.append((length, start))
      }
    }
  }

  /// Whether the end of a word lies within a substring.
  private func endsAWord(_ place: Int, _ length: Int) -> Bool {
    for at in place..<place + length where characters[at] == 0 { return true }
    return false
  }
}
