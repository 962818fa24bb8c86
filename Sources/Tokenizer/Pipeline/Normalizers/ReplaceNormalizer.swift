import JSON

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Replaces what a pattern finds by a text: the component `Replace`.
struct ReplaceNormalizer: Sendable {
  /// What is replaced.
  enum Pattern: Sendable {
    /// A text.
    case text(String)
    /// A regular expression.
    case expression(RegularExpression)
  }

  let pattern: Pattern
  let content: String
  private let needle: [UInt8]
  private let replacement: [UInt8]

  init(pattern: Pattern, content: String) {
    self.pattern = pattern
    self.content = content
    if case .text(let text) = pattern { needle = Array(text.utf8) } else { needle = [] }
    replacement = Array(content.utf8)
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    let content = try reader.string("content")
    let given = reader.object["pattern"]?.object
    if let text = given?["String"]?.string {
      self.init(pattern: .text(text), content: content)
    } else if let expression = given?["Regex"]?.string {
      do {
        self.init(pattern: .expression(try RegularExpression(expression)), content: content)
      } catch {
        throw reader.wrong("pattern.Regex", "is no regular expression: \(error.reason)")
      }
    } else {
      throw reader.wrong("pattern", "must be an object with a “String” or a “Regex”")
    }
  }

  var json: JSONValue {
    let written: JSONValue
    switch pattern {
    case .text(let text): written = ["String": .string(text)]
    case .expression(let expression): written = ["Regex": .string(expression.pattern)]
    }
    return ["type": "Replace", "pattern": written, "content": .string(content)]
  }

  /// The bytes of a text in which every match is replaced, for decoders.
  func replaced(_ text: [UInt8]) -> [UInt8] {
    var aligned = AlignedText()
    text.withUnsafeBufferPointer { aligned.reset($0, tracksOrigins: false) }
    apply(to: &aligned)
    return aligned.bytes
  }

  func apply(to text: inout AlignedText) {
    switch pattern {
    case .text: if needle.isEmpty { insertEverywhere(&text) } else { replaceText(&text) }
    case .expression(let expression): replace(expression, &text)
    }
  }

  private func replace(_ expression: RegularExpression, _ text: inout AlignedText) {
    var matches: [Range<Int>] = []
    text.withBytes { bytes in
      expression.forEachMatch(in: bytes, 0..<bytes.count) { matches.append($0) }
    }
    if matches.isEmpty { return }
    text.rewrite { bytes, writer in
      var done = 0
      for match in matches {
        writer.keep(done..<match.lowerBound)
        writer.insert(at: match.upperBound, utf8: replacement)
        done = match.upperBound
      }
      writer.keep(done..<bytes.count)
    }
  }

  private func replaceText(_ text: inout AlignedText) {
    if needle.count == 1, needle[0] < 0x80 {
      return text.replace(byte: needle[0], by: replacement)
    }
    guard var found = text.withBytes({ nextMatch(in: $0, from: 0) }) else { return }
    text.rewrite { bytes, writer in
      var done = 0
      while true {
        writer.keep(done..<found)
        done = found + needle.count
        writer.insert(at: done, utf8: replacement)
        guard let next = nextMatch(in: bytes, from: done) else { break }
        found = next
      }
      writer.keep(done..<bytes.count)
    }
  }

  /// Where the pattern stands next, nil if it does not.
  private func nextMatch(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard let base = text.baseAddress else { return nil }
    let last = text.count - needle.count
    return needle.withUnsafeBufferPointer { needle in
      guard let first = needle.baseAddress else { return nil }
      var at = start
      while at <= last {
        guard let found = memchr(base + at, Int32(first[0]), last + 1 - at) else { return nil }
        at = UnsafeRawPointer(found) - UnsafeRawPointer(base)
        if memcmp(base + at, first, needle.count) == 0 { return at }
        at += 1
      }
      return nil
    }
  }

  /// An empty pattern is found between any two characters and at both ends.
  private func insertEverywhere(_ text: inout AlignedText) {
    if text.bytes.isEmpty { return }
    text.rewrite { bytes, writer in
      forEachCharacter(in: bytes, 0..<bytes.count) { _, place in
        writer.insert(at: place.lowerBound, utf8: replacement)
        writer.keep(place)
      }
      writer.insert(at: bytes.count, utf8: replacement)
    }
  }
}
