#include "apus_copy.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "apus_pool.h"

enum { most_axes = 8, part_elements = 1 << 15 };

// The axes that are left after merging, outermost first, and the memory they run over.
typedef struct {
  char *target;
  const char *source;
  int64_t extent[most_axes], to[most_axes], from[most_axes];
  int rank, size;
  int64_t rows, rows_a_part;  // rows: all axes but the last two
} job;

#define COPY_PLANE(TYPE)                                                                     \
  static void plane_##TYPE(TYPE *t, int64_t tr, int64_t tc, const TYPE *s, int64_t sr,       \
                           int64_t sc, int64_t rows, int64_t columns) {                      \
    enum { square = 32 };                                                                    \
    if (tc == 1 && sc == 1) {                                                                \
      for (int64_t r = 0; r < rows; r++)                                                     \
        memcpy(t + r * tr, s + r * sr, (size_t)columns * sizeof(TYPE));                      \
    } else if (sc == 0) {                                                                    \
      for (int64_t r = 0; r < rows; r++)                                                     \
        for (int64_t c = 0; c < columns; c++) t[r * tr + c * tc] = s[r * sr];                \
    } else if (llabs(sr) >= llabs(sc)) {                                                     \
      for (int64_t r = 0; r < rows; r++)                                                     \
        for (int64_t c = 0; c < columns; c++) t[r * tr + c * tc] = s[r * sr + c * sc];       \
    } else { /* a transpose: squares keep both sides in cache */                             \
      for (int64_t r0 = 0; r0 < rows; r0 += square)                                          \
        for (int64_t c0 = 0; c0 < columns; c0 += square) {                                   \
          const int64_t r1 = r0 + square < rows ? r0 + square : rows;                        \
          const int64_t c1 = c0 + square < columns ? c0 + square : columns;                  \
          for (int64_t r = r0; r < r1; r++)                                                  \
            for (int64_t c = c0; c < c1; c++) t[r * tr + c * tc] = s[r * sr + c * sc];       \
        }                                                                                    \
    }                                                                                        \
  }
COPY_PLANE(uint8_t)
COPY_PLANE(uint16_t)
COPY_PLANE(uint32_t)
COPY_PLANE(uint64_t)

static void plane(const job *j, char *target, const char *source, int64_t first, int64_t count) {
  const int r = j->rank - 2, c = j->rank - 1;
  target += first * j->to[r] * j->size;
  source += first * j->from[r] * j->size;
#define CALL(TYPE)                                                                     \
  plane_##TYPE((TYPE *)target, j->to[r], j->to[c], (const TYPE *)source, j->from[r],   \
               j->from[c], count, j->extent[c])
  switch (j->size) {
    case 1: CALL(uint8_t); break;
    case 2: CALL(uint16_t); break;
    case 4: CALL(uint32_t); break;
    default: CALL(uint64_t); break;
  }
#undef CALL
}

// A part is a run of rows of the flattened outer axes times the second-last one.
static void copy_part(void *context, int64_t part) {
  const job *j = context;
  const int64_t per_plane = j->extent[j->rank - 2];
  int64_t row = part * j->rows_a_part;
  const int64_t end = row + j->rows_a_part < j->rows ? row + j->rows_a_part : j->rows;
  while (row < end) {
    int64_t outer = row / per_plane;
    const int64_t first = row % per_plane;
    const int64_t count = end - row < per_plane - first ? end - row : per_plane - first;
    char *target = j->target;
    const char *source = j->source;
    for (int axis = j->rank - 3; axis >= 0; axis--) {
      const int64_t at = outer % j->extent[axis];
      outer /= j->extent[axis];
      target += at * j->to[axis] * j->size;
      source += at * j->from[axis] * j->size;
    }
    plane(j, target, source, first, count);
    row += count;
  }
}

void apus_copy(void *target, const int64_t *target_strides, const void *source,
               const int64_t *source_strides, const int64_t *extents, int32_t rank, int32_t size) {
  job j = {.target = target, .source = source, .size = size};
  int64_t count = 1;
  for (int axis = 0; axis < rank; axis++) {
    count *= extents[axis];
    if (extents[axis] == 1) continue;
    const int last = j.rank - 1;
    const bool merges = last >= 0 && j.to[last] == target_strides[axis] * extents[axis] &&
                        j.from[last] == source_strides[axis] * extents[axis];
    if (merges) {
      j.extent[last] *= extents[axis];
      j.to[last] = target_strides[axis];
      j.from[last] = source_strides[axis];
    } else {
      j.extent[j.rank] = extents[axis];
      j.to[j.rank] = target_strides[axis];
      j.from[j.rank] = source_strides[axis];
      j.rank++;
    }
  }
  if (count == 0) return;
  if (j.rank == 1 && j.to[0] == 1 && j.from[0] == 1 && count >= 2 * part_elements) {
    // One long run: cut it into rows so that threads can share it.
    const int64_t rows = count / part_elements, rest = count % part_elements;
    if (rest)
      memcpy(j.target + rows * part_elements * size, j.source + rows * part_elements * size,
             (size_t)(rest * size));
    j.extent[0] = rows, j.to[0] = j.from[0] = part_elements;
    j.extent[1] = part_elements, j.to[1] = j.from[1] = 1;
    j.rank = 2;
    count = rows * part_elements;
  }
  while (j.rank < 2) {  // a plane has two axes
    memmove(j.extent + 1, j.extent, sizeof(int64_t) * (size_t)j.rank);
    memmove(j.to + 1, j.to, sizeof(int64_t) * (size_t)j.rank);
    memmove(j.from + 1, j.from, sizeof(int64_t) * (size_t)j.rank);
    j.extent[0] = 1, j.to[0] = j.from[0] = 0;
    j.rank++;
  }
  j.rows = count / j.extent[j.rank - 1];
  j.rows_a_part = part_elements / j.extent[j.rank - 1];
  if (j.rows_a_part < 1) j.rows_a_part = 1;
  apus_parallel((j.rows + j.rows_a_part - 1) / j.rows_a_part, copy_part, &j);
}
