// Products of quantized weights with rounded rows of x in whole numbers, where the processor has
// instructions for that.
#pragma once
#include "apus_weights.h"
#include "rounded.h"

typedef struct {
  /// Whether x is read as words of 16 bits rather than in planes of 8.
  bool words;
  /// Whether dot products with Q8_0 are faster than those in floats.
  bool gains_on_bytes;
  /// Whether a format has kernels.
  bool (*knows)(int32_t format);
  /// y[·][first … end) of one projection.
  void (*rows)(const apus_projection *, const apus_rounded *, int64_t first, int64_t end);
  /// For many rows of x: all outputs of all projections.
  void (*panels)(const apus_projection *, int32_t count, const apus_rounded *);
} apus_dots_table;

extern const apus_dots_table apus_dots_vnni, apus_dots_avx2;

/// The kernels that go with the level in force on this thread, or null.
const apus_dots_table *apus_dots(void);
