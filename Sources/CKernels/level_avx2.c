// AVX2 with FMA and F16C (x86-64-v3): 8 floats a vector, 16 registers.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi,bmi2,lzcnt"))), apply_to = function)
#define LANES 8
#define GEMM_ROWS 6
#define GEMM_VECTORS 2
#define FMA(x, y, z) __builtin_elementwise_fma(x, y, z)
#define NAME(name) name##_avx2
#include "kernels.inc"
#pragma clang attribute pop
#endif
