#include <stdlib.h>
#include <string.h>

#include "apus_indexing.h"
#include "apus_memory.h"
#include "apus_pool.h"

// Every element becomes an unsigned key with the same order, so that one sort serves all types.
typedef struct {
  uint64_t key;
  int64_t index;
} entry;

typedef struct {
  int64_t *order;
  const char *source;
  int64_t rows, length, k, rows_a_part;
  uint64_t flip;  // all ones reverses the order of the keys
  int dtype;
} job;

static inline uint64_t key_of_float(uint32_t bits, uint32_t infinity) {
  const uint32_t magnitude = bits & 0x7FFFFFFF;
  if (magnitude > infinity) return 0xFFFFFFFF;  // NaN
  if (magnitude == 0) return 0x80000000;        // -0 equals 0
  return bits & 0x80000000 ? ~bits : bits | 0x80000000;
}

static inline uint64_t key_of_double(uint64_t bits) {
  const uint64_t sign = UINT64_C(1) << 63, magnitude = bits & ~sign;
  if (magnitude > UINT64_C(0x7FF0000000000000)) return UINT64_MAX;
  if (magnitude == 0) return sign;
  return bits & sign ? ~bits : bits | sign;
}

static void read_row(const job *j, int64_t row, entry *entries) {
  const int64_t n = j->length;
#define READ(TYPE, KEY)                                            \
  {                                                                \
    const TYPE *x = (const TYPE *)(const void *)j->source + row * n; \
    for (int64_t i = 0; i < n; i++) {                              \
      entries[i].key = (uint64_t)(KEY) ^ j->flip;                  \
      entries[i].index = i;                                        \
    }                                                              \
  }                                                                \
  break
  const uint64_t sign = UINT64_C(1) << 63;
  switch (j->dtype) {
    case apus_float32: READ(uint32_t, key_of_float(x[i], 0x7F800000));
    case apus_float64: READ(uint64_t, key_of_double(x[i]));
    case apus_float16: READ(uint16_t, key_of_float((uint32_t)x[i] << 16, 0x7C000000));
    case apus_bfloat16: READ(uint16_t, key_of_float((uint32_t)x[i] << 16, 0x7F800000));
    case apus_int8: READ(int8_t, (uint64_t)(int64_t)x[i] ^ sign);
    case apus_int16: READ(int16_t, (uint64_t)(int64_t)x[i] ^ sign);
    case apus_int32: READ(int32_t, (uint64_t)(int64_t)x[i] ^ sign);
    case apus_int64: READ(int64_t, (uint64_t)x[i] ^ sign);
    default: READ(uint8_t, x[i]);
  }
#undef READ
}

static void sort_insertion(entry *a, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    const entry moved = a[i];
    int64_t at = i;
    for (; at > 0 && a[at - 1].key > moved.key; at--) a[at] = a[at - 1];
    a[at] = moved;
  }
}

// Byte by byte from the lowest, stable; bytes that are equal everywhere cost one count.
static entry *sort_radix(entry *a, entry *spare, int64_t n) {
  int64_t counts[8][256];
  memset(counts, 0, sizeof counts);
  for (int64_t i = 0; i < n; i++)
    for (int byte = 0; byte < 8; byte++) counts[byte][a[i].key >> (8 * byte) & 255]++;
  for (int byte = 0; byte < 8; byte++) {
    int64_t *count = counts[byte];
    if (count[a[0].key >> (8 * byte) & 255] == n) continue;
    int64_t start = 0;
    for (int value = 0; value < 256; value++) {
      const int64_t here = count[value];
      count[value] = start;
      start += here;
    }
    for (int64_t i = 0; i < n; i++) spare[count[a[i].key >> (8 * byte) & 255]++] = a[i];
    entry *swap = a;
    a = spare;
    spare = swap;
  }
  return a;
}

static entry *sort_merge(entry *a, entry *spare, int64_t n) {
  enum { run = 16 };
  for (int64_t i = 0; i < n; i += run) sort_insertion(a + i, n - i < run ? n - i : run);
  for (int64_t width = run; width < n; width *= 2) {
    for (int64_t low = 0; low < n; low += 2 * width) {
      const int64_t middle = low + width < n ? low + width : n;
      const int64_t high = low + 2 * width < n ? low + 2 * width : n;
      int64_t left = low, right = middle;
      for (int64_t to = low; to < high; to++)
        spare[to] = left < middle && (right >= high || a[left].key <= a[right].key)
                        ? a[left++] : a[right++];
    }
    entry *swap = a;
    a = spare;
    spare = swap;
  }
  return a;
}

static entry *sort_entries(entry *a, entry *spare, int64_t n) {
  return n < 1024 ? sort_merge(a, spare, n) : sort_radix(a, spare, n);
}

static void sort_part(void *context, int64_t part) {
  const job *j = context;
  const int64_t n = j->length, bytes = 2 * n * (int64_t)sizeof(entry);
  entry *entries = apus_allocate(bytes);
  if (!entries) abort();
  int64_t end = (part + 1) * j->rows_a_part;
  if (end > j->rows) end = j->rows;
  for (int64_t row = part * j->rows_a_part; row < end; row++) {
    read_row(j, row, entries);
    const entry *sorted = sort_entries(entries, entries + n, n);
    for (int64_t i = 0; i < n; i++) j->order[row * n + i] = sorted[i].index;
  }
  apus_free(entries, bytes);
}

static inline bool is_worse(entry a, entry b) {
  return a.key > b.key || (a.key == b.key && a.index > b.index);
}

// Moves the entry at `at` down to its place in a heap with the worst on top.
static void sift(entry *heap, int64_t k, int64_t at) {
  const entry moved = heap[at];
  for (;;) {
    int64_t child = 2 * at + 1;
    if (child >= k) break;
    if (child + 1 < k && is_worse(heap[child + 1], heap[child])) child++;
    if (!is_worse(heap[child], moved)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = moved;
}

static void top_k_part(void *context, int64_t part) {
  const job *j = context;
  const int64_t n = j->length, k = j->k, bytes = (n + k) * (int64_t)sizeof(entry);
  entry *entries = apus_allocate(bytes);
  if (!entries) abort();
  int64_t end = (part + 1) * j->rows_a_part;
  if (end > j->rows) end = j->rows;
  for (int64_t row = part * j->rows_a_part; row < end; row++) {
    read_row(j, row, entries);
    for (int64_t at = k / 2 - 1; at >= 0; at--) sift(entries, k, at);
    for (int64_t i = k; i < n; i++) {
      // A later entry with the same key is worse, so a smaller key decides.
      if (entries[i].key >= entries[0].key) continue;
      entries[0] = entries[i];
      sift(entries, k, 0);
    }
    for (int64_t left = k - 1; left >= 0; left--) {
      j->order[row * k + left] = entries[0].index;
      entries[0] = entries[left];
      sift(entries, left, 0);
    }
  }
  apus_free(entries, bytes);
}

static void run(job *j, apus_body body) {
  if (j->rows * j->length == 0) return;
  j->rows_a_part = 4096 / j->length;
  if (j->rows_a_part < 1) j->rows_a_part = 1;
  apus_parallel((j->rows + j->rows_a_part - 1) / j->rows_a_part, body, j);
}

void apus_sort(int64_t *order, const void *source, int64_t rows, int64_t length, bool descending,
               int32_t dtype) {
  job j = {.order = order, .source = source, .rows = rows, .length = length, .dtype = dtype,
           .flip = descending ? UINT64_MAX : 0};
  run(&j, sort_part);
}

void apus_top_k(int64_t *order, const void *source, int64_t rows, int64_t length, int64_t k,
                bool largest, int32_t dtype) {
  if (k == 0) return;
  job j = {.order = order, .source = source, .rows = rows, .length = length, .k = k,
           .dtype = dtype, .flip = largest ? UINT64_MAX : 0};
  run(&j, top_k_part);
}
