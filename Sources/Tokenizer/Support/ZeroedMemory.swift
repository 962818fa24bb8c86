#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A block of memory for a large table, zero-filled, in huge pages where the system has them.
final class ZeroedMemory {
  /// Where the block begins: a multiple of 2 MiB.
  let start: UnsafeMutableRawPointer
  private let mapping: UnsafeMutableRawPointer
  private let mappedSize: Int

  init(byteCount: Int) {
    // The last huge page of a large table is there as a whole.
    let byteCount =
      byteCount < hugePage / 2 ? byteCount : (byteCount + hugePage - 1) / hugePage * hugePage
    mappedSize = byteCount + hugePage
    #if canImport(Darwin)
      let flags = MAP_PRIVATE | MAP_ANON
    #else
      let flags = MAP_PRIVATE | MAP_ANONYMOUS
    #endif
    let mapped = mmap(nil, mappedSize, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let mapped, mapped != MAP_FAILED else {
      preconditionFailure("ZeroedMemory: the system has no \(byteCount) bytes of memory left")
    }
    mapping = mapped
    start = mapped.alignedUp(toMultipleOf: hugePage)
    adviseHugePages(start, byteCount: byteCount)
    // A lookup reads a page before anything is written to it, for which the system lends a common page
    // of zeros; when that is written to, it is taken apart into small pages, and each of those then
    // interrupts the other processors. So the first access to each huge page writes.
    for offset in stride(from: 0, to: byteCount - hugePage + 1, by: hugePage) {
      start.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self)
    }
  }

  deinit { munmap(mapping, mappedSize) }
}

/// The size of a huge page.
private let hugePage = 2 << 20

/// Asks the system to back the huge pages that lie in a block of memory with huge pages, which takes
/// far fewer page faults.
func adviseHugePages(_ start: UnsafeMutableRawPointer, byteCount: Int) {
  #if os(Linux)
    let first = start.alignedUp(toMultipleOf: hugePage)
    let last = (start + byteCount).alignedDown(toMultipleOf: hugePage)
    if first < last { madvise(first, last - first, Int32(MADV_HUGEPAGE)) }
  #endif
}
