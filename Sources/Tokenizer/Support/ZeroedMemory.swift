#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A block of memory for a large table, zero-filled, in huge pages where the system has them.
///
/// What is never touched costs nothing.
final class ZeroedMemory {
  /// Where the block begins: a multiple of 2 MiB.
  let start: UnsafeMutableRawPointer
  private let mapping: UnsafeMutableRawPointer
  private let mappedSize: Int

  private static let hugePage = 2 << 20

  init(byteCount: Int) {
    mappedSize = byteCount + Self.hugePage
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
    start = mapped.alignedUp(toMultipleOf: Self.hugePage)
    #if os(Linux)
      madvise(start, byteCount, Int32(MADV_HUGEPAGE))
    #endif
  }

  deinit { munmap(mapping, mappedSize) }
}
