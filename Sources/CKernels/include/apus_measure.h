// What the machine can do, measured: the limits that benchmarks compare with.
#pragma once

/// The rate of fused multiply-adds in GFLOP/s when `apus_threads()` threads do nothing else.
double apus_fma_gflops(void);
/// The bytes read plus written per second, in GB/s, by copying between buffers far larger than any
/// cache on `apus_threads()` threads.
double apus_copy_gigabytes(void);

typedef struct {
  long peak_resident_kib;  ///< the most memory this process ever had in RAM
  long pages_touched;      ///< pages mapped in at their first touch since the start
} apus_process_usage;
apus_process_usage apus_usage(void);
