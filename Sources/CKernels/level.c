#include "level.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "dots.h"

struct apus_kernels {
  const char *name;
  const apus_table *table;
  const apus_dots_table *dots;  // products in whole numbers, or null
};

enum { levels = apus_level_avx512_vnni + 1 };

static const apus_kernels kernels_of[levels] = {
    [apus_level_baseline] = {"baseline", &apus_table_baseline, NULL},
#if defined(__x86_64__)
    [apus_level_avx2] = {"avx2", &apus_table_avx2, &apus_dots_avx2},
    [apus_level_avx512] = {"avx512", &apus_table_avx512, NULL},
    [apus_level_avx512_vnni] = {"avx512_vnni", &apus_table_avx512, &apus_dots_vnni},
#else
    [apus_level_avx2] = {"avx2", NULL, NULL},
    [apus_level_avx512] = {"avx512", NULL, NULL},
    [apus_level_avx512_vnni] = {"avx512_vnni", NULL, NULL},
#endif
};

// The best level of the machine, and the one a thread has chosen instead.
static const apus_kernels *_Atomic best;
static _Thread_local const apus_kernels *chosen;

static bool machine_has(apus_level level) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  switch (level) {
    case apus_level_avx512_vnni:
      return __builtin_cpu_supports("x86-64-v4") && __builtin_cpu_supports("avx512vnni") &&
             __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("gfni");
    case apus_level_avx512: return __builtin_cpu_supports("x86-64-v4");
    case apus_level_avx2: return __builtin_cpu_supports("x86-64-v3");
    default: break;
  }
#endif
  return level == apus_level_baseline;
}

// The level that the environment names; the highest if it names none.
static apus_level highest_wanted(bool *unknown) {
  const char *name = getenv("APUS_LEVEL");
  *unknown = false;
  if (!name || !*name) return apus_level_avx512_vnni;
  for (int level = 0; level < levels; level++)
    if (strcmp(name, kernels_of[level].name) == 0) return (apus_level)level;
  *unknown = true;
  return apus_level_avx512_vnni;
}

apus_level apus_best_level(void) {
  bool unknown;
  for (int level = highest_wanted(&unknown); level > apus_level_baseline; level--)
    if (machine_has((apus_level)level)) return (apus_level)level;
  return apus_level_baseline;
}

const char *apus_level_name(apus_level level) { return kernels_of[level].name; }

const char *apus_level_unknown(void) {
  bool unknown;
  highest_wanted(&unknown);
  return unknown ? getenv("APUS_LEVEL") : NULL;
}

static const apus_kernels *active(void) {
  if (__builtin_expect(chosen != NULL, 0)) return chosen;
  const apus_kernels *now = atomic_load_explicit(&best, memory_order_acquire);
  if (__builtin_expect(now != NULL, 1)) return now;
  now = kernels_of + apus_best_level();
  atomic_store_explicit(&best, now, memory_order_release);
  return now;
}

const apus_table *apus_active(void) { return active()->table; }
const apus_dots_table *apus_dots(void) { return active()->dots; }
apus_level apus_current_level(void) { return (apus_level)(active() - kernels_of); }

const apus_kernels *apus_chosen_level(void) { return chosen; }
void apus_adopt_level(const apus_kernels *kernels) { chosen = kernels; }

bool apus_set_level(apus_level level) {
  const bool has = machine_has(level);
  if (has) chosen = kernels_of + level;
  return has;
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
