// Fused kernels of one level: softmax, norms, attention, losses, optimizers.
#pragma once

typedef struct {
  int unused;
} apus_fused_table;
