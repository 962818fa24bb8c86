// What is kept in the table of words.
#include <string.h>

#include "CText.h"

static void forget_all(apus_words *words) {
  memset(words->slots, 0, (2 * sizeof *words->slots) << words->bits);
  words->longer_count = 0;
}

void apus_keep_word(apus_words *words, uint64_t low, uint64_t high, const int32_t *tokens,
                    size_t count) {
  apus_word kept = {.low = low, .high = high, .count = (int32_t)count};
  if (count <= 3) {
    memcpy(&kept.first, tokens, count * sizeof *tokens);
  } else {
    if (words->longer_count + count > words->longer_capacity) forget_all(words);
    memcpy(words->longer + words->longer_count, tokens, count * sizeof *tokens);
    kept.first = (int32_t)words->longer_count;
    words->longer_count += (uint32_t)count;
  }
  // What came first stays, because frequent words come early.
  apus_word *pair = apus_word_pair(words->slots, words->bits, low, high);
  apus_word *guests = apus_neighbor_pair(pair);
  apus_word *slot = pair[0].high == 0     ? pair
                    : pair[1].high == 0   ? pair + 1
                    : guests[1].high == 0 ? guests + 1
                    : guests[0].high == 0 ? guests
                                          : pair + 1;
  *slot = kept;
}
