// AVX2 (x86-64-v3).
#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt"))), apply_to = function)
#define NAME(name) name##_avx2
#include "text.inc"
#pragma clang attribute pop
#endif
