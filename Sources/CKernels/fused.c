// Splits the fused operations into parts of fixed size and hands them to the pool.
#include <string.h>

#include "level.h"

enum { part_elements = 1 << 14, sum_rows_a_part = 32 };

static int64_t least(int64_t x, int64_t y) { return x < y ? x : y; }

// Enough rows for about `part_elements` elements.
static int64_t rows_a_part(int64_t width) {
  const int64_t rows = part_elements / (width > 0 ? width : 1);
  return rows > 0 ? rows : 1;
}

typedef struct {
  float *y, *mean, *scale;
  const float *x, *weight, *bias;
  float epsilon;
  int64_t rows, width, step;
  float *dweight, *dbias;  // per part
  const float *dy;
} norm;

static void layer_norm_part(void *context, int64_t part) {
  const norm *n = context;
  const int64_t first = part * n->step, rows = least(n->step, n->rows - first);
  apus_active()->fused.layer_norm(n->y + first * n->width, n->mean + first, n->scale + first,
                                  n->x + first * n->width, n->weight, n->bias, n->epsilon, rows,
                                  n->width);
}

void apus_layer_norm(float *y, float *mean, float *scale, const float *x, const float *weight,
                     const float *bias, float epsilon, int64_t rows, int64_t width) {
  norm n = {y, mean, scale, x, weight, bias, epsilon, rows, width, rows_a_part(width), 0, 0, 0};
  apus_parallel((rows + n.step - 1) / n.step, layer_norm_part, &n);
}

static void rms_norm_part(void *context, int64_t part) {
  const norm *n = context;
  const int64_t first = part * n->step, rows = least(n->step, n->rows - first);
  apus_active()->fused.rms_norm(n->y + first * n->width, n->scale + first, n->x + first * n->width,
                                n->weight, n->epsilon, rows, n->width);
}

void apus_rms_norm(float *y, float *scale, const float *x, const float *weight, float epsilon,
                   int64_t rows, int64_t width) {
  norm n = {y, 0, scale, x, weight, 0, epsilon, rows, width, rows_a_part(width), 0, 0, 0};
  apus_parallel((rows + n.step - 1) / n.step, rms_norm_part, &n);
}

static void norm_backward_part(void *context, int64_t part) {
  const norm *n = context;
  const int64_t first = part * n->step, rows = least(n->step, n->rows - first), w = n->width;
  float *dweight = n->dweight ? n->dweight + part * w : NULL;
  float *dbias = n->dbias ? n->dbias + part * w : NULL;
  if (dweight) memset(dweight, 0, sizeof(float) * (size_t)w);
  if (dbias) memset(dbias, 0, sizeof(float) * (size_t)w);
  const apus_fused_table *fused = &apus_active()->fused;
  if (n->mean)
    fused->layer_norm_backward(n->y + first * w, dweight, dbias, n->dy + first * w,
                               n->x + first * w, n->weight, n->mean + first, n->scale + first,
                               rows, w);
  else
    fused->rms_norm_backward(n->y + first * w, dweight, n->dy + first * w, n->x + first * w,
                             n->weight, n->scale + first, rows, w);
}

// Each part sums its rows into a line of its own; the lines are added in order afterwards.
static void norm_backward(norm n, float *dweight, float *dbias) {
  n.step = sum_rows_a_part;
  const int64_t parts = (n.rows + n.step - 1) / n.step, lines = parts * n.width;
  const int64_t bytes = (int64_t)sizeof(float) * 2 * lines;
  float *partial = apus_allocate(bytes);
  n.dweight = dweight ? partial : NULL;
  n.dbias = dbias ? partial + lines : NULL;
  apus_parallel(parts, norm_backward_part, &n);
  if (dweight) {
    memset(dweight, 0, sizeof(float) * (size_t)n.width);
    apus_active()->fused.add_rows(dweight, n.dweight, parts, n.width, n.width);
  }
  if (dbias) {
    memset(dbias, 0, sizeof(float) * (size_t)n.width);
    apus_active()->fused.add_rows(dbias, n.dbias, parts, n.width, n.width);
  }
  apus_free(partial, bytes);
}

void apus_layer_norm_backward(float *dx, float *dweight, float *dbias, const float *dy,
                              const float *x, const float *weight, const float *mean,
                              const float *scale, int64_t rows, int64_t width) {
  norm_backward((norm){.y = dx, .mean = (float *)mean, .scale = (float *)scale, .x = x,
                       .weight = weight, .rows = rows, .width = width, .dy = dy},
                dweight, dbias);
}

void apus_rms_norm_backward(float *dx, float *dweight, const float *dy, const float *x,
                            const float *weight, const float *scale, int64_t rows, int64_t width) {
  norm_backward((norm){.y = dx, .scale = (float *)scale, .x = x, .weight = weight, .rows = rows,
                       .width = width, .dy = dy},
                dweight, NULL);
}

typedef struct {
  float *a, *b;
  const float *x, *y, *z;
  int64_t count;
} flat;

static void swiglu_part(void *context, int64_t part) {
  const flat *f = context;
  const int64_t first = part * part_elements, count = least(part_elements, f->count - first);
  apus_active()->fused.swiglu(f->a + first, f->x + first, f->y + first, count);
}

void apus_swiglu(float *y, const float *gate, const float *up, int64_t count) {
  flat f = {y, NULL, gate, up, NULL, count};
  apus_parallel((count + part_elements - 1) / part_elements, swiglu_part, &f);
}

static void swiglu_backward_part(void *context, int64_t part) {
  const flat *f = context;
  const int64_t first = part * part_elements, count = least(part_elements, f->count - first);
  apus_active()->fused.swiglu_backward(f->a + first, f->b + first, f->x + first, f->y + first,
                                       f->z + first, count);
}

void apus_swiglu_backward(float *dgate, float *dup, const float *dy, const float *gate,
                          const float *up, int64_t count) {
  flat f = {dgate, dup, dy, gate, up, count};
  apus_parallel((count + part_elements - 1) / part_elements, swiglu_backward_part, &f);
}

typedef struct {
  float *target;
  const float *source;
  const int64_t *ids;
  int64_t rows, width, step;
} lookup;

static void embedding_part(void *context, int64_t part) {
  const lookup *l = context;
  const int64_t end = least(l->rows, (part + 1) * l->step);
  for (int64_t row = part * l->step; row < end; row++)
    memcpy(l->target + row * l->width, l->source + l->ids[row] * l->width,
           sizeof(float) * (size_t)l->width);
}

void apus_embedding(float *y, const float *table, const int64_t *ids, int64_t rows,
                    int64_t width) {
  lookup l = {y, table, ids, rows, width, rows_a_part(width)};
  apus_parallel((rows + l.step - 1) / l.step, embedding_part, &l);
}

// A part owns some columns of the table, so equal ids never meet.
static void embedding_backward_part(void *context, int64_t part) {
  const lookup *l = context;
  const int64_t first = part * l->step, count = least(l->step, l->width - first);
  for (int64_t row = 0; row < l->rows; row++)
    apus_active()->fused.add_rows(l->target + l->ids[row] * l->width + first,
                                  l->source + row * l->width + first, 1, 0, count);
}

void apus_embedding_backward(float *dtable, const float *dy, const int64_t *ids, int64_t rows,
                             int64_t width) {
  lookup l = {dtable, dy, ids, rows, width, 128};
  apus_parallel((width + l.step - 1) / l.step, embedding_backward_part, &l);
}

static void sum_rows_part(void *context, int64_t part) {
  const lookup *l = context;
  const int64_t first = part * l->step, count = least(l->step, l->width - first);
  float block[128];
  // Sums of 64 rows first: a long chain of additions would lose digits.
  for (int64_t row = 0; row < l->rows; row += 64) {
    memset(block, 0, sizeof block);
    apus_active()->fused.add_rows(block, l->source + row * l->width + first,
                                  least(64, l->rows - row), l->width, count);
    apus_active()->fused.add_rows(l->target + first, block, 1, 0, count);
  }
}

void apus_sum_rows(float *total, const float *x, int64_t rows, int64_t width) {
  lookup l = {total, x, NULL, rows, width, 128};
  apus_parallel((width + l.step - 1) / l.step, sum_rows_part, &l);
}

static void attention_forward_part(void *context, int64_t part) {
  apus_active()->fused.attention_forward(context, part);
}

void apus_attention_forward(const apus_attention *job) {
  const int64_t blocks = (job->queries + 127) / 128;
  apus_parallel(job->batch * job->heads * blocks, attention_forward_part, (void *)job);
}

static void attention_backward_part(void *context, int64_t part) {
  apus_active()->fused.attention_backward(context, part);
}

void apus_attention_backward(const apus_attention *job) {
  apus_parallel(job->batch * job->groups, attention_backward_part, (void *)job);
}

static void cross_entropy_part(void *context, int64_t part) {
  apus_active()->fused.cross_entropy(context, part);
}

void apus_cross_entropy_rows(const apus_cross_entropy *job) {
  apus_parallel(job->rows, cross_entropy_part, (void *)job);
}

typedef struct {
  float *y;
  const float *x, *cosines, *sines;
  int64_t rows, time, width, pairs, step;
  bool interleaved;
  float direction;
} rotation;

static void rotary_part(void *context, int64_t part) {
  const rotation *r = context;
  const int64_t end = least(r->rows, (part + 1) * r->step);
  for (int64_t row = part * r->step; row < end; row++) {
    const int64_t angle = row % r->time * r->pairs;
    apus_active()->fused.rotary(r->y + row * r->width, r->x + row * r->width, r->cosines + angle,
                                r->sines + angle, r->width, r->pairs, r->interleaved,
                                r->direction);
  }
}

void apus_rotary(float *y, const float *x, const float *cosines, const float *sines, int64_t outer,
                 int64_t time, int64_t width, int64_t pairs, bool interleaved, float direction) {
  rotation r = {y, x, cosines, sines, outer * time, time, width, pairs, rows_a_part(width),
                interleaved, direction};
  apus_parallel((r.rows + r.step - 1) / r.step, rotary_part, &r);
}

typedef struct {
  float *y;
  const float *x;
  int64_t count;
  float p;
  uint32_t key0, key1, stream0, stream1;
  uint64_t first;
} drop;

static void dropout_part(void *context, int64_t part) {
  const drop *d = context;
  const int64_t first = part * part_elements, count = least(part_elements, d->count - first);
  apus_active()->fused.dropout(d->y + first, d->x + first, count, d->p, d->key0, d->key1,
                               d->stream0, d->stream1, d->first + (uint64_t)first / 4);
}

void apus_dropout(float *y, const float *x, int64_t count, float p, uint32_t key0, uint32_t key1,
                  uint32_t stream0, uint32_t stream1, uint64_t first) {
  drop d = {y, x, count, p, key0, key1, stream0, stream1, first};
  apus_parallel((count + part_elements - 1) / part_elements, dropout_part, &d);
}

static void adamw_part(void *context, int64_t part) {
  const apus_adamw *job = context;
  const int64_t first = part * part_elements;
  apus_active()->fused.adamw(job, first, least(job->count, first + part_elements));
}

void apus_adamw_step(const apus_adamw *job) {
  apus_parallel((job->count + part_elements - 1) / part_elements, adamw_part, (void *)job);
}

typedef struct {
  const float *x;
  int64_t count;
  double *sums;
} squares;

enum { square_elements = 1 << 16 };

static void squares_part(void *context, int64_t part) {
  const squares *s = context;
  const int64_t first = part * square_elements;
  s->sums[part] =
      apus_active()->fused.sum_of_squares(s->x + first, least(square_elements, s->count - first));
}

double apus_sum_of_squares(const float *x, int64_t count) {
  const int64_t parts = (count + square_elements - 1) / square_elements;
  const int64_t bytes = parts * (int64_t)sizeof(double);
  squares s = {x, count, apus_allocate(bytes)};
  apus_parallel(parts, squares_part, &s);
  double total = 0;
  for (int64_t part = 0; part < parts; part++) total += s.sums[part];
  apus_free(s.sums, bytes);
  return total;
}

static void scale_part(void *context, int64_t part) {
  const flat *f = context;
  const int64_t first = part * part_elements;
  apus_active()->fused.scale(f->a + first, *f->x, least(part_elements, f->count - first));
}

void apus_scale(float *x, float factor, int64_t count) {
  flat f = {x, NULL, &factor, NULL, NULL, count};
  apus_parallel((count + part_elements - 1) / part_elements, scale_part, &f);
}
