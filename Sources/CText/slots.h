// A slot of the table of words, which threads read while another one writes it.
//
// Nobody waits. A writer marks the slot, writes, and takes the mark away with another number of
// writes; a reader that finds a mark, or another number after it has read than before, takes the
// word for unknown. Each access is atomic, loads acquire and stores release, which on x86-64 are
// plain moves.
#pragma once
#include <string.h>

#include "CText.h"

#define slot_inline static inline __attribute__((always_inline))

typedef struct {
  uint64_t low, high;
} key;

// The upper half of `last`: four bits of the number of tokens, the mark, the number of writes.
enum { slot_count_shift = 32, slot_write_shift = 37 };
static const uint64_t slot_mark = (uint64_t)1 << 36;

slot_inline uint64_t slot_load(const uint64_t *place) {
  return __atomic_load_n(place, __ATOMIC_ACQUIRE);
}

slot_inline void slot_store(uint64_t *place, uint64_t value) {
  __atomic_store_n(place, value, __ATOMIC_RELEASE);
}

// Whether a slot holds a word. If so, its tokens, which `slot_write` writes, are in `first` and
// `last`.
slot_inline bool slot_read(const apus_word *slot, key word, uint64_t *first, uint64_t *last) {
  *last = slot_load(&slot->last);
  uint64_t differs = slot_load(&slot->low) ^ word.low;
  differs |= slot_load(&slot->high) ^ word.high;
  *first = slot_load(&slot->first);
  // With a mark they differ. All is one branch, for words that are found.
  differs |= __atomic_load_n(&slot->last, __ATOMIC_RELAXED) ^ (*last & ~slot_mark);
  return differs == 0;
}

slot_inline size_t slot_count(uint64_t last) { return last >> slot_count_shift & 15; }

// Writes the tokens of a word, and more after them, and returns their number.
slot_inline size_t slot_write(const int32_t *longer, uint64_t first, uint64_t last, int32_t *to) {
  size_t count = slot_count(last);
  if (__builtin_expect(count > 3, 0)) {
    memcpy(to, longer + (uint32_t)first, apus_spare_tokens * sizeof *to);
  } else {
    memcpy(to, &first, sizeof first);
    memcpy(to + 2, &last, sizeof last);
  }
  return count;
}
