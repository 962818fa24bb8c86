// Walks strided arrays, cuts the work into fixed parts for the pool, and calls the loops of the
// level in force.
#include <stdbool.h>
#include <stddef.h>

#include "level.h"

enum {
  most_axes = 8,
  most_operands = 4,
  part_elements = 1 << 14,  // how much one part does
  alone_elements = 1 << 15,  // below this the caller does everything
  square_rows = 16,          // a cache line of 4-byte elements
  square_columns = 256
};

// The axes left after merging, outermost first; the last is what a loop runs over.
typedef struct {
  apus_loop loop;
  int operands, rank;
  char *first[most_operands];
  int64_t size[most_operands];
  int64_t extent[most_axes];
  int64_t step[most_axes][most_operands];
  int64_t rows;          // all axes but the last
  int64_t rows_a_part;   // where rows are short
  int64_t parts_a_row;   // where rows are long, else 1
  bool turned[most_operands];  // lies in memory along the second-last axis
} walk;

static void walk_row(const walk *w, int64_t row, int64_t begin, int64_t end) {
  void *pointers[most_operands];
  int64_t offset[most_operands] = {0};
  for (int axis = w->rank - 2; axis >= 0; axis--) {
    const int64_t at = row % w->extent[axis];
    row /= w->extent[axis];
    for (int o = 0; o < w->operands; o++) offset[o] += at * w->step[axis][o];
  }
  const int64_t *steps = w->step[w->rank - 1];
  for (int o = 0; o < w->operands; o++)
    pointers[o] = w->first[o] + (offset[o] + begin * steps[o]) * w->size[o];
  w->loop(end - begin, pointers, steps);
}

static void walk_part(void *context, int64_t part) {
  const walk *w = context;
  const int64_t length = w->extent[w->rank - 1];
  if (w->parts_a_row > 1) {
    const int64_t begin = part % w->parts_a_row * part_elements;
    const int64_t end = begin + part_elements < length ? begin + part_elements : length;
    walk_row(w, part / w->parts_a_row, begin, end);
    return;
  }
  const int64_t first = part * w->rows_a_part;
  const int64_t last = first + w->rows_a_part < w->rows ? first + w->rows_a_part : w->rows;
  for (int64_t row = first; row < last; row++) walk_row(w, row, 0, length);
}

#define GATHER(T)                                                                              \
  for (int64_t c = 0; c < columns; c++)                                                        \
    for (int64_t r = 0; r < rows; r++)                                                         \
      ((T *)to)[r * square_columns + c] = ((const T *)from)[r + c * step];                     \
  break

// to[r][c] = from[r + c · step]: each cache line of `from` is read once.
static void gather(char *to, const char *from, int64_t size, int64_t step, int64_t rows,
                   int64_t columns) {
  switch (size) {
    case 1: GATHER(uint8_t);
    case 2: GATHER(uint16_t);
    case 4: GATHER(uint32_t);
    default: GATHER(uint64_t);
  }
}

// A part is `square_rows` rows of one plane of the last two axes. Turned operands are gathered
// into rows first: walking along the target would fetch a cache line for each of their elements.
static void walk_turned(void *context, int64_t part) {
  const walk *w = context;
  const int64_t length = w->extent[w->rank - 1], height = w->extent[w->rank - 2];
  const int64_t bands = (height + square_rows - 1) / square_rows;
  const int64_t first = part % bands * square_rows;
  const int64_t rows = height - first < square_rows ? height - first : square_rows;
  const int64_t *steps = w->step[w->rank - 1], *row_steps = w->step[w->rank - 2];
  int64_t offset[most_operands] = {0}, plane = part / bands;
  for (int axis = w->rank - 3; axis >= 0; axis--) {
    const int64_t at = plane % w->extent[axis];
    plane /= w->extent[axis];
    for (int o = 0; o < w->operands; o++) offset[o] += at * w->step[axis][o];
  }
  _Alignas(64) char gathered[most_operands - 1][square_rows * square_columns * 8];
  int64_t own_steps[most_operands];
  for (int o = 0; o < w->operands; o++) own_steps[o] = w->turned[o] ? 1 : steps[o];
  for (int64_t column = 0; column < length; column += square_columns) {
    const int64_t columns = length - column < square_columns ? length - column : square_columns;
    char *corner[most_operands];
    for (int o = 0; o < w->operands; o++) {
      corner[o] =
          w->first[o] + (offset[o] + first * row_steps[o] + column * steps[o]) * w->size[o];
      if (w->turned[o]) gather(gathered[o - 1], corner[o], w->size[o], steps[o], rows, columns);
    }
    for (int64_t row = 0; row < rows; row++) {
      void *pointers[most_operands];
      for (int o = 0; o < w->operands; o++)
        pointers[o] = w->turned[o] ? gathered[o - 1] + row * square_columns * w->size[o]
                                   : corner[o] + row * row_steps[o] * w->size[o];
      w->loop(columns, pointers, own_steps);
    }
  }
}

// Whether an operand is turned; also tells which.
static bool find_turned(walk *w) {
  bool any = false;
  for (int o = 0; o < w->operands; o++) {
    w->turned[o] = o > 0 && w->rank > 1 && w->step[w->rank - 2][o] == 1 &&
                   w->step[w->rank - 1][o] != 1 && w->step[w->rank - 1][o] != 0 &&
                   w->first[o] != w->first[0];
    any |= w->turned[o];
  }
  return any;
}

static void run(walk *w, const int64_t *extents, int32_t rank, const apus_operand *operands) {
  int64_t count = 1;
  for (int axis = 0; axis < rank; axis++) {
    const int64_t extent = extents[axis];
    count *= extent;
    if (extent == 1) continue;
    bool merges = w->rank > 0;
    for (int o = 0; merges && o < w->operands; o++)
      merges = w->step[w->rank - 1][o] == operands[o].strides[axis] * extent;
    const int at = merges ? w->rank - 1 : w->rank++;
    w->extent[at] = merges ? w->extent[at] * extent : extent;
    for (int o = 0; o < w->operands; o++) w->step[at][o] = operands[o].strides[axis];
  }
  if (count == 0) return;
  if (w->rank == 0) {
    w->rank = 1;
    w->extent[0] = 1;
    for (int o = 0; o < w->operands; o++) w->step[0][o] = 1;
  }
  for (int o = 0; o < w->operands; o++) w->first[o] = operands[o].first;
  const int64_t length = w->extent[w->rank - 1];
  w->rows = count / length;
  w->parts_a_row = 1;
  if (count < alone_elements) {
    w->rows_a_part = w->rows;
    walk_part(w, 0);
  } else if (find_turned(w)) {
    const int64_t height = w->extent[w->rank - 2];
    const int64_t bands = (height + square_rows - 1) / square_rows;
    apus_parallel(w->rows / height * bands, walk_turned, w);
  } else if (length >= 2 * part_elements) {
    w->parts_a_row = (length + part_elements - 1) / part_elements;
    apus_parallel(w->rows * w->parts_a_row, walk_part, w);
  } else {
    w->rows_a_part = part_elements / length > 1 ? part_elements / length : 1;
    apus_parallel((w->rows + w->rows_a_part - 1) / w->rows_a_part, walk_part, w);
  }
}

static const int64_t type_size[apus_type_count] = {1, 1, 1, 2, 4, 8, 2, 2, 4, 8};

static int64_t result_size(apus_map_code code, apus_type type) {
  const bool is_bool =
      (code >= apus_equal && code <= apus_less_equal) || code == apus_is_nan;
  return is_bool ? 1 : type_size[type];
}

void apus_map(apus_map_code code, apus_type type, const int64_t *extents, int32_t rank,
              apus_operand target, apus_operand a, apus_operand b, apus_operand c) {
  walk w;
  w.loop = apus_active()->elementwise.map[code][type];
  w.rank = 0;
  w.operands = c.first ? 4 : b.first ? 3 : 2;
  w.size[0] = result_size(code, type);
  w.size[1] = code == apus_where ? 1 : type_size[type];
  w.size[2] = w.size[3] = type_size[type];
  const apus_operand operands[most_operands] = {target, a, b, c};
  run(&w, extents, rank, operands);
}

void apus_map_flat(apus_map_code code, apus_type type, int64_t count, void *target, const void *a,
                   int64_t a_step, const void *b, int64_t b_step, const void *c, int64_t c_step) {
  if (count < alone_elements) {
    void *const pointers[most_operands] = {target, (void *)a, (void *)b, (void *)c};
    const int64_t steps[most_operands] = {1, a_step, b_step, c_step};
    apus_active()->elementwise.map[code][type](count, pointers, steps);
    return;
  }
  const int64_t one = 1;
  const apus_operand t = {target, &one}, x = {(void *)a, &a_step}, y = {(void *)b, &b_step},
                     z = {(void *)c, &c_step};
  apus_map(code, type, &count, 1, t, x, y, z);
}

void apus_cast(apus_type from, apus_type to, const int64_t *extents, int32_t rank,
               apus_operand target, apus_operand source) {
  walk w;
  w.loop = apus_active()->elementwise.cast[from][to];
  w.rank = 0;
  w.operands = 2;
  w.size[0] = type_size[to];
  w.size[1] = type_size[from];
  const apus_operand operands[most_operands] = {target, source};
  run(&w, extents, rank, operands);
}
