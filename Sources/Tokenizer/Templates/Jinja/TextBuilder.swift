/// Puts a string together and keeps track of where its stretches came from.
struct TextBuilder {
  private(set) var bytes: [UInt8] = []
  private(set) var runs: [Run] = []
  /// How many characters there are.
  private(set) var count = 0

  /// The string.
  func text(isMarkup: Bool = false) -> Text {
    bytes.isEmpty && !isMarkup
      ? .empty : Text(bytes: bytes, count: count, runs: runs, isMarkup: isMarkup)
  }

  /// Appends a whole string; where its stretches say no message, they are of the message `turn`.
  mutating func append(_ text: Text, turn: Int32 = -1) {
    if text.bytes.isEmpty { return }
    let base = Int32(truncatingIfNeeded: bytes.count)
    bytes.append(contentsOf: text.bytes)
    count += text.count
    for var run in text.runs {
      run.end += base
      if run.turn < 0 { run.turn = turn }
      append(run)
    }
  }

  /// Appends some bytes of a string.
  mutating func append(_ text: Text, _ range: Range<Int>) {
    if range.isEmpty { return }
    let base = bytes.count - range.lowerBound
    bytes.append(contentsOf: text.bytes[range])
    count += text.isASCII ? range.count : characterCount(text.bytes[range])
    var index = firstRun(in: text.runs, endingAfter: range.lowerBound)
    while index < text.runs.count {
      var run = text.runs[index]
      let start = index == 0 ? 0 : Int(text.runs[index - 1].end)
      if start >= range.upperBound { break }
      let lower = max(start, range.lowerBound)
      let upper = min(Int(run.end), range.upperBound)
      if !run.isWhole, run.span == run.end - Int32(truncatingIfNeeded: start) {
        run.offset += Int32(truncatingIfNeeded: lower - start)
        run.span = Int32(truncatingIfNeeded: upper - lower)
      }
      run.end = Int32(truncatingIfNeeded: base + upper)
      append(run)
      index += 1
    }
  }

  /// Appends bytes that stand together for some bytes of another string.
  mutating func append(_ replacement: some Collection<UInt8>, for range: Range<Int>, of text: Text)
  {
    if replacement.isEmpty { return }
    bytes.append(contentsOf: replacement)
    let characters = replacement.lazy.filter { $0 & 0xC0 != 0x80 }.count
    count += characters
    let end = Int32(truncatingIfNeeded: bytes.count)
    let index = firstRun(in: text.runs, endingAfter: range.lowerBound)
    guard index < text.runs.count else {
      append(Run(end: end, span: 0, offset: 0, source: .computed, turn: -1, isWhole: false))
      return
    }
    var run = text.runs[index]
    let start = index == 0 ? 0 : Int(text.runs[index - 1].end)
    if !run.isWhole, run.span == run.end - Int32(truncatingIfNeeded: start) {
      run.offset += Int32(truncatingIfNeeded: range.lowerBound - start)
      run.span = Int32(truncatingIfNeeded: min(range.upperBound, Int(run.end)) - range.lowerBound)
      // One character for one of the same length can be cut like any text.
      run.isWhole = replacement.count != Int(run.span) || characters != 1
    }
    run.end = end
    append(run)
  }

  /// Appends bytes that come from one place as a whole.
  mutating func append(
    _ replacement: some Collection<UInt8>, source: Source, offset: Int = 0, span: Int = 0
  ) {
    if replacement.isEmpty { return }
    bytes.append(contentsOf: replacement)
    count += replacement.lazy.filter { $0 & 0xC0 != 0x80 }.count
    append(
      Run(
        end: Int32(truncatingIfNeeded: bytes.count), span: Int32(truncatingIfNeeded: span),
        offset: Int32(truncatingIfNeeded: offset), source: source, turn: -1,
        isWhole: span != replacement.count))
  }

  /// Appends what the engine makes itself.
  mutating func append(_ text: String, source: Source = .computed) {
    append(text.utf8, source: source)
  }

  private mutating func append(_ run: Run) {
    guard let last = runs.last, last.source == run.source, last.turn == run.turn else {
      runs.append(run)
      return
    }
    let place = runs.count - 1
    if let input = run.source.input, input.kind == .notation {
      runs[place].end = run.end
    } else if run.source == .computed {
      runs[place].end = run.end
      runs[place].span += run.span
    } else if !last.isWhole, !run.isWhole, last.offset + last.span == run.offset,
      isLinear(last, start: place == 0 ? 0 : runs[place - 1].end), isLinear(run, start: last.end)
    {
      runs[place].end = run.end
      runs[place].span += run.span
    } else {
      runs.append(run)
    }
  }

  private func isLinear(_ run: Run, start: Int32) -> Bool { run.end - start == run.span }

  private func firstRun(in runs: [Run], endingAfter place: Int) -> Int {
    if runs.count < 2 { return 0 }
    var (low, high) = (0, runs.count)
    while low < high {
      let middle = (low + high) / 2
      if Int(runs[middle].end) > place { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
