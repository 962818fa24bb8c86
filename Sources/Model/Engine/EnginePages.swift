import CKernels

/// Memory for the keys and values of 32 positions; copies of a sequence share it until one writes.
final class EnginePage: @unchecked Sendable {
  let bytes: UnsafeMutableRawPointer
  private let byteCount: Int

  init(byteCount: Int) {
    guard let block = apus_allocate(Int64(byteCount)) else {
      preconditionFailure("Engine: the system has no \(byteCount) bytes for keys and values")
    }
    bytes = block
    self.byteCount = byteCount
  }

  /// A page of its own with the same contents.
  init(copying other: EnginePage) {
    guard let block = apus_allocate(Int64(other.byteCount)) else {
      preconditionFailure("Engine: the system has no \(other.byteCount) bytes for keys and values")
    }
    block.copyMemory(from: other.bytes, byteCount: other.byteCount)
    bytes = block
    byteCount = other.byteCount
  }

  deinit { apus_free(bytes, Int64(byteCount)) }
}

/// One sequence: its tokens and the pages with their keys and values.
struct EngineSequence {
  /// How many positions of a page.
  static let pagePositions = Int(apus_page_positions)
  /// How many positions behind a window are kept, so that some tokens can be taken back.
  static let slack = 256

  /// All tokens it holds.
  var tokens: [Int32] = []
  /// The kind of segment of each, where the model asks.
  var segments: [Int32] = []
  /// How many of them have keys and values in the pages; fewer where they must be computed again.
  var cached = 0
  /// For each kind of layers its pages; those behind the window are gone.
  private(set) var pages: [[EnginePage?]]
  /// Their addresses, for the kernels.
  private(set) var addresses: [[UnsafeMutableRawPointer?]]
  /// The first page that is still there.
  private var oldest: [Int]

  init(kinds: Int) {
    pages = Array(repeating: [], count: kinds)
    addresses = pages.map { _ in [] }
    oldest = pages.map { _ in 0 }
  }

  /// Makes room for positions up to `end`, on pages that only this sequence has.
  mutating func reserve(from start: Int, to end: Int, _ kinds: [PageKind]) {
    let size = EngineSequence.pagePositions
    for kind in kinds.indices {
      // Only the page that `start` lies in may be shared and is written to.
      let current = start / size
      if current < pages[kind].count, pages[kind][current] != nil,
        !isKnownUniquelyReferenced(&pages[kind][current]), let page = pages[kind][current]
      {
        set(EnginePage(copying: page), kind, current)
      }
      while pages[kind].count * size < end {
        let page = EnginePage(byteCount: kinds[kind].byteCount)
        pages[kind].append(page)
        addresses[kind].append(page.bytes)
      }
    }
  }

  private mutating func set(_ page: EnginePage?, _ kind: Int, _ index: Int) {
    pages[kind][index] = page
    addresses[kind][index] = page?.bytes
  }

  /// Lets go of pages that no window reaches any more.
  mutating func release(_ kinds: [PageKind]) {
    let size = EngineSequence.pagePositions
    for kind in kinds.indices {
      guard let window = kinds[kind].window else { continue }
      let needed = max(cached - window - EngineSequence.slack, 0) / size
      while oldest[kind] < min(needed, pages[kind].count) {
        set(nil, kind, oldest[kind])
        oldest[kind] += 1
      }
    }
  }

  /// Forgets keys and values from `length` on; where older ones are needed that are gone, all.
  mutating func truncate(to length: Int, _ kinds: [PageKind]) {
    tokens.removeLast(tokens.count - length)
    if !segments.isEmpty { segments.removeLast(segments.count - length) }
    let size = EngineSequence.pagePositions
    let kept = (length + size - 1) / size
    for kind in kinds.indices {
      if let window = kinds[kind].window, oldest[kind] * size > max(length - window, 0) {
        return forget()
      }
      if pages[kind].count > kept {
        pages[kind].removeLast(pages[kind].count - kept)
        addresses[kind].removeLast(addresses[kind].count - kept)
      }
    }
    cached = min(cached, length)
  }

  /// Forgets all keys and values, but not the tokens.
  mutating func forget() {
    for kind in pages.indices {
      pages[kind].removeAll(keepingCapacity: true)
      addresses[kind].removeAll(keepingCapacity: true)
      oldest[kind] = 0
    }
    cached = 0
  }
}
