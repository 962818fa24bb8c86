// Kernels of indexing, ordering and running sums. Strides count elements; a `dtype` is an
// `apus_type`, kernels that only move elements take their `size`. Every element of a result
// is computed by one thread in one order, so no result depends on the number of threads.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "apus_elementwise.h"

/// A walk over `extents`: at each position the element of `table` whose coordinate along `axis` is
/// replaced by `indices` there is paired with the element of `values` there.
typedef struct {
  void *table;
  const int64_t *table_strides;
  void *values;
  const int64_t *value_strides;
  const int64_t *indices;
  const int64_t *index_strides;
  const int64_t *extents;
  int32_t rank, axis;
} apus_selection;

/// The first position of `indices` whose value is not in 0 ..< extent, or -1.
int64_t apus_first_outside(const int64_t *indices, int64_t count, int64_t extent);

/// values[i] = table[selected by i]
void apus_gather(const apus_selection *selection, int32_t size);
/// table[selected by i] = values[i]; of several the last along the axis stays.
void apus_scatter(const apus_selection *selection, int32_t size);
/// table[selected by i] += values[i], in ascending order along the axis; not for bool and 16 bits.
void apus_scatter_add(const apus_selection *selection, int32_t dtype);

/// target[i * count + ids[i]] = one, the bytes of a number, in a target that is zero.
void apus_one_hot(void *target, const int64_t *ids, int64_t rows, int64_t count, const void *one,
                  int32_t size);
/// The positions of true in ascending order; returns how many, writes them unless `target` is null.
int64_t apus_true_positions(int64_t *target, const uint8_t *mask, int64_t count);
/// Copies row-major matrices, zero above (`lower`) or below the given diagonal.
void apus_triangle(void *target, const void *source, int64_t matrices, int64_t rows,
                   int64_t columns, int64_t diagonal, bool lower, int32_t size);

/// Row-major [outer, length, inner] arrays, treated along the middle axis.
typedef struct {
  int64_t outer, length, inner;
} apus_lines;

/// Running sums or products. float32 is summed in double; integers and bool make int64.
void apus_cumulate(void *target, const void *source, apus_lines lines, bool product, bool reverse,
                   int32_t dtype);
/// The gradient of running products, exact where elements are zero; float32 and float64.
void apus_cumulative_product_backward(void *target, const void *gradient, const void *source,
                                      apus_lines lines, int32_t dtype);

/// The order that sorts each row of `length` elements, stable, NaN as the largest.
void apus_sort(int64_t *order, const void *source, int64_t rows, int64_t length, bool descending,
               int32_t dtype);
/// The positions of the `k` largest (or smallest) elements of each row, best first; of equal ones
/// the first.
void apus_top_k(int64_t *order, const void *source, int64_t rows, int64_t length, int64_t k,
                bool largest, int32_t dtype);
