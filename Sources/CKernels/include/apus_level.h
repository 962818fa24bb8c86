// Which instruction level runs. One source is compiled once a level; the best the CPU has is
// chosen at start and can be overridden, so that tests run every level the machine has.
#pragma once
#include <stdbool.h>

typedef enum { apus_level_baseline = 0, apus_level_avx2 = 1, apus_level_avx512 = 2 } apus_level;

apus_level apus_best_level(void);
apus_level apus_current_level(void);
/// Chooses a level for what the calling thread starts. False, and nothing changes, where the CPU
/// lacks it.
bool apus_set_level(apus_level level);
