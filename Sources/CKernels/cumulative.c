#include <stddef.h>

#include "apus_indexing.h"
#include "apus_pool.h"

enum { columns_a_part = 64, part_elements = 1 << 14 };

typedef struct {
  void *target;
  const void *source, *gradient;
  apus_lines lines;
  bool product, reverse;
  int dtype;
  int64_t column_parts, outer_a_part;
} job;

// One block of columns of one outer position, walked along the axis.
#define CUMULATE(FROM, SUM, TO)                                                           \
  static void cumulate_##FROM(const job *j, int64_t outer, int64_t column, int64_t count) { \
    const apus_lines l = j->lines;                                                        \
    const int64_t start = outer * l.length * l.inner + column;                            \
    const FROM *source = (const FROM *)j->source + start;                                 \
    TO *target = (TO *)j->target + start;                                                 \
    SUM sums[columns_a_part];                                                             \
    for (int64_t c = 0; c < count; c++) sums[c] = j->product ? 1 : 0;                     \
    for (int64_t k = 0; k < l.length; k++) {                                              \
      const int64_t row = (j->reverse ? l.length - 1 - k : k) * l.inner;                  \
      if (j->product)                                                                     \
        for (int64_t c = 0; c < count; c++)                                               \
          target[row + c] = (TO)(sums[c] *= (SUM)source[row + c]);                        \
      else                                                                                \
        for (int64_t c = 0; c < count; c++)                                               \
          target[row + c] = (TO)(sums[c] += (SUM)source[row + c]);                        \
    }                                                                                     \
  }
CUMULATE(float, double, float)
CUMULATE(double, double, double)
CUMULATE(uint8_t, uint64_t, uint64_t)
CUMULATE(int8_t, uint64_t, uint64_t)
CUMULATE(int16_t, uint64_t, uint64_t)
CUMULATE(int32_t, uint64_t, uint64_t)
CUMULATE(int64_t, uint64_t, uint64_t)

// dx[i] = sum over k >= i of dy[k] times the product of x[0 … k] without x[i]. Up to the first zero
// that is (sum of dy[k] y[k]) / x[i]; at the first zero the product goes on without it up to the
// second; behind the first zero every such product contains it.
#define BACKWARD(TYPE)                                                                      \
  static void backward_##TYPE(const job *j, int64_t outer, int64_t column, int64_t count) { \
    const int64_t length = j->lines.length, step = j->lines.inner;                          \
    const int64_t start = outer * length * step + column;                                   \
    for (int64_t c = 0; c < count; c++) {                                                   \
      const TYPE *x = (const TYPE *)j->source + start + c;                                  \
      const TYPE *dy = (const TYPE *)j->gradient + start + c;                               \
      TYPE *dx = (TYPE *)j->target + start + c;                                             \
      double y = 1, sum = 0;                                                                \
      int64_t zero = 0;                                                                     \
      for (; zero < length && x[zero * step] != 0; zero++) {                                \
        y *= (double)x[zero * step];                                                        \
        dx[zero * step] = (TYPE)(y * (double)dy[zero * step]);                              \
      }                                                                                     \
      for (int64_t k = zero - 1; k >= 0; k--) {                                             \
        sum += (double)dx[k * step];                                                        \
        dx[k * step] = (TYPE)(sum / (double)x[k * step]);                                   \
      }                                                                                     \
      if (zero == length) continue;                                                         \
      double slope = y * (double)dy[zero * step];                                           \
      for (int64_t k = zero + 1; k < length && y != 0; k++) {                               \
        y *= (double)x[k * step];                                                           \
        slope += y * (double)dy[k * step];                                                  \
      }                                                                                     \
      dx[zero * step] = (TYPE)slope;                                                        \
      for (int64_t k = zero + 1; k < length; k++) dx[k * step] = 0;                         \
    }                                                                                       \
  }
BACKWARD(float)
BACKWARD(double)

static void part_of(const job *j, int64_t part, int64_t *outer, int64_t *end, int64_t *column,
                    int64_t *count) {
  *outer = part / j->column_parts * j->outer_a_part;
  *end = *outer + j->outer_a_part < j->lines.outer ? *outer + j->outer_a_part : j->lines.outer;
  *column = part % j->column_parts * columns_a_part;
  *count = j->lines.inner - *column < columns_a_part ? j->lines.inner - *column : columns_a_part;
}

static void cumulate_part(void *context, int64_t part) {
  const job *j = context;
  int64_t outer, end, column, count;
  for (part_of(j, part, &outer, &end, &column, &count); outer < end; outer++) {
    switch (j->dtype) {
      case apus_float32: cumulate_float(j, outer, column, count); break;
      case apus_float64: cumulate_double(j, outer, column, count); break;
      case apus_int8: cumulate_int8_t(j, outer, column, count); break;
      case apus_int16: cumulate_int16_t(j, outer, column, count); break;
      case apus_int32: cumulate_int32_t(j, outer, column, count); break;
      case apus_int64: cumulate_int64_t(j, outer, column, count); break;
      default: cumulate_uint8_t(j, outer, column, count); break;
    }
  }
}

static void backward_part(void *context, int64_t part) {
  const job *j = context;
  int64_t outer, end, column, count;
  for (part_of(j, part, &outer, &end, &column, &count); outer < end; outer++) {
    if (j->dtype == apus_float64) backward_double(j, outer, column, count);
    else backward_float(j, outer, column, count);
  }
}

static void run(job *j, apus_body body) {
  const apus_lines l = j->lines;
  if (l.outer * l.length * l.inner == 0) return;
  j->column_parts = (l.inner + columns_a_part - 1) / columns_a_part;
  const int64_t width = l.inner < columns_a_part ? l.inner : columns_a_part;
  j->outer_a_part = part_elements / (l.length * width);
  if (j->outer_a_part < 1) j->outer_a_part = 1;
  const int64_t runs = (l.outer + j->outer_a_part - 1) / j->outer_a_part;
  apus_parallel(runs * j->column_parts, body, j);
}

void apus_cumulate(void *target, const void *source, apus_lines lines, bool product, bool reverse,
                   int32_t dtype) {
  job j = {.target = target, .source = source, .lines = lines, .product = product,
           .reverse = reverse, .dtype = dtype};
  run(&j, cumulate_part);
}

void apus_cumulative_product_backward(void *target, const void *gradient, const void *source,
                                      apus_lines lines, int32_t dtype) {
  job j = {.target = target, .source = source, .gradient = gradient, .lines = lines,
           .dtype = dtype};
  run(&j, backward_part);
}
