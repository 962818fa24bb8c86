// The ways in which GGUF files store tensors: plain numbers, and blocks of elements that share
// scales.
//
// Formats are named by the numbers that GGUF gives them. Their layouts are specified by ggml
// (`ggml-common.h`, `ggml-quants.c`) and by the Python package gguf, whose results are met here bit
// for bit; only where two NaN meet may one or the other come out.
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef enum {
  apus_format_f32 = 0,
  apus_format_f16 = 1,
  apus_format_q4_0 = 2,
  apus_format_q4_1 = 3,
  apus_format_q5_0 = 6,
  apus_format_q5_1 = 7,
  apus_format_q8_0 = 8,
  apus_format_q2_k = 10,
  apus_format_q3_k = 11,
  apus_format_q4_k = 12,
  apus_format_q5_k = 13,
  apus_format_q6_k = 14,
  apus_format_iq2_xxs = 16,
  apus_format_iq2_xs = 17,
  apus_format_iq3_xxs = 18,
  apus_format_iq1_s = 19,
  apus_format_iq4_nl = 20,
  apus_format_iq3_s = 21,
  apus_format_iq2_s = 22,
  apus_format_iq4_xs = 23,
  apus_format_iq1_m = 29,
  apus_format_bf16 = 30,
  apus_format_tq1_0 = 34,
  apus_format_tq2_0 = 35,
  apus_format_mxfp4 = 39,
  apus_format_count = 40,  ///< one more than the largest number
} apus_format;

/// How many elements a block has; 0 if the format is not known.
int32_t apus_block_elements(int32_t format);
/// How many bytes a block has; 0 if the format is not known.
int32_t apus_block_bytes(int32_t format);

/// out[0…count) = the elements of `blocks`, which need not be aligned. `count` is a multiple of
/// the elements of a block, the format known. Runs on the calling thread.
void apus_dequantize(float *out, const void *blocks, int32_t format, int64_t count);

/// Whether `apus_quantize` can write this format.
bool apus_can_quantize(int32_t format);
/// blocks = x[0…count) rounded to the format, which `apus_can_quantize`; `count` is a multiple of
/// the elements of a block. Runs on the calling thread.
void apus_quantize(void *blocks, const float *x, int32_t format, int64_t count);
