// Elementwise maps, conversions, reductions and the softmax family over strided arrays.
#pragma once
#include <stdint.h>

#include "apus_type.h"

/// Maps of up to three operands. The comment says which types exist; others are null.
typedef enum {
  // two operands and a result of one type: integers and floats
  apus_add, apus_subtract, apus_multiply, apus_remainder, apus_power, apus_maximum, apus_minimum,
  apus_divide,  // floats
  // integers, bool (through uint8)
  apus_and, apus_or, apus_xor,
  // result bool: integers and floats
  apus_equal, apus_not_equal, apus_less, apus_less_equal,
  // one operand: integers and floats
  apus_negate, apus_absolute, apus_sign, apus_square, apus_relu,
  // one operand: floats
  apus_exp, apus_expm1, apus_log, apus_log1p, apus_sqrt, apus_rsqrt, apus_reciprocal, apus_sin,
  apus_cos, apus_tanh, apus_erf, apus_sigmoid, apus_softplus, apus_gelu, apus_gelu_tanh,
  apus_silu, apus_floor, apus_ceil, apus_round,
  apus_is_nan,  // result bool
  // derivatives, floats: operands dy and y (tanh, sigmoid) or x (the others)
  apus_tanh_slope, apus_sigmoid_slope, apus_softplus_slope, apus_gelu_slope,
  apus_gelu_tanh_slope, apus_silu_slope, apus_relu_slope,
  // derivative of erf: dy, x
  apus_erf_slope,
  // three operands: x, low, high; integers and floats
  apus_clamp,
  // condition (bool), a, b: by size, with the type uint8, int16, int32 or int64
  apus_where,
  apus_map_count
} apus_map_code;

/// One operand: its first element and its strides in elements, 0 where it is broadcast.
typedef struct {
  void *first;
  const int64_t *strides;
} apus_operand;

/// target = map(operands…) over `extents`. Operands that are not used have null `first`.
/// An operand may be the target itself, with the same strides.
void apus_map(apus_map_code code, apus_type type, const int64_t *extents, int32_t rank,
              apus_operand target, apus_operand a, apus_operand b, apus_operand c);

/// As `apus_map` for `count` elements that lie together; steps are 0 (one value) or 1.
void apus_map_flat(apus_map_code code, apus_type type, int64_t count, void *target, const void *a,
                   int64_t a_step, const void *b, int64_t b_step, const void *c, int64_t c_step);

/// target = source, converted: to the nearest value, ties to even; integers wrap; floats that no
/// integer of 32 or 64 bits holds give its least value.
void apus_cast(apus_type from, apus_type to, const int64_t *extents, int32_t rank,
               apus_operand target, apus_operand source);

/// Reductions of a row-major array [outer, reduced, inner] to [outer, inner].
typedef enum {
  // float32 and float64 to the same type, int64 to int64
  apus_sum, apus_product,
  // float32 and float64
  apus_sum_squares, apus_sum_absolute,
  apus_sum_powers,      // Σ |x|^parameter
  apus_sum_deviations,  // Σ (x - center)²
  // integers and floats
  apus_max, apus_min,
  apus_argmax, apus_argmin,  // result int64: the first of equals, NaN before all
  apus_any, apus_all,        // bool
  apus_reduce_count
} apus_reduce_code;

typedef struct {
  apus_reduce_code code;
  apus_type type;
  void *target;
  const void *source;
  int64_t outer, reduced, inner;
  double parameter;      ///< of `apus_sum_powers`
  double scale;          ///< what sums are multiplied by before they are rounded
  const double *center;  ///< [outer, inner], for `apus_sum_deviations`
  double *wide;          ///< receives unrounded float sums [outer, inner] instead of `target`
} apus_reduction;

/// Partial results are formed over fixed blocks, so no bit depends on the number of threads.
void apus_reduce(const apus_reduction *reduction);

/// The softmax family over rows of a row-major array [rows, width], float32 or float64.
typedef enum { apus_softmax, apus_log_softmax, apus_log_sum_exp } apus_softmax_code;

/// y = softmax(x) or log softmax(x) [rows, width], or log Σ exp x [rows]. `y` may be `x`.
void apus_softmax_rows(apus_softmax_code code, apus_type type, void *y, const void *x, int64_t rows,
                       int64_t width);
/// dx from dy and y. `dx` may be `dy`. Not for `apus_log_sum_exp`.
void apus_softmax_rows_backward(apus_softmax_code code, apus_type type, void *dx, const void *dy,
                                const void *y, int64_t rows, int64_t width);
