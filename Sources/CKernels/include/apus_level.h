// Which instruction level runs. One source is compiled once a level; the best the CPU has is
// chosen at start and can be overridden, so that tests run every level the machine has.
#pragma once
#include <stdbool.h>

typedef enum {
  apus_level_baseline = 0,
  apus_level_avx2 = 1,
  apus_level_avx512 = 2,
  apus_level_avx512_vnni = 3,  ///< AVX-512 with 8-bit dot products
} apus_level;

/// The best level of the machine, or what the environment variable `APUS_LEVEL` names if that is
/// lower: `baseline`, `avx2`, `avx512` or `avx512_vnni`.
apus_level apus_best_level(void);
apus_level apus_current_level(void);
/// Chooses a level for what the calling thread starts. False, and nothing changes, where the CPU
/// lacks it.
bool apus_set_level(apus_level level);
/// What `APUS_LEVEL` calls a level.
const char *apus_level_name(apus_level level);
/// What `APUS_LEVEL` holds if that is no level's name, or null.
const char *apus_level_unknown(void);
