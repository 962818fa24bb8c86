// What the files about blocks share: numbers read from bytes, and the functions of each format.
#pragma once
#include <stdint.h>
#include <string.h>

#include "apus_blocks.h"

// Products and sums are rounded separately on every machine, as in the reference.
#pragma clang fp contract(off)

#define INLINE static inline __attribute__((always_inline))

INLINE uint16_t load16(const uint8_t *bytes) {
  uint16_t value;
  memcpy(&value, bytes, sizeof value);
  return value;
}
INLINE uint32_t load32(const uint8_t *bytes) {
  uint32_t value;
  memcpy(&value, bytes, sizeof value);
  return value;
}

// float16 → float; NaN keeps its payload.
INLINE float half_to_float(uint16_t half) {
  const uint32_t sign = (uint32_t)(half & 0x8000u) << 16, magnitude = half & 0x7FFFu;
  if (magnitude >= 0x7C00u) return __builtin_bit_cast(float, sign | 0x7F800000u | magnitude << 13);
  const float scaled = __builtin_bit_cast(float, magnitude << 13) * 0x1p112f;
  return __builtin_bit_cast(float, sign | __builtin_bit_cast(uint32_t, scaled));
}
INLINE float load_half(const uint8_t *bytes) { return half_to_float(load16(bytes)); }

// float → float16, ties to even; NaN keeps the upper part of its payload, and stays one.
INLINE uint16_t float_to_half(float x) {
  const uint32_t bits = __builtin_bit_cast(uint32_t, x);
  const uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) {
    const uint32_t payload = magnitude >> 13 & 0x3FFu;
    return (uint16_t)(sign | 0x7C00u | (payload ? payload : 1));
  }
  // From 65520 on the nearest is infinity.
  if (magnitude >= 0x477FF000u) return (uint16_t)(sign | 0x7C00u);
  if (magnitude < 0x38800000u) {
    // Multiples of 2⁻²⁴; 0.5 has its last place there.
    const float size = __builtin_bit_cast(float, magnitude);
    return (uint16_t)(sign | (__builtin_bit_cast(uint32_t, size + 0.5f) - 0x3F000000u));
  }
  return (uint16_t)(sign | (magnitude - 0x38000000u + 0xFFFu + (magnitude >> 13 & 1u)) >> 13);
}
INLINE void store_half(uint8_t *bytes, float x) {
  const uint16_t half = float_to_half(x);
  memcpy(bytes, &half, sizeof half);
}

// The scale of MXFP4, half a power of two: its values are stored doubled.
INLINE float exponent_scale(uint8_t exponent) {
  const uint32_t normal = (uint32_t)(exponent - 1) << 23;
  return __builtin_bit_cast(float, exponent < 2 ? 0x00200000u << exponent : normal);
}

// The values of the non-linear 4-bit types, and of MXFP4 (doubled).
extern const int8_t apus_iq4_values[16];
extern const int8_t apus_mxfp4_values[16];

// `count` blocks, one after the other.
typedef void apus_unpack(float *out, const uint8_t *blocks, int64_t count);
typedef void apus_pack(uint8_t *blocks, const float *x, int64_t count);

apus_unpack apus_unpack_q2_k, apus_unpack_q3_k, apus_unpack_q4_k, apus_unpack_q5_k,
    apus_unpack_q6_k, apus_unpack_iq4_xs, apus_unpack_tq1_0, apus_unpack_tq2_0;
apus_unpack apus_unpack_iq1_s, apus_unpack_iq1_m, apus_unpack_iq2_xxs, apus_unpack_iq2_xs,
    apus_unpack_iq2_s, apus_unpack_iq3_xxs, apus_unpack_iq3_s;

// Makes `apus_unpack_…` of a function that unpacks one block.
#define UNPACK(name, elements, bytes)                                              \
  void apus_unpack_##name(float *out, const uint8_t *blocks, int64_t count) {      \
    for (int64_t i = 0; i < count; i++) name(out + i * elements, blocks + i * bytes); \
  }
