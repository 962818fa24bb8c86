// A caching allocator: blocks of given sizes are kept for reuse, because the first touch of fresh
// pages costs more than most operations on them.
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef struct {
  int64_t bytes_in_use;       ///< handed out now, rounded up to block sizes
  int64_t bytes_cached;       ///< kept for reuse
  int64_t peak_bytes_in_use;  ///< highest `bytes_in_use` since the last reset
  int64_t blocks_created;     ///< blocks taken from the system since the start
  int64_t cache_limit;        ///< the most that is kept for reuse
} apus_memory_statistics;

/// At least `bytes` bytes, 64-byte aligned, contents undefined; 2 MiB aligned and backed by huge
/// pages from 2 MiB on. Null when the system has none.
void *apus_allocate(int64_t bytes);
/// Gives a block back; `bytes` is what was asked for.
void apus_free(void *block, int64_t bytes);
/// Returns every cached block to the system.
void apus_empty_cache(void);
/// Bounds the cache; the default is half of the physical memory.
void apus_set_cache_limit(int64_t bytes);
apus_memory_statistics apus_memory(void);
void apus_reset_peak_memory(void);
