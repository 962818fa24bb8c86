/// The tokens of many texts: a collection of rows that lie one after another in one array.
///
/// ```swift
/// let batch = tokenizer.encodeBatch(["The common swift", "sleeps in flight."])
/// for row in batch { print(row.count, tokenizer.decode(row)) }
/// let stream = batch.ids
/// ```
///
/// A row counts its tokens from zero and shares the memory of the batch. `ids` and `starts` are what
/// other libraries call values and offsets; `arrays` makes an array of each row.
public struct TokenBatch: Sendable, Hashable {
  /// The tokens of all rows, one after another.
  public let ids: [TokenID]
  /// Where each row begins in `ids`, and at last where the last one ends.
  public let starts: [Int]

  /// Makes a batch of rows that lie one after another; `starts` ends with the number of tokens.
  init(ids: [TokenID], starts: [Int]) {
    self.ids = ids
    self.starts = starts
  }

  /// Makes a batch of some rows.
  public init(_ rows: some Sequence<some Sequence<TokenID>>) {
    var ids: [TokenID] = []
    var starts = [0]
    for row in rows {
      ids += row
      starts.append(ids.count)
    }
    self.init(ids: ids, starts: starts)
  }

  /// An array of each row.
  public var arrays: [[TokenID]] { map { Array($0) } }

  /// The number of tokens of the longest row; 0 if there are none.
  public var longest: Int {
    zip(starts, starts.dropFirst()).reduce(0) { Swift.max($0, $1.1 - $1.0) }
  }

  /// The rows, filled up to a length.
  func padded(to length: Int, _ padding: Padding) -> TokenBatch {
    var ids: [TokenID] = []
    ids.reserveCapacity(reduce(0) { $0 + Swift.max(length, $1.count) })
    var starts = [0]
    starts.reserveCapacity(count + 1)
    for row in self {
      let filling = repeatElement(padding.id, count: Swift.max(0, length - row.count))
      if padding.direction == .left { ids += filling }
      ids += row
      if padding.direction == .right { ids += filling }
      starts.append(ids.count)
    }
    return TokenBatch(ids: ids, starts: starts)
  }
}

extension TokenBatch: RandomAccessCollection {
  /// The number of the first row: 0.
  public var startIndex: Int { 0 }
  /// The number of rows.
  public var endIndex: Int { starts.count - 1 }

  /// The tokens of a text.
  public subscript(row: Int) -> Row {
    precondition(row >= 0 && row < count, "a batch of \(count) rows has no row \(row)")
    return Row(ids: ids, range: starts[row]..<starts[row + 1])
  }

  /// The tokens of one text of a batch, counted from zero.
  public struct Row: RandomAccessCollection, Sendable {
    private let ids: [TokenID]
    private let range: Range<Int>

    fileprivate init(ids: [TokenID], range: Range<Int>) {
      self.ids = ids
      self.range = range
    }

    /// The place of the first token: 0.
    public var startIndex: Int { 0 }
    /// The number of tokens.
    public var endIndex: Int { range.count }

    /// A token.
    public subscript(place: Int) -> TokenID {
      precondition(place >= 0 && place < count, "a row of \(count) tokens has none at \(place)")
      return ids[range.lowerBound + place]
    }

    /// Calls `body` with the tokens as they lie in memory.
    public func withContiguousStorageIfAvailable<Result>(
      _ body: (UnsafeBufferPointer<TokenID>) throws -> Result
    ) rethrows -> Result? {
      try ids.withUnsafeBufferPointer {
        try body(UnsafeBufferPointer(rebasing: $0[range]))
      }
    }
  }
}

extension TokenBatch.Row: Hashable {
  /// Whether the tokens are the same, wherever they lie.
  public static func == (one: Self, other: Self) -> Bool { one.elementsEqual(other) }

  /// Adds the tokens to a hash value.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(count)
    for id in self { hasher.combine(id) }
  }
}

extension TokenBatch: CustomStringConvertible {
  /// The rows as arrays are written.
  public var description: String { arrays.description }
}

extension TokenBatch.Row: CustomStringConvertible {
  /// The tokens as an array is written.
  public var description: String { Array(self).description }
}
