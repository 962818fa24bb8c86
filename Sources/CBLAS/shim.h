#pragma once
#include <cblas.h>
#include <lapacke.h>

#if defined(__ELF__)
// OpenBLAS has it where it is built with threads.
extern int blas_thread_shutdown_(void) __attribute__((weak));
#endif

/// Ends the threads that OpenBLAS starts when it is loaded, if it has any. Each of them asks for work
/// for a tenth of a second before it sleeps, and meanwhile takes a processor from the program. They
/// come back when OpenBLAS is asked to use several threads. Nobody else may be using OpenBLAS.
static inline void apus_stop_blas_threads(void) {
#if defined(__ELF__)
  if (blas_thread_shutdown_) blas_thread_shutdown_();
#endif
}
