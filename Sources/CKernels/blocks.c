#include "blocks.h"

// The formats without blocks and those with blocks of 32, and the table of all.

const int8_t apus_iq4_values[16] = {-127, -104, -83, -65, -49, -35, -22, -10,
                                    1,    13,   25,  38,  53,  69,  89,  113};
const int8_t apus_mxfp4_values[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

static void unpack_f32(float *out, const uint8_t *blocks, int64_t count) {
  memcpy(out, blocks, (size_t)count * sizeof(float));
}
static void unpack_f16(float *out, const uint8_t *blocks, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = load_half(blocks + 2 * i);
}
static void unpack_bf16(float *out, const uint8_t *blocks, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    const uint32_t bits = (uint32_t)load16(blocks + 2 * i) << 16;
    memcpy(out + i, &bits, sizeof bits);
  }
}

// Byte i of 16 has element i below and element i + 16 above.
INLINE void q4_0(float *out, const uint8_t *block) {
  const float d = load_half(block);
  for (int i = 0; i < 16; i++) {
    out[i] = d * (float)((block[2 + i] & 15) - 8);
    out[i + 16] = d * (float)((block[2 + i] >> 4) - 8);
  }
}
INLINE void q4_1(float *out, const uint8_t *block) {
  const float d = load_half(block), m = load_half(block + 2);
  for (int i = 0; i < 16; i++) {
    out[i] = d * (float)(block[4 + i] & 15) + m;
    out[i + 16] = d * (float)(block[4 + i] >> 4) + m;
  }
}
// The fifth bits of all elements lie in one word.
INLINE void q5_0(float *out, const uint8_t *block) {
  const float d = load_half(block);
  const uint32_t high = load32(block + 2);
  for (int i = 0; i < 16; i++) {
    const int32_t low = (int32_t)(high >> i & 1) << 4, up = (int32_t)(high >> (i + 16) & 1) << 4;
    out[i] = d * (float)(((block[6 + i] & 15) | low) - 16);
    out[i + 16] = d * (float)(((block[6 + i] >> 4) | up) - 16);
  }
}
INLINE void q5_1(float *out, const uint8_t *block) {
  const float d = load_half(block), m = load_half(block + 2);
  const uint32_t high = load32(block + 4);
  for (int i = 0; i < 16; i++) {
    const int32_t low = (int32_t)(high >> i & 1) << 4, up = (int32_t)(high >> (i + 16) & 1) << 4;
    out[i] = d * (float)((block[8 + i] & 15) | low) + m;
    out[i + 16] = d * (float)((block[8 + i] >> 4) | up) + m;
  }
}
INLINE void q8_0(float *out, const uint8_t *block) {
  const float d = load_half(block);
  for (int i = 0; i < 32; i++) out[i] = d * (float)(int8_t)block[2 + i];
}
INLINE void values_of_16(float *out, const uint8_t *codes, float d, const int8_t *values) {
  for (int i = 0; i < 16; i++) {
    out[i] = d * (float)values[codes[i] & 15];
    out[i + 16] = d * (float)values[codes[i] >> 4];
  }
}
INLINE void iq4_nl(float *out, const uint8_t *block) {
  values_of_16(out, block + 2, load_half(block), apus_iq4_values);
}
INLINE void mxfp4(float *out, const uint8_t *block) {
  values_of_16(out, block + 1, exponent_scale(block[0]), apus_mxfp4_values);
}

static UNPACK(q4_0, 32, 18)
static UNPACK(q4_1, 32, 20)
static UNPACK(q5_0, 32, 22)
static UNPACK(q5_1, 32, 24)
static UNPACK(q8_0, 32, 34)
static UNPACK(iq4_nl, 32, 18)
static UNPACK(mxfp4, 32, 17)

static const struct {
  int32_t elements, bytes;
  apus_unpack *unpack;
} formats[apus_format_count] = {
    [apus_format_f32] = {1, 4, unpack_f32},
    [apus_format_f16] = {1, 2, unpack_f16},
    [apus_format_q4_0] = {32, 18, apus_unpack_q4_0},
    [apus_format_q4_1] = {32, 20, apus_unpack_q4_1},
    [apus_format_q5_0] = {32, 22, apus_unpack_q5_0},
    [apus_format_q5_1] = {32, 24, apus_unpack_q5_1},
    [apus_format_q8_0] = {32, 34, apus_unpack_q8_0},
    [apus_format_q2_k] = {256, 84, apus_unpack_q2_k},
    [apus_format_q3_k] = {256, 110, apus_unpack_q3_k},
    [apus_format_q4_k] = {256, 144, apus_unpack_q4_k},
    [apus_format_q5_k] = {256, 176, apus_unpack_q5_k},
    [apus_format_q6_k] = {256, 210, apus_unpack_q6_k},
    [apus_format_iq2_xxs] = {256, 66, apus_unpack_iq2_xxs},
    [apus_format_iq2_xs] = {256, 74, apus_unpack_iq2_xs},
    [apus_format_iq3_xxs] = {256, 98, apus_unpack_iq3_xxs},
    [apus_format_iq1_s] = {256, 50, apus_unpack_iq1_s},
    [apus_format_iq4_nl] = {32, 18, apus_unpack_iq4_nl},
    [apus_format_iq3_s] = {256, 110, apus_unpack_iq3_s},
    [apus_format_iq2_s] = {256, 82, apus_unpack_iq2_s},
    [apus_format_iq4_xs] = {256, 136, apus_unpack_iq4_xs},
    [apus_format_iq1_m] = {256, 56, apus_unpack_iq1_m},
    [apus_format_bf16] = {1, 2, unpack_bf16},
    [apus_format_tq1_0] = {256, 54, apus_unpack_tq1_0},
    [apus_format_tq2_0] = {256, 66, apus_unpack_tq2_0},
    [apus_format_mxfp4] = {32, 17, apus_unpack_mxfp4},
};

int32_t apus_block_elements(int32_t format) {
  return format >= 0 && format < apus_format_count ? formats[format].elements : 0;
}
int32_t apus_block_bytes(int32_t format) {
  return format >= 0 && format < apus_format_count ? formats[format].bytes : 0;
}

void apus_dequantize(float *out, const void *blocks, int32_t format, int64_t count) {
  const int32_t elements = apus_block_elements(format);
  if (elements) formats[format].unpack(out, blocks, count / elements);
}
