// Elementwise kernels, reductions and conversions of one level.
#pragma once
#include "apus_elementwise.h"

/// target = map(operands…) for n elements; pointers[0] and steps[0] are the target's.
typedef void (*apus_loop)(int64_t n, void *const *pointers, const int64_t *steps);

/// A block of a reduction: partial[inner] from rows of `inner` elements, in double or int64 or the
/// type itself as `apus_reduce_code` says.
typedef struct {
  const apus_reduction *job;
  const void *source;    ///< the block's first element
  int64_t rows;          ///< how many are reduced
  int64_t columns;       ///< how many of `inner` are done
  int64_t first_row;     ///< where the block begins along the reduced axis
  const double *center;  ///< of the block's columns
  void *partial;         ///< double, int64 or the element type: one a column
  int64_t *positions;    ///< of extremes; null where they are not asked for
} apus_reduce_block;

typedef struct {
  apus_loop map[apus_map_count][apus_type_count];
  apus_loop cast[apus_type_count][apus_type_count];
  void (*reduce[apus_reduce_count][apus_type_count])(const apus_reduce_block *);
  void (*softmax[2])(apus_softmax_code, void *, const void *, int64_t rows, int64_t width);
  void (*softmax_backward[2])(apus_softmax_code, void *, const void *, const void *, int64_t rows,
                              int64_t width);
} apus_elementwise_table;
