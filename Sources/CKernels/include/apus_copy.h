// Copies between strided arrays.
#pragma once
#include <stdint.h>

/// target[i…] = source[i…] over `extents`, strides in elements of `size` bytes (1, 2, 4 or 8).
/// Strides may be negative or (source) zero; target elements must be distinct.
void apus_copy(void *target, const int64_t *target_strides, const void *source,
               const int64_t *source_strides, const int64_t *extents, int32_t rank, int32_t size);
