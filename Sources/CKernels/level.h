// What each level's object offers to the dispatcher. Included by `level.c` and the level sources.
#pragma once
#include "CKernels.h"

typedef struct {
  void (*sgemm)(const apus_gemm *);
} apus_table;

extern const apus_table apus_table_baseline, apus_table_avx2, apus_table_avx512;
