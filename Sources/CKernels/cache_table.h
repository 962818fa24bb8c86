// Attention over cached positions at one level.
#pragma once
#include "apus_cache.h"

typedef struct {
  void (*write)(const apus_cache_shape *, void *, int64_t, const float *, int64_t, const float *,
                int64_t);
  void (*query)(const apus_cached_query *, int64_t);
  void (*read)(const apus_cache_shape *, void *const *, int64_t, int64_t, int64_t, float *,
               float *);
  void (*block)(const apus_block_attention *);
  void (*rotate)(float *, int64_t, int64_t, const float *, const float *, int64_t, bool);
} apus_cache_table;

/// The bytes of one group's keys, and of its values.
static inline int64_t apus_cache_group_bytes(const apus_cache_shape *shape) {
  const int64_t numbers = shape->width * apus_page_positions;
  switch (shape->format) {
    case apus_cache_f32: return numbers * 4;
    case apus_cache_f16: return numbers * 2;
    default: return numbers + numbers / 32 * 2;
  }
}
