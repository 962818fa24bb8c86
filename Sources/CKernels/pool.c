#define _GNU_SOURCE
#include "level.h"

#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/futex.h>
#include <sys/syscall.h>
#endif

enum { most_threads = 256, spin_rounds = 4000 };

// A region is published by bumping `generation` (odd: open, even: closed). Workers that see it
// open enter by raising `inside`; the caller closes the region and waits until all have left, so
// `body` and `context` live exactly as long as they are used.
static struct {
  _Alignas(64) int threads;
  apus_body body;
  void *context;
  const apus_kernels *level;
  _Alignas(64) _Atomic uint32_t generation;
  _Alignas(64) _Atomic int32_t inside;
  _Alignas(64) _Atomic int32_t sleepers;
} region;

// The parts that each thread begins with, and the next of them to be taken. Neighbouring parts, and
// with them the rows of one region after the other, stay on one core; who is done early helps.
static struct {
  _Alignas(64) _Atomic int64_t next;
  int64_t end;
} shares[most_threads];

static pthread_mutex_t owner = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int wanted_threads = 0;
static int started_workers = 0;  // guarded by `owner`
static _Thread_local bool in_region = false;

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static void sleep_while(uint32_t seen) {
#ifdef __linux__
  syscall(SYS_futex, &region.generation, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
#else
  struct timespec nap = {0, 50000};
  nanosleep(&nap, NULL);
  (void)seen;
#endif
}

static void wake_sleepers(void) {
#ifdef __linux__
  syscall(SYS_futex, &region.generation, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
#endif
}

// Where a thread's next part comes from: its own share and then those of others, or, where it runs
// a region alone, a count.
typedef struct {
  bool alone;
  int index, turn;
  int64_t next, end;
} source;

static _Thread_local source *current = NULL;

static int64_t take(source *from) {
  if (from->alone) return from->next < from->end ? from->next++ : -1;
  for (; from->turn < region.threads; from->turn++) {
    const int share = (from->index + from->turn) % region.threads;
    const int64_t part = atomic_fetch_add_explicit(&shares[share].next, 1, memory_order_relaxed);
    if (part < shares[share].end) return part;
  }
  return -1;
}

static void take_parts(source from, apus_body body, void *context) {
  source *outer = current;
  current = &from;
  for (int64_t part = take(&from); part >= 0; part = take(&from)) body(context, part);
  current = outer;
}

int64_t apus_take_part(void) { return take(current); }

static void *worker(void *index_pointer) {
  const int index = (int)(intptr_t)index_pointer;
  in_region = true;  // whatever a part starts runs on this thread
  uint32_t seen = 0;
  for (;;) {
    uint32_t now;
    for (int round = 0;; round++) {
      now = atomic_load_explicit(&region.generation, memory_order_acquire);
      if (now != seen && (now & 1)) break;
      if (round < spin_rounds) {
        relax();
        continue;
      }
      atomic_fetch_add(&region.sleepers, 1);
      now = atomic_load(&region.generation);
      if (!(now != seen && (now & 1))) sleep_while(now);
      atomic_fetch_sub(&region.sleepers, 1);
      round = spin_rounds / 2;
    }
    seen = now;
    if (index >= atomic_load_explicit(&wanted_threads, memory_order_relaxed)) continue;
    atomic_fetch_add(&region.inside, 1);
    // The caller may have closed this region meanwhile; only an open one may be entered.
    if (atomic_load(&region.generation) == now) {
      apus_adopt_level(region.level);
      take_parts((source){.index = index}, region.body, region.context);
    }
    atomic_fetch_sub_explicit(&region.inside, 1, memory_order_release);
  }
  return NULL;
}

int apus_threads(void) {
  int count = atomic_load_explicit(&wanted_threads, memory_order_relaxed);
  if (count == 0) {
    apus_set_threads(0);
    count = atomic_load_explicit(&wanted_threads, memory_order_relaxed);
  }
  return count;
}

void apus_set_threads(int count) {
  if (count <= 0) {
#ifdef __linux__
    cpu_set_t allowed;
    count = sched_getaffinity(0, sizeof allowed, &allowed) == 0 ? CPU_COUNT(&allowed) : 1;
#else
    count = (int)sysconf(_SC_NPROCESSORS_ONLN);
#endif
  }
  if (count < 1) count = 1;
  if (count > most_threads) count = most_threads;
  atomic_store_explicit(&wanted_threads, count, memory_order_relaxed);
}

// Called by the holder of `owner`. A thread that cannot be started is simply not there.
static void start_workers(int needed) {
  while (started_workers < needed) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, 1 << 20);
    pthread_t thread;
    int failed =
        pthread_create(&thread, &attributes, worker, (void *)(intptr_t)(started_workers + 1));
    pthread_attr_destroy(&attributes);
    if (failed) return;
    started_workers++;
  }
}

void apus_parallel(int64_t parts, apus_body body, void *context) {
  const int threads = apus_threads();
  if (parts <= 1 || threads == 1 || in_region || pthread_mutex_trylock(&owner) != 0) {
    take_parts((source){.alone = true, .end = parts}, body, context);
    return;
  }
  start_workers(threads - 1);
  in_region = true;
  region.body = body;
  region.context = context;
  region.level = apus_chosen_level();
  region.threads = threads;
  for (int index = 0; index < threads; index++) {
    atomic_store_explicit(&shares[index].next, parts * index / threads, memory_order_relaxed);
    shares[index].end = parts * (index + 1) / threads;
  }
  atomic_fetch_add(&region.generation, 1);  // opens
  if (atomic_load(&region.sleepers) > 0) wake_sleepers();
  take_parts((source){.index = 0}, body, context);
  atomic_fetch_add(&region.generation, 1);  // closes
  // In one order with the closing: who is not seen inside yet will find the region closed.
  for (int round = 0; atomic_load(&region.inside) > 0; round++) {
    if (round < 1 << 14) relax();
    else sched_yield();
  }
  in_region = false;
  pthread_mutex_unlock(&owner);
}
