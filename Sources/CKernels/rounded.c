#include "rounded.h"

#include <stddef.h>

#include "level.h"

typedef struct {
  apus_rounded *target;
  const float *x;
  int64_t x_row;
  apus_rounding rounding;
} round_job;

// How many rows a part rounds.
enum { rows_a_part = 16 };

static void round_part(void *context, int64_t part) {
  const round_job *job = context;
  const int64_t first = part * rows_a_part, m = job->target->m;
  for (int64_t i = first; i < m && i < first + rows_a_part; i++)
    apus_active()->weights.round_row(job->target, i, job->x + i * job->x_row, job->rounding);
}

static int64_t whole(int64_t count, int64_t step) { return (count + step - 1) / step * step; }

apus_rounded apus_round_rows(const float *x, int64_t m, int64_t x_row, int64_t columns,
                             apus_rounding rounding, bool words, bool floats) {
  apus_rounded made = {.m = m, .columns = columns};
  made.codes_row = whole(columns, 64);
  made.groups_row = whole(columns / 32, 16);
  // Each array begins at a multiple of 64 bytes.
  const int64_t size = sizeof(float);
  const int64_t planes = words || rounding == apus_rounding_16 ? 2 : 1;
  const int64_t codes = planes * m * made.codes_row, scales = whole(size * m * made.groups_row, 64);
  const int64_t sums = whole(size * m * apus_sums_row(columns), 64);
  const int64_t totals = whole(size * m * (columns / 16), 64);
  made.bytes = codes + scales + sums + totals + (floats ? size * m * columns : 0);
  uint8_t *memory = made.memory = apus_allocate(made.bytes);
  if (words) {
    made.words = (int16_t *)memory;
  } else {
    made.codes = (int8_t *)memory;
    made.low = planes == 2 ? made.codes + m * made.codes_row : NULL;
  }
  made.scales = (float *)(memory + codes);
  made.sums = (float *)(memory + codes + scales);
  made.totals = (int32_t *)(memory + codes + scales + sums);
  made.floats = floats ? (float *)(memory + codes + scales + sums + totals) : NULL;
  round_job job = {&made, x, x_row, rounding};
  if (m <= rows_a_part) {
    round_part(&job, 0);
  } else {
    apus_parallel((m + rows_a_part - 1) / rows_a_part, round_part, &job);
  }
  return made;
}
