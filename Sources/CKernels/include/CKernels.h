// The C floor of Apus: leaf loops over pointers and counts, chosen at start by what the CPU has.
// Swift above keeps shapes, checks, ownership and derivatives.
#pragma once
#include "apus_blocks.h"
#include "apus_cache.h"
#include "apus_copy.h"
#include "apus_elementwise.h"
#include "apus_fused.h"
#include "apus_gemm.h"
#include "apus_indexing.h"
#include "apus_level.h"
#include "apus_measure.h"
#include "apus_memory.h"
#include "apus_pool.h"
#include "apus_type.h"
#include "apus_weights.h"
