// One persistent pool of threads. Parts are handed out one by one; the caller works too.
#pragma once
#include <stdint.h>

typedef void (*apus_body)(void *context, int64_t part);

/// Runs body(context, 0 … parts-1), in any order, on up to `apus_threads()` threads, and returns
/// when all are done. From inside a part, or while another thread holds the pool, the caller runs
/// everything itself; a result must therefore never depend on which thread runs a part.
void apus_parallel(int64_t parts, apus_body body, void *context);

/// Only from inside a part: one more part of the same region for the caller to run before it returns,
/// or -1 if none is left. So a body can prepare its next part while it works on one.
int64_t apus_take_part(void);

/// The number of threads that take parts, the caller included.
int apus_threads(void);
/// Sets that number; 0 means the cores this process may use.
void apus_set_threads(int count);
