#include <math.h>

#include "blocks.h"

// Rounding to blocks, as the Python package gguf does it. Where a float lies outside the integers
// it is to become (after NaN, infinities, or scales whose inverse overflows), 0 comes out. The
// payload of a NaN scale, and the sign of a least element that is zero, are the first one's.

INLINE int32_t truncated(float x) {
  return x >= -2147483648.0f && x < 2147483648.0f ? (int32_t)x : 0;
}
INLINE uint8_t code_up_to(float x, int most) {
  const uint8_t code = (uint8_t)truncated(x);
  return code > most ? (uint8_t)most : code;
}
// Nearest whole number, halves away from zero; NaN for infinities.
INLINE float rounded(float x) {
  const float size = fabsf(x), whole = floorf(size);
  const float up = whole + floorf(2 * (size - whole));
  return x < 0 ? -up : up;
}
INLINE float inverse(float d) { return d == 0 ? 0 : 1 / d; }

// The first element of the greatest size, or the first NaN.
INLINE float greatest(const float *x, int count) {
  float best = x[0];
  for (int i = 0; i < count; i++) {
    if (x[i] != x[i]) return x[i];
    if (fabsf(x[i]) > fabsf(best)) best = x[i];
  }
  return best;
}
INLINE void extremes(const float *x, int count, float *least, float *most) {
  *least = *most = x[0];
  for (int i = 0; i < count; i++) {
    if (x[i] != x[i]) {
      *least = *most = x[i];
      return;
    }
    if (x[i] < *least) *least = x[i];
    if (x[i] > *most) *most = x[i];
  }
}

static void pack_f32(uint8_t *blocks, const float *x, int64_t count) {
  memcpy(blocks, x, (size_t)count * sizeof(float));
}
static void pack_f16(uint8_t *blocks, const float *x, int64_t count) {
  for (int64_t i = 0; i < count; i++) store_half(blocks + 2 * i, x[i]);
}
static void pack_bf16(uint8_t *blocks, const float *x, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const uint32_t bits = __builtin_bit_cast(uint32_t, x[i]);
    const int is_nan = (bits & 0x7FFFFFFFu) > 0x7F800000u;
    const uint16_t half = (uint16_t)(is_nan ? bits >> 16 | 0x40u
                                            : (bits + 0x7FFFu + (bits >> 16 & 1u)) >> 16);
    memcpy(blocks + 2 * i, &half, sizeof half);
  }
}

// Two codes a byte, and the fifth bits in a word.
INLINE void store_nibbles(uint8_t *bytes, const uint8_t *codes) {
  for (int i = 0; i < 16; i++) bytes[i] = (uint8_t)((codes[i] & 15) | codes[i + 16] << 4);
}
INLINE void store_fifths(uint8_t *bytes, const uint8_t *codes) {
  uint32_t high = 0;
  for (int i = 0; i < 32; i++) high |= (uint32_t)(codes[i] >> 4 & 1) << i;
  memcpy(bytes, &high, sizeof high);
}
// Codes around the middle `half`, which the element of the greatest size takes to 0.
INLINE float centred(uint8_t *codes, const float *x, int half) {
  const float d = greatest(x, 32) / (float)-half, factor = inverse(d);
  for (int i = 0; i < 32; i++)
    codes[i] = code_up_to(x[i] * factor + ((float)half + 0.5f), 2 * half - 1);
  return d;
}
// Codes from the least element up.
INLINE float raised(uint8_t *codes, const float *x, int most, float *least) {
  float top;
  extremes(x, 32, least, &top);
  const float d = (top - *least) / (float)most, factor = inverse(d);
  for (int i = 0; i < 32; i++) codes[i] = code_up_to((x[i] - *least) * factor + 0.5f, most);
  return d;
}

INLINE void q4_0(uint8_t *block, const float *x) {
  uint8_t codes[32];
  store_half(block, centred(codes, x, 8));
  store_nibbles(block + 2, codes);
}
INLINE void q4_1(uint8_t *block, const float *x) {
  uint8_t codes[32];
  float least;
  store_half(block, raised(codes, x, 15, &least));
  store_half(block + 2, least);
  store_nibbles(block + 4, codes);
}
INLINE void q5_0(uint8_t *block, const float *x) {
  uint8_t codes[32];
  store_half(block, centred(codes, x, 16));
  store_fifths(block + 2, codes);
  store_nibbles(block + 6, codes);
}
INLINE void q5_1(uint8_t *block, const float *x) {
  uint8_t codes[32];
  float least;
  store_half(block, raised(codes, x, 31, &least));
  store_half(block + 2, least);
  store_fifths(block + 4, codes);
  store_nibbles(block + 8, codes);
}
INLINE void q8_0(uint8_t *block, const float *x) {
  const float d = fabsf(greatest(x, 32)) / 127, factor = inverse(d);
  store_half(block, d);
  for (int i = 0; i < 32; i++) block[2 + i] = (uint8_t)truncated(rounded(x[i] * factor));
}

// The exponent of the greatest element, and the nearest of 16 values for each, the first of equals.
INLINE void mxfp4(uint8_t *block, const float *x) {
  const float size = fabsf(greatest(x, 32));
  // Rounded once to float, so that what lies right below a power of two counts as the power.
  const uint8_t exponent =
      size > 0 ? (uint8_t)truncated(floorf((float)log2((double)size)) - 2 + 127) : 0;
  const float d = exponent_scale(exponent);
  uint8_t codes[32];
  for (int i = 0; i < 32; i++) {
    float least = INFINITY;
    codes[i] = 0;
    for (int code = 0; code < 16; code++) {
      const float error = fabsf(d * (float)apus_mxfp4_values[code] - x[i]);
      if (error < least || error != error) {
        codes[i] = (uint8_t)code;
        least = error;
      }
      if (error != error) break;
    }
  }
  block[0] = exponent;
  store_nibbles(block + 1, codes);
}

// 0, 1 or 2 for the signs of 256 elements; elements under half the greatest count as zero.
INLINE float ternary(uint8_t *codes, const float *x) {
  const float d = fabsf(greatest(x, 256)), factor = inverse(d);
  for (int i = 0; i < 256; i++) codes[i] = (uint8_t)(truncated(rounded(x[i] * factor)) + 1);
  return d;
}
// Digits to base 3, the first the highest of five, as a fraction of 256 rounded up.
INLINE void store_ternary(uint8_t *bytes, const uint8_t *codes, int width, int digits) {
  for (int i = 0; i < width; i++) {
    int number = 0;
    for (int digit = 0; digit < 5; digit++)
      number = 3 * number + (digit < digits ? codes[width * digit + i] : 0);
    bytes[i] = (uint8_t)((number * 256 + 242) / 243);
  }
}
INLINE void tq1_0(uint8_t *block, const float *x) {
  uint8_t codes[256];
  store_half(block + 52, ternary(codes, x));
  store_ternary(block, codes, 32, 5);
  store_ternary(block + 32, codes + 160, 16, 5);
  store_ternary(block + 48, codes + 240, 4, 4);
}
INLINE void tq2_0(uint8_t *block, const float *x) {
  uint8_t codes[256];
  store_half(block + 64, ternary(codes, x));
  for (int i = 0; i < 64; i++) {
    const uint8_t *from = codes + i / 32 * 128 + i % 32;
    block[i] = (uint8_t)(from[0] | from[32] << 2 | from[64] << 4 | from[96] << 6);
  }
}

#define PACK(name, elements, bytes)                                                    \
  static void pack_##name(uint8_t *blocks, const float *x, int64_t count) {            \
    for (int64_t i = 0; i < count; i++) name(blocks + i * bytes, x + i * elements);    \
  }
PACK(q4_0, 32, 18)
PACK(q4_1, 32, 20)
PACK(q5_0, 32, 22)
PACK(q5_1, 32, 24)
PACK(q8_0, 32, 34)
PACK(mxfp4, 32, 17)
PACK(tq1_0, 256, 54)
PACK(tq2_0, 256, 66)

static apus_pack *packer(int32_t format) {
  switch (format) {
    case apus_format_f32: return pack_f32;
    case apus_format_f16: return pack_f16;
    case apus_format_bf16: return pack_bf16;
    case apus_format_q4_0: return pack_q4_0;
    case apus_format_q4_1: return pack_q4_1;
    case apus_format_q5_0: return pack_q5_0;
    case apus_format_q5_1: return pack_q5_1;
    case apus_format_q8_0: return pack_q8_0;
    case apus_format_mxfp4: return pack_mxfp4;
    case apus_format_tq1_0: return pack_tq1_0;
    case apus_format_tq2_0: return pack_tq2_0;
    default: return NULL;
  }
}

bool apus_can_quantize(int32_t format) { return packer(format) != NULL; }

void apus_quantize(void *blocks, const float *x, int32_t format, int64_t count) {
  apus_pack *pack = packer(format);
  if (pack) pack(blocks, x, count / apus_block_elements(format));
}
