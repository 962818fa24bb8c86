import COnig
import JSON

/// What is wrong with a regular expression, in the library's words.
struct RegularExpressionError: Error, Equatable {
  var reason: String
}

/// A regular expression in the dialect of Oniguruma, which Hugging Face tokenizers use: look-around,
/// possessive quantifiers, named properties.
///
/// Several threads may use one at a time. Classes of characters are those of Unicode 16; see
/// `PatternTranslator`.
final class RegularExpression: Sendable {
  /// The pattern as it was given.
  let pattern: String
  /// The compiled pattern, which nobody changes.
  nonisolated(unsafe) private let compiled: OnigRegex
  /// The memory that matching needs, kept for the next text.
  private let spare = Locked<[MatchMemory]>([])

  /// Patterns are compiled one at a time: the library makes tables of its own at the first ones.
  private static let compiling: Locked<Int32> = {
    var encodings = [apus_onig_utf8()]
    return Locked(onig_initialize(&encodings, 1))
  }()

  /// Compiles a pattern.
  init(_ pattern: String) throws(RegularExpressionError) {
    self.pattern = pattern
    let translated = PatternTranslator.translate(pattern) + [0]
    var compiled: OnigRegex?
    let reason: String? = Self.compiling.withLock { _ in
      translated.withUnsafeBufferPointer { bytes in
        guard let start = bytes.baseAddress else { return "the pattern has no bytes" }
        var info = OnigErrorInfo()
        let status = apus_onig_new(&compiled, start, start + (bytes.count - 1), &info)
        // The message quotes the pattern, so it is written while that is here.
        return status == ONIG_NORMAL ? nil : Self.message(status, &info)
      }
    }
    guard let compiled, reason == nil else {
      throw RegularExpressionError(reason: reason ?? "the pattern could not be compiled")
    }
    self.compiled = compiled
  }

  deinit { onig_free(compiled) }

  /// Calls `body` with each match in a part of a text, from start to end.
  ///
  /// The part is all that the pattern sees. Matches do not overlap. An empty match counts unless it
  /// follows another match immediately. Where the text is not valid UTF-8, each wrong byte counts as
  /// U+FFFD.
  ///
  /// A pattern that backtracks without end on some text finds no more matches in it, so that the
  /// rest of the text counts as unmatched: the work on `n` bytes is limited to some 10⁸ + 1000 n
  /// steps, of which one match may take 10⁷ (Oniguruma's own limit).
  func forEachMatch(
    in text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
  ) {
    guard let start = text.baseAddress, !range.isEmpty else { return }
    if isValidUTF8(UnsafeBufferPointer(rebasing: text[range])) {
      return search(start + range.lowerBound, range.count) { match in
        body(match.lowerBound + range.lowerBound..<match.upperBound + range.lowerBound)
      }
    }
    let repaired = RepairedText(start, range)
    repaired.bytes.withUnsafeBufferPointer { bytes in
      guard let start = bytes.baseAddress else { return }
      search(start, bytes.count) { match in
        body(repaired.places[match.lowerBound]..<repaired.places[match.upperBound])
      }
    }
  }

  private func search(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ body: (Range<Int>) -> Void
  ) {
    let memory = spare.withLock { $0.popLast() } ?? MatchMemory()
    defer { spare.withLock { $0.append(memory) } }
    memory.begin(count)
    var from = 0
    var lastEnd = -1
    while from <= count, let match = memory.find(compiled, in: text, count, from: from) {
      if match.isEmpty, match.upperBound == lastEnd {
        // Never the same place twice.
        guard from < count else { return }
        from += character(in: text, at: from, end: count).length
        continue
      }
      body(match)
      from = match.upperBound
      lastEnd = match.upperBound
    }
  }

  private static func message(_ status: Int32, _ info: inout OnigErrorInfo) -> String {
    var buffer = [UInt8](repeating: 0, count: Int(ONIG_MAX_ERROR_MESSAGE_LEN))
    let count = Int(apus_onig_message(&buffer, status, &info))
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }
}

/// What one thread needs to match: where a match lies, and limits.
private final class MatchMemory {
  private let region = onig_region_new()
  private let limits = onig_new_match_param()
  /// How many steps are left for the whole text.
  private var budget = 0
  /// The limit that `limits` holds now.
  private var currentLimit = 0

  /// The steps that every search may take, charged to nobody.
  private static let lowestLimit = 256

  deinit {
    if let region { onig_region_free(region, 1) }
    if let limits { onig_free_match_param(limits) }
  }

  /// Limits what a text of `count` bytes may cost.
  func begin(_ count: Int) {
    budget = 100_000_000 + 1000 * count
    currentLimit = 0
    // A place to go back to for every character, and a few for groups around it.
    onig_set_match_stack_limit_size_of_match_param(
      limits, UInt32(min(1 << 27, 100_000 + 8 * count)))
  }

  /// The next match at or after `from`, or nil if there is none or the search takes too long.
  ///
  /// The library does not say how many steps it took, so a search starts with a low limit, which
  /// is raised until it is enough; the last one is charged.
  func find(
    _ regex: OnigRegex, in text: UnsafePointer<UInt8>, _ count: Int, from: Int
  ) -> Range<Int>? {
    let highest = 10_000_000 + 100 * count
    var limit = Self.lowestLimit
    while true {
      if limit != currentLimit {
        onig_set_retry_limit_in_match_of_match_param(limits, UInt(min(limit, 10_000_000)))
        onig_set_retry_limit_in_search_of_match_param(limits, UInt(limit))
        currentLimit = limit
      }
      let found = onig_search_with_param(
        regex, text, text + count, text + from, text + count, region, ONIG_OPTION_NONE, limits)
      if limit > Self.lowestLimit { budget -= limit }
      if found >= 0 {
        guard let region, let start = region.pointee.beg, let end = region.pointee.end,
          start[0] >= 0, end[0] >= start[0], Int(end[0]) <= count
        else { return nil }
        return Int(start[0])..<Int(end[0])
      }
      let isTooLong =
        found == ONIGERR_RETRY_LIMIT_IN_MATCH_OVER || found == ONIGERR_RETRY_LIMIT_IN_SEARCH_OVER
      guard isTooLong, limit < highest, budget > 0 else { return nil }
      limit = min(highest, limit * 4)
    }
  }
}

/// A text in which each byte that is not valid UTF-8 was replaced by U+FFFD.
private struct RepairedText {
  var bytes: [UInt8] = []
  /// Where each byte, and the end, lies in the text as it was.
  var places: [Int] = []

  init(_ text: UnsafePointer<UInt8>, _ range: Range<Int>) {
    var at = range.lowerBound
    while at < range.upperBound {
      let (value, length) = character(in: text, at: at, end: range.upperBound)
      let before = bytes.count
      appendUTF8(value, to: &bytes)
      for index in 0..<bytes.count - before { places.append(at + min(index, length)) }
      at += length
    }
    places.append(range.upperBound)
  }
}
