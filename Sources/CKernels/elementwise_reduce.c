// Cuts reductions into fixed blocks, merges their partial results in order, and rounds once.
#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "level.h"

enum { block_rows_flat = 1 << 15, block_columns = 512, block_rows = 256, part_elements = 1 << 14 };

typedef union {
  double real;
  int64_t whole;
} partial;

typedef struct {
  const apus_reduction *job;
  void (*kernel)(const apus_reduce_block *);
  int64_t size;                        // of a source element
  int64_t row_blocks, column_blocks;   // per outer position
  int64_t rows_a_block;
  int64_t units, units_a_part;
  bool real;
  partial *partials;                   // [outer, row block, inner] where there are several row blocks
  int64_t *positions;
} plan;

static const int64_t type_size[apus_type_count] = {1, 1, 1, 2, 4, 8, 2, 2, 4, 8};

static bool finds_places(apus_reduce_code code) {
  return code == apus_argmax || code == apus_argmin;
}

// Writes finished columns, `at` being the first one's place in [outer, inner].
static void finish(const plan *p, const partial *values, const int64_t *positions, int64_t at,
                   int64_t count) {
  const apus_reduction *job = p->job;
  if (finds_places(job->code)) {
    for (int64_t i = 0; i < count; i++) ((int64_t *)job->target)[at + i] = positions[i];
    return;
  }
  const bool sums = job->code == apus_sum ||
                    (job->code >= apus_sum_squares && job->code <= apus_sum_deviations);
  const double scale = sums ? job->scale : 1;
#define WRITE(T, value)                                                                        \
  for (int64_t i = 0; i < count; i++) ((T *)job->target)[at + i] = (T)(value);                 \
  break
  if (job->wide) {
    for (int64_t i = 0; i < count; i++) job->wide[at + i] = values[i].real * scale;
    return;
  }
  switch (job->type) {
    case apus_float32: WRITE(float, values[i].real * scale);
    case apus_float64: WRITE(double, values[i].real * scale);
    case apus_int32: WRITE(int32_t, values[i].whole);
    case apus_int64: WRITE(int64_t, values[i].whole);
    case apus_int16: WRITE(int16_t, values[i].whole);
    case apus_int8: WRITE(int8_t, values[i].whole);
    default: WRITE(uint8_t, values[i].whole);
  }
#undef WRITE
}

static void merge(const plan *p, partial *a, const partial *b, int64_t *at, const int64_t *bt,
                  int64_t count) {
  const bool real = p->real;
  for (int64_t i = 0; i < count; i++) {
    const partial x = a[i], y = b[i];
    bool later = false;  // whether y replaces x
    switch (p->job->code) {
      case apus_product:
        if (real) a[i].real = x.real * y.real;
        else a[i].whole = (int64_t)((uint64_t)x.whole * (uint64_t)y.whole);
        break;
      case apus_any: a[i].whole |= y.whole; break;
      case apus_all: a[i].whole &= y.whole; break;
      case apus_max:
      case apus_argmax:
        later = real ? y.real > x.real || (y.real != y.real && x.real == x.real)
                     : y.whole > x.whole;
        break;
      case apus_min:
      case apus_argmin:
        later = real ? y.real < x.real || (y.real != y.real && x.real == x.real)
                     : y.whole < x.whole;
        break;
      default:
        if (real) a[i].real = x.real + y.real;
        else a[i].whole = (int64_t)((uint64_t)x.whole + (uint64_t)y.whole);
    }
    if (later) {
      a[i] = y;
      if (at) at[i] = bt[i];
    }
  }
}

static void run_unit(const plan *p, int64_t unit) {
  const apus_reduction *job = p->job;
  const int64_t column_block = unit % p->column_blocks;
  const int64_t row_block = unit / p->column_blocks % p->row_blocks;
  const int64_t outer = unit / p->column_blocks / p->row_blocks;
  const int64_t column = column_block * block_columns, row = row_block * p->rows_a_block;
  const int64_t rows_left = job->reduced - row, columns_left = job->inner - column;
  partial values[block_columns];
  int64_t positions[block_columns];
  apus_reduce_block block = {
      .job = job,
      .source = (const char *)job->source +
                ((outer * job->reduced + row) * job->inner + column) * p->size,
      .rows = rows_left < p->rows_a_block ? rows_left : p->rows_a_block,
      .columns = columns_left < block_columns ? columns_left : block_columns,
      .first_row = row,
      .center = job->center ? job->center + outer * job->inner + column : NULL,
      .partial = values,
      .positions = positions,
  };
  const int64_t slot = (outer * p->row_blocks + row_block) * job->inner + column;
  if (p->row_blocks > 1) {
    block.partial = p->partials + slot;
    block.positions = p->positions ? p->positions + slot : positions;
  }
  p->kernel(&block);
  if (p->row_blocks == 1)
    finish(p, values, positions, outer * job->inner + column, block.columns);
}

static void run_part(void *context, int64_t part) {
  const plan *p = context;
  const int64_t first = part * p->units_a_part;
  const int64_t last = first + p->units_a_part < p->units ? first + p->units_a_part : p->units;
  for (int64_t unit = first; unit < last; unit++) run_unit(p, unit);
}

void apus_reduce(const apus_reduction *job) {
  if (job->outer == 0 || job->inner == 0) return;
  plan p = {.job = job, .kernel = apus_active()->elementwise.reduce[job->code][job->type]};
  p.size = type_size[job->type];
  p.real = job->type == apus_float32 || job->type == apus_float64;
  p.column_blocks = (job->inner + block_columns - 1) / block_columns;
  p.rows_a_block = job->inner == 1 ? block_rows_flat : block_rows;
  while (job->inner > 1 && p.rows_a_block * job->inner < part_elements) p.rows_a_block *= 2;
  p.row_blocks = (job->reduced + p.rows_a_block - 1) / p.rows_a_block;
  if (p.row_blocks < 1) p.row_blocks = 1;
  p.units = job->outer * p.row_blocks * p.column_blocks;
  const int64_t elements = job->outer * job->reduced * job->inner;
  const int64_t unit_elements = elements / p.units > 0 ? elements / p.units : 1;
  p.units_a_part = part_elements / unit_elements > 0 ? part_elements / unit_elements : 1;
  const int64_t slots = p.row_blocks > 1 ? job->outer * p.row_blocks * job->inner : 0;
  const bool places = finds_places(job->code);
  if (slots) {
    p.partials = apus_allocate(slots * (int64_t)sizeof(partial));
    if (places) p.positions = apus_allocate(slots * (int64_t)sizeof(int64_t));
  }
  if (elements < 2 * part_elements) p.units_a_part = p.units;
  apus_parallel((p.units + p.units_a_part - 1) / p.units_a_part, run_part, &p);
  if (!slots) return;
  for (int64_t outer = 0; outer < job->outer; outer++) {
    const int64_t first = outer * p.row_blocks * job->inner;
    int64_t *positions = places ? p.positions + first : NULL;
    for (int64_t block = 1; block < p.row_blocks; block++)
      merge(&p, p.partials + first, p.partials + first + block * job->inner, positions,
            places ? positions + block * job->inner : NULL, job->inner);
    finish(&p, p.partials + first, positions, outer * job->inner, job->inner);
  }
  apus_free(p.partials, slots * (int64_t)sizeof(partial));
  if (places) apus_free(p.positions, slots * (int64_t)sizeof(int64_t));
}

typedef struct {
  apus_softmax_code code;
  apus_type type;
  void *target;
  const void *first, *second;
  int64_t rows, width, rows_a_part;
  bool backward;
} softmax_job;

static void softmax_part(void *context, int64_t part) {
  const softmax_job *job = context;
  const apus_elementwise_table *table = &apus_active()->elementwise;
  const int64_t begin = part * job->rows_a_part;
  const int64_t left = job->rows - begin;
  const int64_t rows = left < job->rows_a_part ? left : job->rows_a_part;
  const int type = job->type == apus_float64;
  const int64_t size = type ? 8 : 4, skip = begin * job->width * size;
  const char *first = (const char *)job->first + skip;
  if (job->backward) {
    table->softmax_backward[type](job->code, (char *)job->target + skip, first,
                                  (const char *)job->second + skip, rows, job->width);
  } else {
    const int64_t out = job->code == apus_log_sum_exp ? begin * size : skip;
    table->softmax[type](job->code, (char *)job->target + out, first, rows, job->width);
  }
}

static void softmax_run(softmax_job *job) {
  if (job->rows == 0 || (job->width == 0 && job->code != apus_log_sum_exp)) return;
  const int64_t width = job->width > 0 ? job->width : 1;
  job->rows_a_part = part_elements / width > 0 ? part_elements / width : 1;
  if (job->rows * width < part_elements) job->rows_a_part = job->rows;
  apus_parallel((job->rows + job->rows_a_part - 1) / job->rows_a_part, softmax_part, job);
}

void apus_softmax_rows(apus_softmax_code code, apus_type type, void *y, const void *x, int64_t rows,
                       int64_t width) {
  softmax_job job = {.code = code, .type = type, .target = y, .first = x, .rows = rows,
                     .width = width};
  softmax_run(&job);
}

void apus_softmax_rows_backward(apus_softmax_code code, apus_type type, void *dx, const void *dy,
                                const void *y, int64_t rows, int64_t width) {
  softmax_job job = {.code = code, .type = type, .target = dx, .first = dy, .second = y,
                     .rows = rows, .width = width, .backward = true};
  softmax_run(&job);
}
