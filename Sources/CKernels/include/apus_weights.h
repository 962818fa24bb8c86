// Products with weight matrices as model files hold them: 16-bit floats and the block formats of
// GGUF. With activations in float32, a result is that of the dequantized weights, exact up to the
// order in which sums are taken.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "apus_blocks.h"

/// A matrix [rows = outputs, columns = inputs] whose rows begin `row_bytes` apart. The columns are
/// a whole number of blocks.
typedef struct {
  const void *data;
  int64_t rows, columns, row_bytes;
  int32_t format;  ///< an `apus_format`
} apus_weight;

/// One matrix applied to the shared input:
/// y[i][r] = Σ_c W[r][c] · x[i][c] (+ bias[r]) (+ what y holds, if `accumulate`).
typedef struct {
  apus_weight weight;
  float *y;
  int64_t y_row;      ///< from one row of y to the next, in elements
  const float *bias;  ///< one value an output, or null
  bool accumulate;
} apus_projection;

/// What x is beside quantized weights; beside plain numbers it is always float32.
typedef enum {
  apus_activations_float32,
  /// Rounded to 16 bits with a scale for 32 columns, where the processor is faster with whole
  /// numbers and the format has kernels for them; float32 otherwise.
  apus_activations_int16,
  /// Rounded to 8 bits with a scale for as many columns as a block of the weights has, 32 or 256:
  /// ggml's Q8_0 and Q8_1, or Q8_K, as in llama.cpp.
  apus_activations_int8,
} apus_activations;

/// Whether kernels exist for the format.
bool apus_format_computes(int32_t format);

/// For few rows of x [m, columns], as when decoding: dot products. Each weight is read from memory
/// once for all rows of x. All matrices have the same number of columns and run in one parallel
/// region. A row's result never depends on m, on the other rows, or on the number of threads.
void apus_project_rows(const apus_projection *list, int32_t count, const float *x, int64_t m,
                       int64_t x_row, apus_activations activations);
/// For many rows of x, as when reading a prompt: a matrix product that unpacks each weight once
/// into the packed operand of the micro-kernel. The same invariance; the sums are taken in another
/// order than by `apus_project_rows`.
void apus_project_panels(const apus_projection *list, int32_t count, const float *x, int64_t m,
                         int64_t x_row, apus_activations activations);
