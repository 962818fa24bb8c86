// What each level's object offers to the dispatcher.
#pragma once
#include "CText.h"

typedef struct {
  size_t (*find_pieces)(const apus_pattern *, const uint8_t *, size_t, size_t, uint32_t *);
  size_t (*encode_words)(apus_words *, const apus_merges *, const uint8_t *, size_t,
                         const uint32_t *, size_t, size_t, int32_t **);
} apus_text_table;

extern const apus_text_table apus_text_table_baseline, apus_text_table_avx2,
    apus_text_table_avx512;
