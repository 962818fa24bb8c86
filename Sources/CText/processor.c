// Where a thread runs.
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>

#include "CText.h"

uint32_t apus_processor(void) {
#ifdef __linux__
  int processor = sched_getcpu();
  if (processor >= 0) return (uint32_t)processor;
#endif
  return (uint32_t)(((uint64_t)(uintptr_t)pthread_self() * 0x9E3779B97F4A7C15u) >> 40);
}
