#define _GNU_SOURCE
#include "apus_memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// Size classes: four steps a power of two from 64 bytes on (64, 80, 96, 112, 128, 160, …), so at
// most a quarter of a block is idle, and the idle end of a large block is never touched.
enum { smallest_shift = 6, steps = 4, classes = 4 * 42, huge_page = 2 << 20 };

typedef struct block {
  struct block *next;
} block;

static struct {
  _Atomic bool locked;
  block *lists[classes];
  apus_memory_statistics now;
} cache;

static void lock(void) {
  for (int round = 0; atomic_exchange_explicit(&cache.locked, true, memory_order_acquire);) {
    if (++round > 1000) {
      usleep(1);
      round = 0;
    }
  }
}

static void unlock(void) { atomic_store_explicit(&cache.locked, false, memory_order_release); }

static int class_of(int64_t bytes, int64_t *size) {
  if (bytes <= 64) {
    *size = 64;
    return 0;
  }
  const int power = 63 - __builtin_clzll((uint64_t)(bytes - 1));  // 2^power < bytes
  const int64_t step = INT64_C(1) << (power - 2);
  const int64_t count = (bytes - 1 - (INT64_C(1) << power)) / step + 1;  // 1 … 4
  *size = (INT64_C(1) << power) + count * step;
  return (power - smallest_shift) * steps + (int)count;
}

static void *from_system(int64_t size) {
  if (size < huge_page) {
    // Not aligned_alloc, whose size must be a multiple of the alignment.
    void *memory = NULL;
    return posix_memalign(&memory, 64, (size_t)size) == 0 ? memory : NULL;
  }
  // Room to align to a huge page; what sticks out at both ends goes back at once.
  const size_t room = (size_t)size + huge_page;
  char *start = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (start == MAP_FAILED) return NULL;
  char *aligned = (char *)(((uintptr_t)start + huge_page - 1) & ~(uintptr_t)(huge_page - 1));
  if (aligned > start) munmap(start, (size_t)(aligned - start));
  const size_t tail = room - (size_t)(aligned - start) - (size_t)size;
  if (tail > 0) munmap(aligned + size, tail);
#ifdef MADV_HUGEPAGE
  madvise(aligned, (size_t)size, MADV_HUGEPAGE);
#endif
  return aligned;
}

static void to_system(void *memory, int64_t size) {
  if (size < huge_page) free(memory);
  else munmap(memory, (size_t)size);
}

// The lock is held.
static void set_default_limit(void) {
  if (cache.now.cache_limit == 0)
    cache.now.cache_limit = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE) / 2;
}

void *apus_allocate(int64_t bytes) {
  if (bytes < 0 || bytes > INT64_C(1) << 46) return NULL;
  int64_t size;
  const int kind = class_of(bytes, &size);
  lock();
  block *found = cache.lists[kind];
  if (found) {
    cache.lists[kind] = found->next;
    cache.now.bytes_cached -= size;
  } else {
    cache.now.blocks_created++;
  }
  cache.now.bytes_in_use += size;
  if (cache.now.bytes_in_use > cache.now.peak_bytes_in_use)
    cache.now.peak_bytes_in_use = cache.now.bytes_in_use;
  unlock();
  if (found) return found;

  void *fresh = from_system(size);
  if (!fresh) {
    apus_empty_cache();
    fresh = from_system(size);
  }
  if (!fresh) {
    lock();
    cache.now.bytes_in_use -= size;
    unlock();
  }
  return fresh;
}

void apus_free(void *memory, int64_t bytes) {
  if (!memory) return;
  int64_t size;
  const int kind = class_of(bytes, &size);
  lock();
  set_default_limit();
  cache.now.bytes_in_use -= size;
  const bool keep = cache.now.bytes_cached + size <= cache.now.cache_limit;
  if (keep) {
    block *freed = memory;
    freed->next = cache.lists[kind];
    cache.lists[kind] = freed;
    cache.now.bytes_cached += size;
  }
  unlock();
  if (!keep) to_system(memory, size);
}

void apus_empty_cache(void) {
  for (int kind = 0; kind < classes; kind++) {
    lock();
    block *list = cache.lists[kind];
    cache.lists[kind] = NULL;
    const int power = smallest_shift + (kind > 0 ? (kind - 1) / steps : 0);
    const int64_t step = INT64_C(1) << (power - 2);
    const int64_t size =
        kind == 0 ? 64 : (INT64_C(1) << power) + ((kind - 1) % steps + 1) * step;
    for (block *each = list; each; each = each->next) cache.now.bytes_cached -= size;
    unlock();
    while (list) {
      block *next = list->next;
      to_system(list, size);
      list = next;
    }
  }
}

void apus_set_cache_limit(int64_t bytes) {
  lock();
  cache.now.cache_limit = bytes < 1 ? 1 : bytes;
  unlock();
  if (apus_memory().bytes_cached > bytes) apus_empty_cache();
}

apus_memory_statistics apus_memory(void) {
  lock();
  set_default_limit();
  apus_memory_statistics copy = cache.now;
  unlock();
  return copy;
}

void apus_reset_peak_memory(void) {
  lock();
  cache.now.peak_bytes_in_use = cache.now.bytes_in_use;
  unlock();
}
