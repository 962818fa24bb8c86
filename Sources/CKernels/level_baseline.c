// What every CPU of the architecture has: SSE2 on x86-64, NEON on arm64.
#define LANES 4
#define GEMM_ROWS 6
#define GEMM_VECTORS 2
#if defined(__aarch64__)
#define FMA(x, y, z) __builtin_elementwise_fma(x, y, z)
#else
#define FMA(x, y, z) ((x) * (y) + (z))
#endif
#define NAME(name) name##_baseline
#include "kernels.inc"
