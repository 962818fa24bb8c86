// Keys and values of earlier positions, in pages of 32 positions, and attention over them.
//
// A page holds for one layer, group by group, keys [width][32] and then values [32][width], so that
// both the scores and the weighted sum run over neighbours in memory. In the 8-bit format the
// numbers of a matrix are followed by their scales, one a position and 32 numbers.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { apus_page_positions = 32 };

typedef enum { apus_cache_f32, apus_cache_f16, apus_cache_q8 } apus_cache_format;

typedef struct {
  int64_t groups, width;  // of a head; a multiple of 32 for the 8-bit format
  apus_cache_format format;
} apus_cache_shape;

/// The bytes of one layer in a page.
int64_t apus_cache_layer_bytes(const apus_cache_shape *shape);

/// Writes one position: the vectors of group g are at k + g · k_step and v + g · v_step.
/// `layer` is where the layer begins in the page, `slot` the position in the page.
void apus_cache_write(const apus_cache_shape *shape, void *layer, int64_t slot, const float *k,
                      int64_t k_step, const float *v, int64_t v_step);

/// One query position of one sequence, all heads.
typedef struct {
  apus_cache_shape shape;
  int64_t heads;             // a multiple of the groups
  const float *q;            // head h at q + h · q_step
  int64_t q_step;
  float *y;                  // heads side by side
  void *const *pages;        // page p holds positions 32 p …
  int64_t layer_offset;      // where the layer begins in each page, in bytes
  int64_t first, end;        // the positions that are seen
  float scale;
  float softcap;             // 0 for none
  const float *slopes;       // a head's penalty on distance from position end - 1, or null
} apus_cached_query;

/// y = softmax(q · keys · scale) · values for each head of each of `count` rows of one layer, on
/// several threads or on the calling one. A result depends on nothing but its operands.
void apus_cached_attention(const apus_cached_query *rows, int64_t count, bool together);

/// Copies positions 0 … end-1 of one group to float32: keys [width][end], values [end][width].
void apus_cache_read(const apus_cache_shape *shape, void *const *pages, int64_t layer_offset,
                     int64_t group, int64_t end, float *keys, float *values);

/// Many query positions of one sequence against keys and values in float32, for one head.
typedef struct {
  int64_t width, count;      // queries `count`, of positions start …
  const float *q;            // row i at q + i · q_row
  int64_t q_row;
  const float *keys;         // [width][keys_row]
  int64_t keys_row;
  const float *values;       // [end][width]
  float *y;                  // row i at y + i · y_row
  int64_t y_row;
  int64_t start, end;        // the first query's position; how many keys there are
  int64_t window;            // how many positions a query sees at most, its own included; 0 for all
  bool causal;
  float scale, softcap, slope;
} apus_block_attention;
void apus_attend_block(const apus_block_attention *block);

/// Rotates each head of one row in place; see apus_rotary.
void apus_rotate_heads(float *x, int64_t heads, int64_t head_step, const float *cosines,
                       const float *sines, int64_t pairs, bool interleaved);
