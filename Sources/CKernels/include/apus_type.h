// The element types of tensors, numbered as `DType` numbers them.
#pragma once

typedef enum {
  apus_bool,
  apus_uint8,
  apus_int8,
  apus_int16,
  apus_int32,
  apus_int64,
  apus_float16,
  apus_bfloat16,
  apus_float32,
  apus_float64,
  apus_type_count,
} apus_type;
