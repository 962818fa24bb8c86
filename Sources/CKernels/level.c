#include "level.h"

#include <stddef.h>
#include <stdatomic.h>
#include <string.h>

#include "dots.h"

// The best level of the machine, and the one a thread has chosen instead.
static const apus_table *_Atomic best;
static _Thread_local const apus_table *chosen;

static const apus_table *table_of(apus_level level) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (level == apus_level_avx512)
    return __builtin_cpu_supports("x86-64-v4") ? &apus_table_avx512 : NULL;
  if (level == apus_level_avx2)
    return __builtin_cpu_supports("x86-64-v3") ? &apus_table_avx2 : NULL;
#endif
  return level == apus_level_baseline ? &apus_table_baseline : NULL;
}

apus_level apus_best_level(void) {
  for (int level = apus_level_avx512; level > apus_level_baseline; level--)
    if (table_of((apus_level)level)) return (apus_level)level;
  return apus_level_baseline;
}

const apus_table *apus_active(void) {
  if (__builtin_expect(chosen != NULL, 0)) return chosen;
  const apus_table *now = atomic_load_explicit(&best, memory_order_acquire);
  if (__builtin_expect(now != NULL, 1)) return now;
  now = table_of(apus_best_level());
  atomic_store_explicit(&best, now, memory_order_release);
  return now;
}

const apus_dots_table *apus_dots(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool has_dots = __builtin_cpu_supports("avx512vnni") &&
                        __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("gfni");
  if (has_dots && apus_active() == &apus_table_avx512) return &apus_dots_vnni;
#endif
  return NULL;
}

const apus_table *apus_chosen_level(void) { return chosen; }
void apus_adopt_level(const apus_table *table) { chosen = table; }

apus_level apus_current_level(void) {
  const apus_table *now = apus_active();
  for (int level = apus_level_avx512; level > apus_level_baseline; level--)
    if (table_of((apus_level)level) == now) return (apus_level)level;
  return apus_level_baseline;
}

bool apus_set_level(apus_level level) {
  const apus_table *wanted = table_of(level);
  if (wanted) chosen = wanted;
  return wanted != NULL;
}

void apus_sgemm(const apus_gemm *product) {
  const apus_gemm *g = product;
  if (g->m <= 0 || g->n <= 0) return;
  if (g->k <= 0) {  // a sum of nothing
    for (int64_t i = 0; i < g->m; i++)
      for (int64_t j = 0; j < g->n; j++)
        g->c[i * g->c_row + j] =
            (g->accumulate ? g->c[i * g->c_row + j] : 0) + (g->bias ? g->bias[j] : 0);
    return;
  }
  apus_active()->sgemm(product);
}
