// Splits products with weight matrices into parts and hands them to the pool.
#include <stddef.h>

#include "level.h"

// A part reads about this many bytes of weights: long enough that handing it out costs nothing,
// short enough that the threads finish together.
enum { least_part_bytes = 16 << 10, most_part_bytes = 256 << 10, parts_a_thread = 8 };
// Rows of a part are a multiple of this, so that kernels that take several at once do.
enum { rows_together = 8 };

bool apus_format_computes(int32_t format) { return apus_block_elements(format) > 0; }

typedef struct {
  const apus_projection *list;
  int32_t count;
  int64_t part_bytes;
  apus_input input;
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
    apus_active()->weights.rows(p, &job->input, first, end);
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
                       int64_t x_row) {
  if (count <= 0 || m <= 0) return;
  const int64_t columns = list[0].weight.columns;
  rows_job job = {list, count, 0, {x, m, x_row, columns, NULL}};
  int64_t bytes = 0, parts = 0;
  bool sums = false;
  for (int32_t i = 0; i < count; i++) {
    bytes += list[i].weight.rows * list[i].weight.row_bytes;
    sums = sums || wants_sums(list[i].weight.format);
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
  job.input.sums = memory;
  if (bytes <= least_part_bytes) {
    for (int64_t each = 0; each < parts; each++) rows_part(&job, each);
  } else {
    apus_parallel(parts, rows_part, &job);
  }
  apus_free(memory, sums_bytes);
}

void apus_project_panels(const apus_projection *list, int32_t count, const float *x, int64_t m,
                         int64_t x_row) {
  if (count <= 0 || m <= 0) return;
  apus_active()->weights.panels(list, count, x, m, x_row);
}
