private import CKernels

/// Settings of the machinery under all tensors: threads and memory.
public enum Runtime {
  /// How many threads operations use, the calling one included.
  ///
  /// The default is the number of cores this process may use; setting 0 returns to it. Results do
  /// not depend on it, bit for bit.
  public static var threads: Int {
    get { Int(apus_threads()) }
    set { apus_set_threads(Int32(clamping: newValue)) }
  }

  /// What the caching allocator holds, in bytes.
  public struct MemoryStatistics: Sendable {
    /// Held by tensors now.
    public var bytesInUse: Int
    /// Kept for reuse.
    public var bytesCached: Int
    /// The highest `bytesInUse` since the start or the last ``Runtime/resetPeakMemory()``.
    public var peakBytesInUse: Int
    /// How many blocks were taken from the system since the start.
    public var blocksCreated: Int
    /// The most that is kept for reuse.
    public var cacheLimit: Int
  }

  /// What the caching allocator holds now.
  public static var memory: MemoryStatistics {
    let now = apus_memory()
    return MemoryStatistics(
      bytesInUse: Int(now.bytes_in_use), bytesCached: Int(now.bytes_cached),
      peakBytesInUse: Int(now.peak_bytes_in_use), blocksCreated: Int(now.blocks_created),
      cacheLimit: Int(now.cache_limit))
  }

  /// Starts the measurement of the peak anew.
  public static func resetPeakMemory() { apus_reset_peak_memory() }

  /// Returns all memory that is kept for reuse to the system.
  public static func emptyCache() { apus_empty_cache() }

  /// Bounds the memory that is kept for reuse; the default is half of the physical memory.
  public static func setCacheLimit(bytes: Int) { apus_set_cache_limit(Int64(bytes)) }
}

/// Runs `body(0)` … `body(parts - 1)` on the pool's threads, in any order.
package func parallel(_ parts: Int, _ body: (Int) -> Void) {
  withoutActuallyEscaping(body) { body in
    var box = body
    withUnsafeMutablePointer(to: &box) { pointer in
      apus_parallel(
        Int64(parts),
        { context, part in
          context!.assumingMemoryBound(to: ((Int) -> Void).self).pointee(Int(part))
        }, pointer)
    }
  }
}
