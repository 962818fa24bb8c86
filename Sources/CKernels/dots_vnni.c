// Products in whole numbers for AVX-512 with 8-bit dot products (VNNI).
#if defined(__x86_64__)
#include <immintrin.h>
#include <stddef.h>
#include <string.h>

#include "dots.h"
#include "level.h"

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vnni,avx512vbmi,gfni,avx2,fma,f16c,bmi,bmi2,lzcnt"))), apply_to = function)
#define LANES 16
#define FMA(x, y, z) __builtin_elementwise_fma(x, y, z)
#define NAME(name) name##_vnni
#define DOTS_INLINE static inline __attribute__((always_inline))
typedef float VF __attribute__((ext_vector_type(LANES), aligned(4)));

#include "transpose.inc"
#include "halves.inc"
#include "weights_codes.inc"
#include "weights_codes256.inc"
#include "weights_finish.inc"
#include "dots_formats.inc"
#include "dots_codes.inc"
#include "dots_rows.inc"
#include "dots_panels.inc"
#pragma clang attribute pop

const apus_dots_table apus_dots_vnni = {
    .words = false, .gains_on_bytes = false, .knows = dots_knows, .rows = dots_rows,
    .panels = dots_panels};
#endif
