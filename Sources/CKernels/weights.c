// Splits products with weight matrices into parts and hands them to the pool.
#include <stddef.h>

#include "dots.h"
#include "level.h"

// A part reads about this many bytes of weights: long enough that handing it out costs nothing,
// short enough that the threads finish together.
enum { least_part_bytes = 16 << 10, most_part_bytes = 256 << 10, parts_a_thread = 8 };
// Rows of a part are a multiple of this, so that kernels that take several at once do.
enum { rows_together = 8 };

bool apus_format_computes(int32_t format) { return apus_block_elements(format) > 0; }

// The rows of x that the projections of a call read: as they are, or rounded.
enum { exact, rounded, readings = rounded + apus_rounding_16 + 1 };

typedef struct {
  bool few;                        // for dot products
  const apus_dots_table *dots;     // products in whole numbers, where there are any
  apus_input floats[readings];     // with sums where a format asks for them
  apus_rounded rounded[readings];  // no memory where nobody reads it
} readings_of_x;

// Whether a format is computed in whole numbers where x is rounded.
static bool counts(const readings_of_x *x, int32_t format) {
  return x->dots && x->dots->knows(format);
}

static int reading_of(const readings_of_x *x, int32_t format, apus_activations activations) {
  const int32_t elements = apus_block_elements(format);
  if (activations == apus_activations_float32 || elements == 1) return exact;
  if (activations == apus_activations_int16) {
    // Dot products of Q8_0 in floats may already wait for memory.
    const bool waits = x->few && format == apus_format_q8_0;
    return counts(x, format) && !(waits && !x->dots->gains_on_bytes) ? rounded + apus_rounding_16
                                                                   : exact;
  }
  if (elements == 256) return rounded + apus_rounding_q8_k;
  const bool minimum = format == apus_format_q4_1 || format == apus_format_q5_1;
  return rounded + (minimum ? apus_rounding_q8_1 : apus_rounding_q8_0);
}

// Rounds x as the projections ask for.
static void read_x(readings_of_x *made, const apus_projection *list, int32_t count, const float *x,
                   int64_t m, int64_t x_row, apus_activations activations, bool few) {
  const int64_t columns = list[0].weight.columns;
  *made = (readings_of_x){.few = few, .dots = apus_dots()};
  made->floats[exact] = (apus_input){x, m, x_row, columns, NULL};
  for (int reading = rounded; reading < readings; reading++) {
    bool wanted = false, as_floats = false;
    for (int32_t i = 0; i < count; i++) {
      if (reading_of(made, list[i].weight.format, activations) != reading) continue;
      wanted = true;
      as_floats = as_floats || !counts(made, list[i].weight.format);
    }
    if (!wanted) continue;
    apus_rounded *of_x = made->rounded + reading;
    *of_x = apus_round_rows(x, m, x_row, columns, (apus_rounding)(reading - rounded),
                            made->dots && made->dots->words, as_floats);
    made->floats[reading] = (apus_input){of_x->floats, m, columns, columns, of_x->sums};
  }
}

static void forget_x(readings_of_x *made) {
  for (int reading = rounded; reading < readings; reading++)
    apus_free(made->rounded[reading].memory, made->rounded[reading].bytes);
}

typedef struct {
  const apus_projection *list;
  int32_t count;
  int64_t part_bytes;
  apus_activations activations;
  readings_of_x x;
} rows_job;

static int64_t rows_a_part(const apus_projection *p, int64_t bytes) {
  const int64_t rows = bytes / (p->weight.row_bytes > 0 ? p->weight.row_bytes : 1);
  return rows < rows_together ? rows_together : rows / rows_together * rows_together;
}

static int64_t parts_of(const apus_projection *p, int64_t bytes) {
  const int64_t step = rows_a_part(p, bytes);
  return (p->weight.rows + step - 1) / step;
}

static void rows_part(void *context, int64_t part) {
  const rows_job *job = context;
  for (int32_t i = 0; i < job->count; i++) {
    const apus_projection *p = job->list + i;
    const int64_t parts = parts_of(p, job->part_bytes);
    if (part >= parts) {
      part -= parts;
      continue;
    }
    const int64_t step = rows_a_part(p, job->part_bytes), first = part * step;
    const int64_t end = first + step < p->weight.rows ? first + step : p->weight.rows;
    const int reading = reading_of(&job->x, p->weight.format, job->activations);
    if (reading != exact && counts(&job->x, p->weight.format)) {
      job->x.dots->rows(p, job->x.rounded + reading, first, end);
    } else {
      apus_active()->weights.rows(p, job->x.floats + reading, first, end);
    }
    return;
  }
}

// Formats whose minima or offsets some level takes from sums of x.
static bool wants_sums(int32_t format) {
  switch (format) {
    case apus_format_q4_0: case apus_format_q4_1: case apus_format_q5_1: case apus_format_q2_k:
    case apus_format_q4_k: case apus_format_q5_k:
      return true;
    default:
      return false;
  }
}

void apus_project_rows(const apus_projection *list, int32_t count, const float *x, int64_t m,
                       int64_t x_row, apus_activations activations) {
  if (count <= 0 || m <= 0) return;
  const int64_t columns = list[0].weight.columns;
  rows_job job = {.list = list, .count = count, .activations = activations};
  read_x(&job.x, list, count, x, m, x_row, activations, true);
  int64_t bytes = 0, parts = 0;
  bool sums = false;
  for (int32_t i = 0; i < count; i++) {
    const int32_t format = list[i].weight.format;
    bytes += list[i].weight.rows * list[i].weight.row_bytes;
    sums = sums || (reading_of(&job.x, format, activations) == exact && wants_sums(format));
  }
  const int64_t threads = apus_threads(), row = apus_sums_row(columns);
  int64_t part = bytes / (threads * parts_a_thread);
  part = part < least_part_bytes ? least_part_bytes : part;
  job.part_bytes = part > most_part_bytes ? most_part_bytes : part;
  for (int32_t i = 0; i < count; i++) parts += parts_of(list + i, job.part_bytes);

  const int64_t sums_bytes = (int64_t)sizeof(float) * row * m;
  float *memory = sums ? apus_allocate(sums_bytes) : NULL;
  for (int64_t i = 0; memory && i < m; i++)
    apus_active()->weights.sum_groups(memory + i * row, x + i * x_row, columns);
  job.x.floats[exact].sums = memory;
  if (bytes <= least_part_bytes) {
    for (int64_t each = 0; each < parts; each++) rows_part(&job, each);
  } else {
    apus_parallel(parts, rows_part, &job);
  }
  apus_free(memory, sums_bytes);
  forget_x(&job.x);
}

void apus_project_panels(const apus_projection *list, int32_t count, const float *x, int64_t m,
                         int64_t x_row, apus_activations activations) {
  if (count <= 0 || m <= 0) return;
  readings_of_x made;
  read_x(&made, list, count, x, m, x_row, activations, false);
  // Neighbours that are computed in the same way are computed together.
  for (int32_t first = 0, end; first < count; first = end) {
    const int reading = reading_of(&made, list[first].weight.format, activations);
    const bool in_whole = reading != exact && counts(&made, list[first].weight.format);
    for (end = first + 1; end < count; end++) {
      const int next = reading_of(&made, list[end].weight.format, activations);
      if (next != reading || (next != exact && counts(&made, list[end].weight.format)) != in_whole)
        break;
    }
    if (in_whole) {
      made.dots->panels(list + first, end - first, made.rounded + reading);
    } else {
      const apus_input *in = made.floats + reading;
      apus_active()->weights.panels(list + first, end - first, in->x, m, in->x_row);
    }
  }
  forget_x(&made);
}
