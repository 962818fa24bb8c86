#include "blocks.h"

// The formats with blocks of 256 whose parts have scales of their own, and the ternary ones.

// 16 parts of 16 elements: d · (4-bit scale) · (2 bits) − dmin · (4-bit least value).
INLINE void q2_k(float *out, const uint8_t *block) {
  const uint8_t *scales = block, *codes = block + 16;
  const float d = load_half(block + 80), dmin = load_half(block + 82);
  for (int part = 0; part < 16; part++) {
    const float scale = d * (float)(scales[part] & 15), least = dmin * (float)(scales[part] >> 4);
    const uint8_t *from = codes + part / 8 * 32 + part % 2 * 16;
    const int shift = part % 8 / 2 * 2;
    for (int i = 0; i < 16; i++)
      out[16 * part + i] = scale * (float)(from[i] >> shift & 3) - least;
  }
}

// 16 parts of 16 elements: d · (6-bit scale − 32) · (3 bits − 4). The last four of the 12 bytes of
// scales hold the upper two bits of all.
INLINE void q3_k(float *out, const uint8_t *block) {
  const uint8_t *high = block, *codes = block + 32, *scales = block + 96;
  const float d = load_half(block + 108);
  for (int part = 0; part < 16; part++) {
    const int low = scales[part % 8] >> (part / 8 * 4) & 15;
    const int up = scales[8 + part % 4] >> (part / 4 * 2) & 3;
    const float scale = d * (float)((low | up << 4) - 32);
    const uint8_t *from = codes + part / 8 * 32 + part % 2 * 16, *bits = high + part % 2 * 16;
    const int shift = part % 8 / 2 * 2, bit = part / 2;
    for (int i = 0; i < 16; i++) {
      const int code = (from[i] >> shift & 3) | (bits[i] >> bit & 1) << 2;
      out[16 * part + i] = scale * (float)(code - 4);
    }
  }
}

// The 6-bit scale and least value of each of 8 parts, in 12 bytes.
INLINE void scales_of_8(const uint8_t *bytes, uint8_t *scale, uint8_t *least) {
  for (int i = 0; i < 4; i++) {
    scale[i] = bytes[i] & 63;
    least[i] = bytes[4 + i] & 63;
    scale[4 + i] = (uint8_t)((bytes[8 + i] & 15) | (bytes[i] >> 2 & 48));
    least[4 + i] = (uint8_t)(bytes[8 + i] >> 4 | (bytes[4 + i] >> 2 & 48));
  }
}

// 8 parts of 32 elements: d · (6-bit scale) · (4 bits) − dmin · (6-bit least value).
INLINE void q4_k(float *out, const uint8_t *block) {
  const float d = load_half(block), dmin = load_half(block + 2);
  uint8_t scales[8], leasts[8];
  scales_of_8(block + 4, scales, leasts);
  for (int part = 0; part < 8; part++) {
    const float scale = d * (float)scales[part], least = dmin * (float)leasts[part];
    const uint8_t *from = block + 16 + part / 2 * 32;
    const int shift = part % 2 * 4;
    for (int i = 0; i < 32; i++)
      out[32 * part + i] = scale * (float)(from[i] >> shift & 15) - least;
  }
}

// As above with a fifth bit: bit `part` of byte i belongs to element i of the part.
INLINE void q5_k(float *out, const uint8_t *block) {
  const float d = load_half(block), dmin = load_half(block + 2);
  uint8_t scales[8], leasts[8];
  scales_of_8(block + 4, scales, leasts);
  const uint8_t *high = block + 16;
  for (int part = 0; part < 8; part++) {
    const float scale = d * (float)scales[part], least = dmin * (float)leasts[part];
    const uint8_t *from = block + 48 + part / 2 * 32;
    const int shift = part % 2 * 4;
    for (int i = 0; i < 32; i++) {
      const int code = (from[i] >> shift & 15) | (high[i] >> part & 1) << 4;
      out[32 * part + i] = scale * (float)code - least;
    }
  }
}

// 16 parts of 16 elements: d · (8-bit scale) · (6 bits − 32).
INLINE void q6_k(float *out, const uint8_t *block) {
  const uint8_t *low = block, *high = block + 128, *scales = block + 192;
  const float d = load_half(block + 208);
  for (int part = 0; part < 16; part++) {
    const float scale = d * (float)(int8_t)scales[part];
    const uint8_t *from = low + part / 8 * 64 + part % 4 * 16;
    const uint8_t *bits = high + part / 8 * 32 + part % 2 * 16;
    const int shift = part % 8 / 4 * 4, up = part % 8 / 2 * 2;
    for (int i = 0; i < 16; i++) {
      const int code = (from[i] >> shift & 15) | (bits[i] >> up & 3) << 4;
      out[16 * part + i] = scale * (float)(code - 32);
    }
  }
}

// 8 parts of 32 elements: d · (6-bit scale − 32) · (one of 16 values).
INLINE void iq4_xs(float *out, const uint8_t *block) {
  const float d = load_half(block);
  const uint16_t high = load16(block + 2);
  for (int part = 0; part < 8; part++) {
    const int low = block[4 + part / 2] >> (part % 2 * 4) & 15;
    const float scale = d * (float)((low | (high >> (2 * part) & 3) << 4) - 32);
    const uint8_t *from = block + 8 + 16 * part;
    for (int i = 0; i < 16; i++) {
      out[32 * part + i] = scale * (float)apus_iq4_values[from[i] & 15];
      out[32 * part + 16 + i] = scale * (float)apus_iq4_values[from[i] >> 4];
    }
  }
}

// Digits to base 3 of `width` bytes, which are fractions of 256: digit n is the whole part of
// 3 · (3ⁿ · byte mod 256) / 256.
INLINE void ternary(float *out, const uint8_t *bytes, float d, int width, int digits) {
  uint8_t power = 1;
  for (int digit = 0; digit < digits; digit++, power = (uint8_t)(power * 3))
    for (int i = 0; i < width; i++) {
      const uint8_t rest = (uint8_t)(bytes[i] * power);
      out[width * digit + i] = d * (float)((rest * 3 >> 8) - 1);
    }
}
INLINE void tq1_0(float *out, const uint8_t *block) {
  const float d = load_half(block + 52);
  ternary(out, block, d, 32, 5);
  ternary(out + 160, block + 32, d, 16, 5);
  ternary(out + 240, block + 48, d, 4, 4);
}
INLINE void tq2_0(float *out, const uint8_t *block) {
  const float d = load_half(block + 64);
  for (int half = 0; half < 2; half++)
    for (int digit = 0; digit < 4; digit++)
      for (int i = 0; i < 32; i++) {
        const int code = block[32 * half + i] >> (2 * digit) & 3;
        out[128 * half + 32 * digit + i] = d * (float)(code - 1);
      }
}

UNPACK(q2_k, 256, 84)
UNPACK(q3_k, 256, 110)
UNPACK(q4_k, 256, 144)
UNPACK(q5_k, 256, 176)
UNPACK(q6_k, 256, 210)
UNPACK(iq4_xs, 256, 136)
UNPACK(tq1_0, 256, 54)
UNPACK(tq2_0, 256, 66)
