// How much stack a thread has left.
#define _GNU_SOURCE
#include <pthread.h>

#include "CText.h"

// Where the thread's stack ends, below, and begins; zero until it is known.
static _Thread_local uintptr_t lowest, highest;

static void find_stack(void) {
  pthread_t thread = pthread_self();
#if defined(__APPLE__)
  highest = (uintptr_t)pthread_get_stackaddr_np(thread);
  lowest = highest - pthread_get_stacksize_np(thread);
#else
  pthread_attr_t attributes;
  if (pthread_getattr_np(thread, &attributes)) return;
  void *start;
  size_t size;
  if (!pthread_attr_getstack(&attributes, &start, &size)) {
    lowest = (uintptr_t)start;
    highest = lowest + size;
  }
  pthread_attr_destroy(&attributes);
#endif
}

size_t apus_stack_left(void) {
  // Not the address of a variable, which sanitizers put elsewhere.
  uintptr_t here = (uintptr_t)__builtin_frame_address(0);
  if (!highest) find_stack();
  return here > lowest && here <= highest ? here - lowest : SIZE_MAX;
}
