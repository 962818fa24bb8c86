// What every CPU of the architecture has: SSE2 on x86-64, NEON on arm64.
#define NAME(name) name##_baseline
#include "text.inc"
