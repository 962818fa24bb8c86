// Rows of x rounded to whole numbers, for products with quantized weights.
//
// The roundings to 8 bits are those of ggml's formats Q8_0 and Q8_1 (32 columns share a scale) and
// Q8_K (256 do), which llama.cpp puts beside weights of the same block size. That to 16 bits is 256
// times as fine.
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef enum {
  apus_rounding_q8_0,
  apus_rounding_q8_1,  ///< differs in that sums are rounded too
  apus_rounding_q8_k,
  apus_rounding_16,
} apus_rounding;

/// Rows of x as x ≈ scale · code; all arrays lie in one block of memory.
typedef struct {
  int64_t m, columns;
  int64_t codes_row;   ///< from row to row of codes; beyond the columns they are 0
  int64_t groups_row;  ///< from row to row of scales, a multiple of 16; beyond they are 0
  int8_t *codes;    ///< of 16 bits the upper ones
  int8_t *low;      ///< code − 256 · upper one; null where codes have 8 bits
  int16_t *words;   ///< instead of both: of each 32 codes those of even columns, then the odd ones
  float *scales;    ///< one for 32 columns in either rounding
  float *sums;      ///< laid out as by `sum_groups`: scale · Σ codes of each 32, then of each 16
  int32_t *totals;  ///< [m][columns / 16]: Σ codes
  float *floats;    ///< [m][columns]: scale · code; null where nobody wants them
  void *memory;
  int64_t bytes;
} apus_rounded;

/// Rounds m rows of x to words or to planes of 8 bits, and keeps what the codes stand for as well if
/// `floats`.
apus_rounded apus_round_rows(const float *x, int64_t m, int64_t x_row, int64_t columns,
                             apus_rounding rounding, bool words, bool floats);
