// Single-precision matrix product with any strides.
#pragma once
#include <stdbool.h>
#include <stdint.h>

/// C = alpha · A · B (+ C) (+ bias), where A is m × k, B is k × n, C is m × n with unit column
/// stride. Each element of C is one chain of fused multiply-adds in ascending k, cut at fixed
/// places, so the result does not depend on the number of threads.
typedef struct {
  int64_t m, n, k;
  const float *a;
  int64_t a_row, a_column;  ///< strides of A in elements
  const float *b;
  int64_t b_row, b_column;
  float *c;
  int64_t c_row;
  float alpha;
  bool accumulate;    ///< add to what C holds
  const float *bias;  ///< n values added to each row, or null
} apus_gemm;

/// Runs on the pool; from inside a part of a parallel region, on the caller alone.
void apus_sgemm(const apus_gemm *product);
