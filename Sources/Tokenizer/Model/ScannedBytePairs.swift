import JSON

/// The vocabulary and the merges of a BPE model, read from the text of a tokenizer.json without a tree
/// of JSON values in between, which takes most of the time of loading.
///
/// Only what is as every real file has it is read so; for the rest, and for what is wrong, the tree is
/// made.
struct ScannedBytePairs {
  let tokens: TokenTable
  let merges: [BytePairModel.MergeRule]

  /// Reads the text of an object of tokens and ids, and that of an array of merges.
  init?(vocabulary: UnsafeRawBufferPointer, merges: UnsafeRawBufferPointer, prefixLength: Int) {
    guard let tokens = Self.tokens(vocabulary),
      let rules = Self.rules(merges, tokens, prefixLength)
    else { return nil }
    self.tokens = tokens
    self.merges = rules
  }

  private static func tokens(_ text: UnsafeRawBufferPointer) -> TokenTable? {
    // Few tokens take less than sixteen bytes with their ids.
    let strings = ByteStringTable(capacity: text.count / 16, byteCapacity: text.count)
    var ids: [TokenID] = []
    ids.reserveCapacity(text.count / 16)
    var stream = JSONStream(text)
    guard stream.take(UInt8(ascii: "{")) else { return nil }
    if stream.take(UInt8(ascii: "}")) { return nil }
    repeat {
      let number: Int
      if let plain = stream.plainString() {
        number = strings.insert(plain)
      } else if let text = stream.string() {
        number = strings.insert(text)
      } else {
        return nil
      }
      guard number == ids.count, stream.take(UInt8(ascii: ":")), let id = stream.smallInteger()
      else { return nil }
      ids.append(TokenID(id))
    } while stream.take(UInt8(ascii: ","))
    guard stream.take(UInt8(ascii: "}")), stream.isAtEnd else { return nil }
    return try? TokenTable(strings, ids)
  }

  private static func rules(
    _ text: UnsafeRawBufferPointer, _ tokens: TokenTable, _ prefixLength: Int
  ) -> [BytePairModel.MergeRule]? {
    // Lists of real size are read by two threads.
    let half = text.count > 1 << 18 ? lineAfterElement(text, from: text.count / 2) : nil
    let parts = [text[..<(half ?? text.count)], text[(half ?? text.count)...]]
    let results = Locked<[[BytePairModel.MergeRule]?]>([nil, []])
    runConcurrently(half == nil ? 1 : 2) { part in
      let rules = elements(
        UnsafeRawBufferPointer(rebasing: parts[part]), isFirst: part == 0,
        isLast: part == 1 || half == nil, MergeFinder(tokens, prefixLength: prefixLength))
      results.withLock { $0[part] = rules }
    }
    return results.withLock { results in
      guard let first = results[0], let second = results[1] else { return nil }
      return second.isEmpty ? first : first + second
    }
  }

  /// The start of the first line after `start` that comes after an element of the list and its comma;
  /// nil if the text is not written so.
  ///
  /// No string holds a line end, so such a line begins between two elements.
  private static func lineAfterElement(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    guard let first = text.dropFirst().first(where: { $0 > 0x20 }) else { return nil }
    let close = first == UInt8(ascii: "[") ? UInt8(ascii: "]") : first
    for at in max(2, start)..<max(2, text.count - 1)
    where text[at] == 0x0A && text[at - 1] == UInt8(ascii: ",") && text[at - 2] == close {
      return at + 1
    }
    return nil
  }

  /// The merges of a part of the list.
  private static func elements(
    _ text: UnsafeRawBufferPointer, isFirst: Bool, isLast: Bool, _ finder: consuming MergeFinder
  ) -> [BytePairModel.MergeRule]? {
    var finder = finder
    var rules: [BytePairModel.MergeRule] = []
    rules.reserveCapacity(text.count / 16)
    var stream = JSONStream(text)
    if isFirst {
      guard stream.take(UInt8(ascii: "[")) else { return nil }
      if isLast, stream.take(UInt8(ascii: "]")) { return stream.isAtEnd ? [] : nil }
    }
    repeat {
      let rule: BytePairModel.MergeRule?
      if stream.take(UInt8(ascii: "[")) {
        rule = pair(&stream, &finder)
      } else if let text = stream.plainString() {
        rule = finder.rule(text)
      } else if var text = stream.string() {
        rule = text.withUTF8 { finder.rule($0) }
      } else {
        return nil
      }
      guard let rule else { return nil }
      rules.append(rule)
      if !stream.take(UInt8(ascii: ",")) { return isLast && end(&stream) ? rules : nil }
    } while isLast || !stream.isAtEnd
    return rules
  }

  private static func end(_ stream: inout JSONStream) -> Bool {
    stream.take(UInt8(ascii: "]")) && stream.isAtEnd
  }

  /// The rest of a merge that is an array of two tokens.
  private static func pair(
    _ stream: inout JSONStream, _ finder: inout MergeFinder
  ) -> BytePairModel.MergeRule? {
    let comma = UInt8(ascii: ",")
    let rule: BytePairModel.MergeRule?
    // Nearly all are plain; a string with escapes has to be put together first.
    if let left = stream.plainString() {
      guard stream.take(comma) else { return nil }
      if let right = stream.plainString() {
        rule = finder.rule(left, right)
      } else if var right = stream.string() {
        rule = right.withUTF8 { finder.rule(left, $0) }
      } else {
        return nil
      }
    } else {
      guard var left = stream.string(), stream.take(comma), var right = stream.string() else {
        return nil
      }
      rule = left.withUTF8 { left in right.withUTF8 { finder.rule(left, $0) } }
    }
    return stream.take(UInt8(ascii: "]")) ? rule : nil
  }
}

/// Finds the ids of merges.
private struct MergeFinder {
  private let tokens: TokenTable
  private let prefixLength: Int
  private var joined: [UInt8] = []
  /// What the merge before made: in trained vocabularies the next one makes the same or the next id.
  private var last: TokenID = -1

  init(_ tokens: TokenTable, prefixLength: Int) {
    self.tokens = tokens
    self.prefixLength = prefixLength
  }

  /// The merge that is written as one string with a space; nil if it is none.
  mutating func rule(_ text: UnsafeBufferPointer<UInt8>) -> BytePairModel.MergeRule? {
    guard let space = text.firstIndex(of: 0x20), !text[(space + 1)...].contains(0x20) else {
      return nil
    }
    return rule(
      UnsafeBufferPointer(rebasing: text[..<space]),
      UnsafeBufferPointer(rebasing: text[(space + 1)...]))
  }

  /// The merge of two tokens; nil if one of them or their union is no token.
  mutating func rule(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> BytePairModel.MergeRule? {
    guard let leftID = tokens.id(of: left), let rightID = tokens.id(of: right) else { return nil }
    // The right token's mark of not beginning a piece is not repeated inside the union.
    let rest = UnsafeBufferPointer(rebasing: right.dropFirst(prefixLength))
    if !isUnion(last, left, rest) {
      if isUnion(last + 1, left, rest) { last += 1 } else { last = find(left, rest) }
    }
    guard last >= 0 else { return nil }
    return BytePairModel.MergeRule(left: leftID, right: rightID, result: last)
  }

  /// The token of two texts, −1 if there is none.
  private mutating func find(
    _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> TokenID {
    joined.removeAll(keepingCapacity: true)
    joined.append(contentsOf: left)
    joined.append(contentsOf: right)
    return joined.withUnsafeBufferPointer { tokens.id(of: $0) } ?? -1
  }

  @inline(__always)
  private func isUnion(
    _ id: TokenID, _ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard let text = tokens.bytes(of: id), text.count == left.count + right.count,
      let start = text.baseAddress
    else { return false }
    return equalBytes(start, left.baseAddress, left.count)
      && equalBytes(start + left.count, right.baseAddress, right.count)
  }
}
