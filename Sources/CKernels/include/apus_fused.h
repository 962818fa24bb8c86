// The operations a transformer lives on, each in both directions. Arrays are float32 with unit
// stride along the last axis; `rows` are split over the pool.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// Norms over the last axis. `scale` receives 1/√(variance + epsilon) of each row, `mean` its mean.
void apus_layer_norm(float *y, float *mean, float *scale, const float *x, const float *weight,
                     const float *bias, float epsilon, int64_t rows, int64_t width);
/// dx = …, and where not null dweight = Σ dy·x̂, dbias = Σ dy. `weight` may be null.
void apus_layer_norm_backward(float *dx, float *dweight, float *dbias, const float *dy,
                              const float *x, const float *weight, const float *mean,
                              const float *scale, int64_t rows, int64_t width);
void apus_rms_norm(float *y, float *scale, const float *x, const float *weight, float epsilon,
                   int64_t rows, int64_t width);
void apus_rms_norm_backward(float *dx, float *dweight, const float *dy, const float *x,
                            const float *weight, const float *scale, int64_t rows, int64_t width);

/// y = silu(gate) · up.
void apus_swiglu(float *y, const float *gate, const float *up, int64_t count);
void apus_swiglu_backward(float *dgate, float *dup, const float *dy, const float *gate,
                          const float *up, int64_t count);

/// y[row] = table[ids[row]].
void apus_embedding(float *y, const float *table, const int64_t *ids, int64_t rows, int64_t width);
/// dtable[ids[row]] += dy[row], in row order.
void apus_embedding_backward(float *dtable, const float *dy, const int64_t *ids, int64_t rows,
                             int64_t width);
/// total[column] += Σ_row x[row][column].
void apus_sum_rows(float *total, const float *x, int64_t rows, int64_t width);

/// Scaled dot-product attention. Strides are in elements; the last axis has stride 1.
typedef struct {
  int64_t batch, heads, groups;       // heads is a multiple of groups
  int64_t queries, keys, width, value_width;
  const float *q, *k, *v;
  int64_t q_stride[3], k_stride[3], v_stride[3];  // batch, head or group, time
  const float *bias;                  // added to the scores, or null
  int64_t bias_stride[4];             // batch, head, query, key; 0 where broadcast
  float scale;
  bool causal;                        // query i sees keys up to i + keys - queries
  float *y;
  int64_t y_stride[3];
  float *logsumexp;                   // [batch, heads, queries]
  float dropout;                      // the share of weights set to zero, as apus_dropout does
  uint32_t key0, key1, stream0, stream1;
  uint64_t first;                     // the row of query r starts at first + r · ⌈keys / 4⌉
  // Backward only:
  const float *dy;
  int64_t dy_stride[3];
  float *dq, *dk, *dv;                // written, each element
  int64_t dq_stride[3], dk_stride[3], dv_stride[3];
  float *dbias;                       // [batch, heads, queries, keys] row-major, or null
} apus_attention;
void apus_attention_forward(const apus_attention *job);
void apus_attention_backward(const apus_attention *job);

/// Cross-entropy of rows of logits, which are replaced by their gradient times `factor` where
/// `gradient` is set. losses[row] receives the loss of the row.
typedef struct {
  float *logits;
  int64_t row_stride;
  const int64_t *targets;   // each in 0 … classes-1
  float *losses;
  int64_t rows, classes;
  float label_smoothing, z_loss, factor;
  bool gradient;
} apus_cross_entropy;
void apus_cross_entropy_rows(const apus_cross_entropy *job);

/// Rotates pairs of the last axis: pair j of the vector at (outer, time) by the angle whose cosine
/// and sine are at [time, j]. Pairs are (j, j + pairs), or (2j, 2j + 1) where `interleaved`; what
/// lies beyond 2 · pairs is copied. `direction` -1 rotates back.
void apus_rotary(float *y, const float *x, const float *cosines, const float *sines, int64_t outer,
                 int64_t time, int64_t width, int64_t pairs, bool interleaved, float direction);

/// y = x / (1 - p) where a random number of the element's position is ≥ p, else 0 (Philox words
/// at blocks `first` + index / 4 under this key and stream).
void apus_dropout(float *y, const float *x, int64_t count, float p, uint32_t key0, uint32_t key1,
                  uint32_t stream0, uint32_t stream1, uint64_t first);

/// AdamW with decoupled decay; the gradient is first multiplied by `gradient_scale`.
typedef struct {
  float *parameter, *mean, *square;
  const float *gradient;
  int64_t count;
  float gradient_scale, learning_rate, beta1, beta2, epsilon, decay;
  float correction1, correction2;  // 1 - βᵗ
} apus_adamw;
void apus_adamw_step(const apus_adamw *job);
/// Σ x², in double, by fixed blocks.
double apus_sum_of_squares(const float *x, int64_t count);
/// x *= factor.
void apus_scale(float *x, float factor, int64_t count);
