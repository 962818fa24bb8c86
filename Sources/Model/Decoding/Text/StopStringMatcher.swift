/// Finds the first of some texts in a text that comes in pieces, and holds back what could be the
/// beginning of one.
///
/// Where the pieces begin and end makes no difference.
struct StopStringMatcher: Sendable {
  /// A text to be found, with the longest beginning that each of its beginnings also ends with
  /// (Knuth, Morris and Pratt, 1977).
  private struct Pattern {
    let bytes: [UInt8]
    let fallback: [Int]
    /// How many of its bytes the text ends with.
    var matched = 0

    init(_ text: String) {
      bytes = Array(text.utf8)
      var fallback = [Int](repeating: 0, count: bytes.count)
      var length = 0
      for index in bytes.indices.dropFirst() {
        while length > 0 && bytes[index] != bytes[length] { length = fallback[length - 1] }
        if bytes[index] == bytes[length] { length += 1 }
        fallback[index] = length
      }
      self.fallback = fallback
    }

    /// Takes a byte and says whether the text is complete.
    mutating func take(_ byte: UInt8) -> Bool {
      while matched > 0 && bytes[matched] != byte { matched = fallback[matched - 1] }
      if bytes[matched] == byte { matched += 1 }
      return matched == bytes.count
    }
  }

  private var patterns: [Pattern]
  /// What was taken and not given out.
  private var held: [UInt8] = []
  /// The text that was found; after that nothing is taken.
  private(set) var found: String?

  init(_ texts: [String]) {
    patterns = texts.filter { !$0.isEmpty }.map { Pattern($0) }
  }

  /// Takes a piece and returns what no text can begin in.
  mutating func take(_ piece: String) -> String {
    if patterns.isEmpty { return piece }
    if found != nil { return "" }
    for byte in piece.utf8 {
      held.append(byte)
      var longest = 0
      for index in patterns.indices where patterns[index].take(byte) {
        longest = max(longest, patterns[index].bytes.count)
      }
      if longest > 0 {
        found = String(decoding: held.suffix(longest), as: UTF8.self)
        return give(held.count - longest)
      }
    }
    return give(held.count - (patterns.map(\.matched).max() ?? 0))
  }

  /// What is left at the end.
  mutating func finish() -> String { found == nil ? give(held.count) : "" }

  private mutating func give(_ count: Int) -> String {
    // A text to be found begins with a whole character, so this ends with one.
    let text = String(decoding: held[..<count], as: UTF8.self)
    held.removeFirst(count)
    if found != nil { held.removeAll() }
    return text
  }
}
