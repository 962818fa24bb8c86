#include "apus_indexing.h"

#include <stddef.h>
#include <string.h>

#include "apus_pool.h"

enum { most_axes = 8, part_elements = 1 << 14 };

int64_t apus_first_outside(const int64_t *indices, int64_t count, int64_t extent) {
  bool any = false;
  for (int64_t i = 0; i < count; i++) any |= (uint64_t)indices[i] >= (uint64_t)extent;
  if (!any) return -1;
  int64_t i = 0;
  while ((uint64_t)indices[i] < (uint64_t)extent) i++;
  return i;
}

// A plane is one position of all axes but the selected and the last one: `length` steps along the
// selected axis, each a row of `columns`. A part is a run of planes, or of columns of one plane.
typedef struct {
  const apus_selection *selection;
  int64_t extent[most_axes], table[most_axes], value[most_axes], index[most_axes];
  int rank, kind, unit;
  int64_t planes, length, columns;
  int64_t planes_a_part, columns_a_part, column_parts;
  int64_t table_axis, value_axis, index_axis, table_column, value_column, index_column;
} walk;

enum { gathers, scatters, adds };

typedef struct {
  void *table, *values;
  const int64_t *indices;
  int64_t columns;
} place;

#define MOVE(TYPE)                                                                             \
  static void gather_##TYPE(const walk *w, place at) {                                         \
    const TYPE *table = at.table;                                                              \
    TYPE *values = at.values;                                                                  \
    for (int64_t k = 0; k < w->length; k++) {                                                  \
      const int64_t *indices = at.indices + k * w->index_axis;                                 \
      TYPE *row = values + k * w->value_axis;                                                  \
      if (w->index_column == 0 && w->table_column == 1 && w->value_column == 1) {              \
        memcpy(row, table + *indices * w->table_axis, (size_t)at.columns * sizeof(TYPE));      \
        continue;                                                                              \
      }                                                                                        \
      for (int64_t c = 0; c < at.columns; c++)                                                 \
        row[c * w->value_column] =                                                             \
            table[c * w->table_column + indices[c * w->index_column] * w->table_axis];         \
    }                                                                                          \
  }                                                                                            \
  static void scatter_##TYPE(const walk *w, place at) {                                        \
    TYPE *table = at.table;                                                                    \
    const TYPE *values = at.values;                                                            \
    for (int64_t k = 0; k < w->length; k++) {                                                  \
      const int64_t *indices = at.indices + k * w->index_axis;                                 \
      const TYPE *row = values + k * w->value_axis;                                            \
      for (int64_t c = 0; c < at.columns; c++)                                                 \
        table[c * w->table_column + indices[c * w->index_column] * w->table_axis] =            \
            row[c * w->value_column];                                                          \
    }                                                                                          \
  }
MOVE(uint8_t)
MOVE(uint16_t)
MOVE(uint32_t)
MOVE(uint64_t)

#define ADD(TYPE)                                                                              \
  static void add_##TYPE(const walk *w, place at) {                                            \
    TYPE *table = at.table;                                                                    \
    const TYPE *values = at.values;                                                            \
    for (int64_t k = 0; k < w->length; k++) {                                                  \
      const int64_t *indices = at.indices + k * w->index_axis;                                 \
      const TYPE *row = values + k * w->value_axis;                                            \
      if (w->index_column == 0 && w->table_column == 1 && w->value_column == 1) {              \
        TYPE *target = table + *indices * w->table_axis;                                       \
        for (int64_t c = 0; c < at.columns; c++) target[c] += row[c];                          \
        continue;                                                                              \
      }                                                                                        \
      for (int64_t c = 0; c < at.columns; c++)                                                 \
        table[c * w->table_column + indices[c * w->index_column] * w->table_axis] +=           \
            row[c * w->value_column];                                                          \
    }                                                                                          \
  }
// Integers wrap around, so the unsigned types serve both.
ADD(uint8_t)
ADD(uint16_t)
ADD(uint32_t)
ADD(uint64_t)
ADD(float)
ADD(double)

static int size_of(int32_t dtype) {
  switch (dtype) {
    case apus_bool: case apus_uint8: case apus_int8: return 1;
    case apus_int16: case apus_float16: case apus_bfloat16: return 2;
    case apus_int32: case apus_float32: return 4;
    default: return 8;
  }
}

static void walk_plane(const walk *w, place at) {
  if (w->kind == adds) {
    switch (w->unit) {
      case apus_float32: add_float(w, at); return;
      case apus_float64: add_double(w, at); return;
      case apus_int64: add_uint64_t(w, at); return;
      case apus_int32: add_uint32_t(w, at); return;
      case apus_int16: add_uint16_t(w, at); return;
      default: add_uint8_t(w, at); return;
    }
  }
  const bool gather = w->kind == gathers;
  switch (w->unit) {
    case 1: gather ? gather_uint8_t(w, at) : scatter_uint8_t(w, at); return;
    case 2: gather ? gather_uint16_t(w, at) : scatter_uint16_t(w, at); return;
    case 4: gather ? gather_uint32_t(w, at) : scatter_uint32_t(w, at); return;
    default: gather ? gather_uint64_t(w, at) : scatter_uint64_t(w, at); return;
  }
}

static void walk_part(void *context, int64_t part) {
  const walk *w = context;
  const int size = w->kind == adds ? size_of(w->unit) : w->unit;
  const int64_t run = part / w->column_parts;
  const int64_t column = part % w->column_parts * w->columns_a_part;
  int64_t columns = w->columns - column;
  if (columns > w->columns_a_part) columns = w->columns_a_part;
  int64_t end = (run + 1) * w->planes_a_part;
  if (end > w->planes) end = w->planes;
  for (int64_t plane = run * w->planes_a_part; plane < end; plane++) {
    int64_t rest = plane, table = column * w->table_column, value = column * w->value_column;
    int64_t index = column * w->index_column;
    for (int axis = w->rank - 1; axis >= 0; axis--) {
      const int64_t i = rest % w->extent[axis];
      rest /= w->extent[axis];
      table += i * w->table[axis];
      value += i * w->value[axis];
      index += i * w->index[axis];
    }
    const apus_selection *s = w->selection;
    walk_plane(w, (place){(char *)s->table + table * size, (char *)s->values + value * size,
                          s->indices + index, columns});
  }
}

static void walk_all(const apus_selection *s, int kind, int unit) {
  walk w = {.selection = s, .kind = kind, .unit = unit, .planes = 1, .columns = 1};
  const int last = s->rank - 1;
  for (int axis = 0; axis < s->rank; axis++) {
    if (s->extents[axis] == 0) return;
    if (axis == s->axis || axis == last) continue;
    w.extent[w.rank] = s->extents[axis];
    w.table[w.rank] = s->table_strides[axis];
    w.value[w.rank] = s->value_strides[axis];
    w.index[w.rank++] = s->index_strides[axis];
    w.planes *= s->extents[axis];
  }
  w.length = s->extents[s->axis];
  w.table_axis = s->table_strides[s->axis];
  w.value_axis = s->value_strides[s->axis];
  w.index_axis = s->index_strides[s->axis];
  if (s->axis != last) {
    w.columns = s->extents[last];
    w.table_column = s->table_strides[last];
    w.value_column = s->value_strides[last];
    w.index_column = s->index_strides[last];
  }
  w.columns_a_part = part_elements / w.length;
  if (w.columns_a_part < 64) w.columns_a_part = 64;
  w.column_parts = (w.columns + w.columns_a_part - 1) / w.columns_a_part;
  w.planes_a_part = part_elements / (w.length * w.columns);
  if (w.planes_a_part < 1) w.planes_a_part = 1;
  const int64_t runs = (w.planes + w.planes_a_part - 1) / w.planes_a_part;
  apus_parallel(runs * w.column_parts, walk_part, &w);
}

void apus_gather(const apus_selection *s, int32_t size) { walk_all(s, gathers, size); }
void apus_scatter(const apus_selection *s, int32_t size) { walk_all(s, scatters, size); }
void apus_scatter_add(const apus_selection *s, int32_t dtype) { walk_all(s, adds, dtype); }

void apus_one_hot(void *target, const int64_t *ids, int64_t rows, int64_t count, const void *one,
                  int32_t size) {
  for (int64_t row = 0; row < rows; row++)
    memcpy((char *)target + (row * count + ids[row]) * size, one, (size_t)size);
}

int64_t apus_true_positions(int64_t *target, const uint8_t *mask, int64_t count) {
  int64_t found = 0;
  if (target) {
    for (int64_t i = 0; i < count; i++)
      if (mask[i]) target[found++] = i;
  } else {
    for (int64_t i = 0; i < count; i++) found += mask[i] != 0;
  }
  return found;
}

typedef struct {
  char *target;
  const char *source;
  int64_t all_rows, rows, columns, diagonal, rows_a_part;
  bool lower;
  int size;
} triangle;

static void triangle_part(void *context, int64_t part) {
  const triangle *t = context;
  int64_t end = (part + 1) * t->rows_a_part;
  if (end > t->all_rows) end = t->all_rows;
  for (int64_t row = part * t->rows_a_part; row < end; row++) {
    // The lower triangle keeps the columns before `split`, the upper one those from it on.
    int64_t split = row % t->rows + t->diagonal + (t->lower ? 1 : 0);
    if (split < 0) split = 0;
    if (split > t->columns) split = t->columns;
    char *to = t->target + row * t->columns * t->size;
    const char *from = t->source + row * t->columns * t->size;
    const size_t left = (size_t)(split * t->size);
    const size_t right = (size_t)((t->columns - split) * t->size);
    if (t->lower) {
      memcpy(to, from, left);
      memset(to + left, 0, right);
    } else {
      memset(to, 0, left);
      memcpy(to + left, from + left, right);
    }
  }
}

void apus_triangle(void *target, const void *source, int64_t matrices, int64_t rows,
                   int64_t columns, int64_t diagonal, bool lower, int32_t size) {
  if (matrices * rows * columns == 0) return;
  triangle t = {.target = target, .source = source, .all_rows = matrices * rows, .rows = rows,
                .columns = columns, .diagonal = diagonal, .lower = lower, .size = size};
  t.rows_a_part = 2 * part_elements / columns;
  if (t.rows_a_part < 1) t.rows_a_part = 1;
  apus_parallel((t.all_rows + t.rows_a_part - 1) / t.rows_a_part, triangle_part, &t);
}
