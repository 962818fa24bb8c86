#include "apus_measure.h"

#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "level.h"

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

enum { rounds = 2000000 };
static volatile float sink;

static void chain_part(void *context, int64_t part) {
  (void)context;
  (void)part;
  sink = apus_active()->fma_chains(rounds);
}

// The best of several runs: a limit is what the machine can do, not what neighbours leave.
double apus_fma_gflops(void) {
  const int threads = apus_threads();
  const int lanes = apus_active()->lanes;
  double best = 0;
  for (int run = 0; run < 7; run++) {
    const double start = seconds();
    apus_parallel(threads, chain_part, NULL);
    const double rate = 2.0 * 12 * lanes * rounds * threads / (seconds() - start) / 1e9;
    if (rate > best) best = rate;
  }
  return best;
}

enum { copy_block = 1 << 20, copy_blocks = 256 };
typedef struct {
  char *from, *to;
} copy_job;

static void copy_part(void *context, int64_t part) {
  const copy_job *job = context;
  memcpy(job->to + part * copy_block, job->from + part * copy_block, copy_block);
}

double apus_copy_gigabytes(void) {
  const int64_t bytes = (int64_t)copy_block * copy_blocks;
  copy_job job = {apus_allocate(bytes), apus_allocate(bytes)};
  memset(job.from, 1, (size_t)bytes);
  double best = 0;
  for (int run = 0; run < 7; run++) {
    const double start = seconds();
    apus_parallel(copy_blocks, copy_part, &job);
    const double rate = 2.0 * (double)bytes / (seconds() - start) / 1e9;
    if (rate > best) best = rate;
  }
  apus_free(job.from, bytes);
  apus_free(job.to, bytes);
  return best;
}

apus_process_usage apus_usage(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
  usage.ru_maxrss /= 1024;  // bytes there, KiB elsewhere
#endif
  return (apus_process_usage){usage.ru_maxrss, usage.ru_minflt};
}
