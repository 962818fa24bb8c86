// AVX-512 (x86-64-v4).
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx2,bmi,bmi2,lzcnt,popcnt"))), apply_to = function)
#define NAME(name) name##_avx512
#include "text.inc"
#pragma clang attribute pop
#endif
