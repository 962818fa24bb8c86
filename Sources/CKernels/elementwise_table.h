// Elementwise kernels, reductions and conversions of one level.
#pragma once

typedef struct {
  int unused;
} apus_elementwise_table;
