import JSON

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Replaces each occurrence of a text: the component `Replace` with a string.
struct ReplaceNormalizer: Sendable, Equatable {
  var pattern: String
  var content: String
  private let needle: [UInt8]
  private let replacement: [UInt8]

  init(pattern: String, content: String) {
    self.pattern = pattern
    self.content = content
    needle = Array(pattern.utf8)
    replacement = Array(content.utf8)
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    let content = try reader.string("content")
    guard let pattern = reader.object["pattern"]?.object?["String"]?.string else {
      throw reader.wrong("pattern", "must be a String or a Regex")
    }
    self.init(pattern: pattern, content: content)
  }

  var json: JSONValue {
    [
      "type": "Replace",
      "pattern": ["String": .string(pattern)],
      "content": .string(content),
    ]
  }

  func apply(to text: inout AlignedText) {
    if needle.isEmpty { return insertEverywhere(&text) }
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
