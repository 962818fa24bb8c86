#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The members of a JSON object in the order of the file, found by key in constant time.
///
/// Keys are unique by their UTF-8 bytes. Up to eight members are searched one by one; more get an
/// open-addressing table of positions, so that a vocabulary of 130 000 entries stores each key once.
package struct JSONObject: Sendable {
  /// The members in order.
  package private(set) var entries: [(key: String, value: JSONValue)]
  /// Positions in `entries` plus one, zero where free; empty while there are few members.
  private var slots: [UInt32] = []

  private static let fewMembers = 8

  /// An object without members.
  package init() { entries = [] }

  /// The given members in their order; of a repeated key the last value stands, in the first place.
  package init(_ pairs: some Sequence<(String, JSONValue)>) {
    entries = []
    for (key, value) in pairs { self[key] = value }
  }

  /// The members as a parser found them; returns the position of the first repeated key instead of
  /// making an object when there is one and it is not allowed.
  init?(parsed: [(key: String, value: JSONValue)], firstRepeated: inout Int?) {
    entries = parsed
    if parsed.count > Self.fewMembers {
      firstRepeated = buildTable()
    } else {
      for position in parsed.indices.dropFirst()
      where linearPosition(of: parsed[position].key, before: position) != nil {
        firstRepeated = position
        break
      }
    }
    if firstRepeated != nil { return nil }
  }

  /// The keys in order.
  package var keys: some RandomAccessCollection<String> { entries.lazy.map(\.key) }

  /// The value of `key`; setting a new key appends it, setting `nil` removes it.
  package subscript(key: String) -> JSONValue? {
    get { position(of: key).map { entries[$0].value } }
    set {
      switch (position(of: key), newValue) {
      case (let position?, let value?): entries[position].value = value
      case (nil, let value?): append(key, value)
      case (let position?, nil):
        entries.remove(at: position)
        slots = []
        if entries.count > Self.fewMembers { _ = buildTable() }
      case (nil, nil): break
      }
    }
  }

  /// Where `key` stands in `entries`.
  package func position(of key: String) -> Int? {
    if slots.isEmpty { return linearPosition(of: key, before: entries.count) }
    var slot = hash(of: key) & (slots.count - 1)
    while slots[slot] != 0 {
      let position = Int(slots[slot]) - 1
      if haveSameBytes(entries[position].key, key) { return position }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private func linearPosition(of key: String, before end: Int) -> Int? {
    entries[..<end].firstIndex { haveSameBytes($0.key, key) }
  }

  private mutating func append(_ key: String, _ value: JSONValue) {
    entries.append((key, value))
    if slots.isEmpty {
      if entries.count > Self.fewMembers { _ = buildTable() }
    } else if entries.count * 2 > slots.count {
      _ = buildTable()
    } else {
      _ = place(entries.count - 1)
    }
  }

  /// Fills the table anew and returns the first position whose key came before.
  private mutating func buildTable() -> Int? {
    var capacity = 32
    while capacity < entries.count * 3 { capacity *= 2 }
    slots = [UInt32](repeating: 0, count: capacity)
    for position in entries.indices where !place(position) { return position }
    return nil
  }

  /// Enters the key at `position` into the table unless an equal one is there.
  private mutating func place(_ position: Int) -> Bool {
    let key = entries[position].key
    var slot = hash(of: key) & (slots.count - 1)
    while slots[slot] != 0 {
      if haveSameBytes(entries[Int(slots[slot]) - 1].key, key) { return false }
      slot = (slot + 1) & (slots.count - 1)
    }
    slots[slot] = UInt32(position + 1)
    return true
  }
}

extension JSONObject: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { entries.count }
  package subscript(position: Int) -> (key: String, value: JSONValue) { entries[position] }
}

extension JSONObject: Equatable {
  /// Whether both have the same members, in whatever order.
  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    guard left.count == right.count else { return false }
    return left.entries.allSatisfy { right[$0.key] == $0.value }
  }
}

/// Whether two strings are the same bytes; `==` would also accept canonically equivalent ones.
package func haveSameBytes(_ left: String, _ right: String) -> Bool {
  guard left.utf8.count == right.utf8.count else { return false }
  let answer = left.utf8.withContiguousStorageIfAvailable { left in
    right.utf8.withContiguousStorageIfAvailable { right in
      left.isEmpty || memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0
    }
  }
  return (answer ?? nil) ?? left.utf8.elementsEqual(right.utf8)
}

/// Feeds the bytes to a hasher, which is seeded once a process, so that no file can be made to
/// collide; the hash of a `String` is the same for all canonically equivalent ones.
package func hashBytes(of text: String, into hasher: inout Hasher) {
  let done: Void? = text.utf8.withContiguousStorageIfAvailable {
    hasher.combine(bytes: UnsafeRawBufferPointer($0))
  }
  if done == nil { for byte in text.utf8 { hasher.combine(byte) } }
}

private func hash(of key: String) -> Int {
  var hasher = Hasher()
  hashBytes(of: key, into: &hasher)
  return hasher.finalize()
}
