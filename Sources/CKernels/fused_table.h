// Fused kernels of one level: norms, attention, losses, optimizers. Each works on one part of what
// the function of the same name in apus_fused.h does.
#pragma once
#include "apus_fused.h"

typedef struct {
  void (*layer_norm)(float *, float *, float *, const float *, const float *, const float *, float,
                     int64_t, int64_t);
  void (*layer_norm_backward)(float *, float *, float *, const float *, const float *,
                              const float *, const float *, const float *, int64_t, int64_t);
  void (*rms_norm)(float *, float *, const float *, const float *, float, int64_t, int64_t);
  void (*rms_norm_backward)(float *, float *, const float *, const float *, const float *,
                            const float *, int64_t, int64_t);
  void (*swiglu)(float *, const float *, const float *, int64_t);
  void (*swiglu_backward)(float *, float *, const float *, const float *, const float *, int64_t);
  void (*add_rows)(float *, const float *, int64_t, int64_t, int64_t);
  void (*attention_forward)(const apus_attention *, int64_t);
  void (*attention_backward)(const apus_attention *, int64_t);
  void (*cross_entropy)(const apus_cross_entropy *, int64_t);
  void (*rotary)(float *, const float *, const float *, const float *, int64_t, int64_t, bool,
                 float);
  void (*dropout)(float *, const float *, int64_t, float, uint32_t, uint32_t, uint32_t, uint32_t,
                  uint64_t);
  void (*adamw)(const apus_adamw *, int64_t, int64_t);
  double (*sum_of_squares)(const float *, int64_t);
  void (*scale)(float *, float, int64_t);
} apus_fused_table;
