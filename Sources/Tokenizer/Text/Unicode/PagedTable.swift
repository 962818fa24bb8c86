/// A value for every code point, in pages of which equal ones are stored once.
final class PagedTable: @unchecked Sendable {
  // Nothing changes after `init`, so threads may share it.
  private let pages: UnsafeMutablePointer<UInt16>
  private let values: UnsafeMutablePointer<UInt32>

  /// Makes a table of what `fill` sets.
  init(_ fill: (inout PagedTableBuilder) -> Void) {
    var builder = PagedTableBuilder()
    fill(&builder)
    var values = builder.values
    var uniform: [UInt32: UInt16] = [:]
    pages = .allocate(capacity: PagedTableBuilder.pageCount)
    for page in 0..<PagedTableBuilder.pageCount {
      if builder.pages[page] >= 0 {
        pages[page] = UInt16(builder.pages[page])
      } else {
        let value = builder.uniform[page]
        if uniform[value] == nil {
          uniform[value] = UInt16(values.count >> PagedTableBuilder.shift)
          values.append(contentsOf: repeatElement(value, count: PagedTableBuilder.width))
        }
        pages[page] = uniform[value] ?? 0
      }
    }
    self.values = .allocate(capacity: values.count)
    self.values.initialize(from: values, count: values.count)
  }

  deinit {
    pages.deallocate()
    values.deallocate()
  }

  /// The value of a code point below U+110000.
  @inline(__always)
  subscript(character: UInt32) -> UInt32 {
    let page = Int(pages[Int(character >> UInt32(PagedTableBuilder.shift))])
    let low = Int(character) & (PagedTableBuilder.width - 1)
    return values[page << PagedTableBuilder.shift | low]
  }
}

/// The pages of a table that is being made.
struct PagedTableBuilder {
  static let shift = 7
  static let width = 1 << shift
  static let pageCount = 0x11_0000 >> shift

  /// Which page of `values` holds each page of code points, −1 if all of them have one value.
  fileprivate var pages = [Int32](repeating: -1, count: pageCount)
  fileprivate var uniform = [UInt32](repeating: 0, count: pageCount)
  fileprivate var values: [UInt32] = []

  /// Sets bits of all code points of a range.
  mutating func insert(_ bits: UInt32, in range: Range<Int>) {
    var at = range.lowerBound
    while at < range.upperBound {
      let page = at >> Self.shift
      let end = min(range.upperBound, (page + 1) << Self.shift)
      if end - at == Self.width, pages[page] < 0 {
        uniform[page] |= bits
      } else {
        let base = makePage(page)
        for point in at..<end { values[base | point & (Self.width - 1)] |= bits }
      }
      at = end
    }
  }

  /// The bits of a code point so far.
  subscript(point: Int) -> UInt32 {
    let page = point >> Self.shift
    guard pages[page] >= 0 else { return uniform[page] }
    return values[Int(pages[page]) << Self.shift | point & (Self.width - 1)]
  }

  /// Where the values of a page begin, which has values of its own from now on.
  private mutating func makePage(_ page: Int) -> Int {
    if pages[page] < 0 {
      pages[page] = Int32(values.count >> Self.shift)
      values.append(contentsOf: repeatElement(uniform[page], count: Self.width))
    }
    return Int(pages[page]) << Self.shift
  }
}
