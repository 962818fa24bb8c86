// Hands attention over cached positions to the level in force.
#include "level.h"

int64_t apus_cache_layer_bytes(const apus_cache_shape *shape) {
  return 2 * shape->groups * apus_cache_group_bytes(shape);
}

void apus_cache_write(const apus_cache_shape *shape, void *layer, int64_t slot, const float *k,
                      int64_t k_step, const float *v, int64_t v_step) {
  apus_active()->cache.write(shape, layer, slot, k, k_step, v, v_step);
}

static void attend_part(void *context, int64_t part) {
  const apus_cached_query *rows = context;
  apus_active()->cache.query(rows + part / rows->heads, part % rows->heads);
}

void apus_cached_attention(const apus_cached_query *rows, int64_t count, bool together) {
  if (count == 0) return;
  const int64_t parts = count * rows->heads;
  if (together) {
    apus_parallel(parts, attend_part, (void *)rows);
  } else {
    for (int64_t part = 0; part < parts; part++) attend_part((void *)rows, part);
  }
}

void apus_cache_read(const apus_cache_shape *shape, void *const *pages, int64_t layer_offset,
                     int64_t group, int64_t end, float *keys, float *values) {
  apus_active()->cache.read(shape, pages, layer_offset, group, end, keys, values);
}

void apus_attend_block(const apus_block_attention *block) { apus_active()->cache.block(block); }

void apus_rotate_heads(float *x, int64_t heads, int64_t head_step, const float *cosines,
                       const float *sines, int64_t pairs, bool interleaved) {
  apus_active()->cache.rotate(x, heads, head_step, cosines, sines, pairs, interleaved);
}
