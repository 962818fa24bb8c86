// Products with weight matrices at one level.
#pragma once
#include "apus_weights.h"
#include "rounded.h"

/// What the kernels of a call share.
typedef struct {
  const float *x;
  int64_t m, x_row, columns;
  const float *sums;  ///< of each row of x, see `sum_groups`; null where no format asks for them
} apus_input;

typedef struct {
  /// y[·][first … end) of one projection.
  void (*rows)(const apus_projection *, const apus_input *, int64_t first, int64_t end);
  /// Sums of each 32 and then of each 16 values of a row of x, for minima and offsets.
  void (*sum_groups)(float *sums, const float *x, int64_t columns);
  /// All of `apus_project_panels`.
  void (*panels)(const apus_projection *, int32_t count, const float *x, int64_t m, int64_t x_row);
  /// Row i of `target` from a row of x; see `apus_round_rows`.
  void (*round_row)(apus_rounded *target, int64_t i, const float *x, apus_rounding);
} apus_weights_table;

/// The values of the non-linear 4-bit formats, and of MXFP4 (doubled).
extern const int8_t apus_iq4_values[16], apus_mxfp4_values[16];

/// How many sums a row of x has.
static inline int64_t apus_sums_row(int64_t columns) { return columns / 32 + columns / 16; }
