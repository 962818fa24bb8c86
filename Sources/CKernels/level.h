// What each level's object offers to the dispatcher. Included by `level.c` and the level sources.
#pragma once
#include "CKernels.h"

// One struct of function pointers for each family of kernels.
#include "cache_table.h"
#include "elementwise_table.h"
#include "fused_table.h"
#include "weights_table.h"

typedef struct {
  void (*sgemm)(const apus_gemm *);
  int lanes;  // floats of a vector
  float (*fma_chains)(long rounds);
  apus_elementwise_table elementwise;
  apus_fused_table fused;
  apus_cache_table cache;
  apus_weights_table weights;
} apus_table;

/// What a level consists of.
typedef struct apus_kernels apus_kernels;

/// The table of the level in force on this thread.
const apus_table *apus_active(void);
/// What this thread has chosen, or null; the pool's threads adopt it with the parts they take.
const apus_kernels *apus_chosen_level(void);
void apus_adopt_level(const apus_kernels *kernels);

extern const apus_table apus_table_baseline, apus_table_avx2, apus_table_avx512;
