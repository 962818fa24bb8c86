// AVX-512 (x86-64-v4): 16 floats a vector, 32 registers.
#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,fma,f16c,bmi,bmi2,lzcnt"))), apply_to = function)
#define LANES 16
#define GEMM_ROWS 14
#define GEMM_VECTORS 2
#define FMA(x, y, z) __builtin_elementwise_fma(x, y, z)
#define NAME(name) name##_avx512
#include "kernels.inc"
#pragma clang attribute pop
#endif
