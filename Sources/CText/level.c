#include "level.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

// The best level of the machine, and the one a thread has chosen instead.
static const apus_text_table *_Atomic best;
static _Thread_local const apus_text_table *chosen;

static const apus_text_table *table_of(apus_text_level level) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (level == apus_text_avx512)
    return __builtin_cpu_supports("x86-64-v4") ? &apus_text_table_avx512 : NULL;
  if (level == apus_text_avx2)
    return __builtin_cpu_supports("x86-64-v3") ? &apus_text_table_avx2 : NULL;
#endif
  return level == apus_text_baseline ? &apus_text_table_baseline : NULL;
}

// The highest level that the environment allows.
static apus_text_level highest_wanted(void) {
  const char *name = getenv("APUS_LEVEL");
  if (name && strcmp(name, "baseline") == 0) return apus_text_baseline;
  if (name && strcmp(name, "avx2") == 0) return apus_text_avx2;
  return apus_text_avx512;
}

apus_text_level apus_text_best_level(void) {
  for (int level = highest_wanted(); level > apus_text_baseline; level--)
    if (table_of((apus_text_level)level)) return (apus_text_level)level;
  return apus_text_baseline;
}

bool apus_text_set_level(apus_text_level level) {
  const apus_text_table *wanted = table_of(level);
  if (wanted) chosen = wanted;
  return wanted != NULL;
}

static const apus_text_table *active(void) {
  if (__builtin_expect(chosen != NULL, 0)) return chosen;
  const apus_text_table *now = atomic_load_explicit(&best, memory_order_acquire);
  if (__builtin_expect(now != NULL, 1)) return now;
  now = table_of(apus_text_best_level());
  atomic_store_explicit(&best, now, memory_order_release);
  return now;
}

size_t apus_find_pieces(const apus_pattern *pattern, const uint8_t *text, size_t begin, size_t end,
                        uint32_t *starts) {
  return active()->find_pieces(pattern, text, begin, end, starts);
}

size_t apus_encode_words(apus_words *words, const apus_merges *merges, const uint8_t *text,
                         size_t readable, const uint32_t *starts, size_t first, size_t count,
                         int32_t **output) {
  return active()->encode_words(words, merges, text, readable, starts, first, count, output);
}
