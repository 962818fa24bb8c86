// Products in whole numbers for AVX2: of 16 bits, two columns at a time.
#if defined(__x86_64__)
#include <immintrin.h>
#include <stddef.h>
#include <string.h>

#include "dots.h"
#include "level.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,bmi,bmi2,lzcnt"))), apply_to = function)
#define LANES 8
#define FMA(x, y, z) __builtin_elementwise_fma(x, y, z)
#define NAME(name) name##_words
#define DOTS_INLINE static inline __attribute__((always_inline))
typedef float VF __attribute__((ext_vector_type(LANES), aligned(4)));

#include "transpose.inc"
#include "halves.inc"
#include "weights_codes.inc"
#include "weights_codes256.inc"
#include "weights_finish.inc"
#include "dots_formats.inc"
#include "words_codes.inc"
#include "words_rows.inc"
#include "words_panels.inc"
#pragma clang attribute pop

const apus_dots_table apus_dots_avx2 = {
    .words = true, .gains_on_bytes = true, .knows = dots_knows, .rows = dots_rows,
    .panels = dots_panels};
#endif
