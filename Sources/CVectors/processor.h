// Which vectors the processor has; of the sets of decoders and of dot products.

#ifndef INGOT_PROCESSOR_H
#define INGOT_PROCESSOR_H

#include <stdbool.h>

#if defined(__x86_64__) && defined(__linux__)
#define INGOT_HAS_SETS 1
#include <immintrin.h>

static inline bool hasAVX2(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("f16c");
}

static inline bool hasAVX512(void) {
  return hasAVX2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
}

static inline bool hasAVX512VNNI(void) { return hasAVX512() && __builtin_cpu_supports("avx512vnni"); }
#else
#define INGOT_HAS_SETS 0
#endif

#define INLINE static inline __attribute__((always_inline))

// The names of a set's functions end in its name.
#define JOINED_(name, set) name##_##set
#define JOINED(name, set) JOINED_(name, set)
#define NAME(name) JOINED(name, INGOT_SET)

// No function that takes or gives vectors is called: all become part of the kernels.
#pragma clang diagnostic ignored "-Wpsabi"

#endif
