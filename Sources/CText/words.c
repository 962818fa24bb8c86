// What is kept in the table of words, and finding one word.
#include "slots.h"

int32_t apus_find_word(const apus_words *words, uint64_t low, uint64_t high, int32_t *tokens) {
  key word = {low, high};
  apus_word *pair = apus_word_pair(words->slots, words->bits, low, high);
  apus_word *guests = apus_neighbor_pair(pair);
  uint64_t first, last;
  if (slot_read(pair, word, &first, &last) || slot_read(pair + 1, word, &first, &last) ||
      slot_read(guests + 1, word, &first, &last) || slot_read(guests, word, &first, &last))
    return (int32_t)slot_write(words->longer, first, last, tokens);
  return -1;
}

static bool is_empty(const apus_word *slot) {
  return !__atomic_load_n(&slot->high, __ATOMIC_RELAXED);
}

void apus_keep_word(apus_words *words, uint64_t low, uint64_t high, const int32_t *tokens,
                    size_t count) {
  uint64_t first = 0, third = 0;
  if (count <= 3) {
    int32_t padded[4] = {0};
    memcpy(padded, tokens, count * sizeof *tokens);
    memcpy(&first, padded, sizeof first);
    third = (uint32_t)padded[2];
  } else {
    // Asked before, so that the number of places does not go round.
    if (apus_words_are_full(words)) return;
    uint32_t place =
        __atomic_fetch_add(&words->longer_count, (uint32_t)apus_spare_tokens, __ATOMIC_RELAXED);
    if (place >= words->longer_capacity) return;
    memcpy(words->longer + place, tokens, count * sizeof *tokens);
    first = place;
  }
  // What came first stays, because frequent words come early.
  apus_word *pair = apus_word_pair(words->slots, words->bits, low, high);
  apus_word *guests = apus_neighbor_pair(pair);
  apus_word *slot = is_empty(pair)         ? pair
                    : is_empty(pair + 1)   ? pair + 1
                    : is_empty(guests + 1) ? guests + 1
                    : is_empty(guests)     ? guests
                                           : pair + 1;
  uint64_t old = __atomic_load_n(&slot->last, __ATOMIC_RELAXED);
  uint64_t now = (((old >> slot_write_shift) + 1) << slot_write_shift) |
                 (uint64_t)count << slot_count_shift | third;
  // Where another thread is writing, its word stays.
  if (old & slot_mark || !__atomic_compare_exchange_n(&slot->last, &old, now | slot_mark, false,
                                                      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
    return;
  slot_store(&slot->low, low);
  slot_store(&slot->high, high);
  slot_store(&slot->first, first);
  slot_store(&slot->last, now);
}
