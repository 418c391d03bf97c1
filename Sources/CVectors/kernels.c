// The sets of kernels, and which of them this processor can run.
#include "ingot_kernels.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "uneven_middles.h"

#pragma STDC FP_CONTRACT OFF
// No function that takes or gives vectors is called: all become part of the kernels.
#pragma clang diagnostic ignored "-Wpsabi"

#if defined(__x86_64__) && defined(__linux__)
#define INGOT_HAS_SETS 1
#include <immintrin.h>
#else
#define INGOT_HAS_SETS 0
#endif

// Swift aligns its vectors to 16 bytes at most.
typedef float float8 __attribute__((ext_vector_type(8), aligned(4)));
typedef float float16 __attribute__((ext_vector_type(16)));
typedef int int8 __attribute__((ext_vector_type(8)));
typedef int int16 __attribute__((ext_vector_type(16)));
typedef bool bool8 __attribute__((ext_vector_type(8)));
typedef double double8 __attribute__((ext_vector_type(8)));

/// In each lane, the best choice of codes so far: Σ w·x·q, Σ w·q², and what they take off the error.
typedef struct {
  float8 products;
  float8 squares;
  float8 gains;
} fits8;

/// In each lane, the least error so far, and the scale that has it.
typedef struct {
  float8 errors;
  float8 scales;
} trials8;

/// The least and the largest value of each of eight parts, and Σ w·x².
typedef struct {
  float8 lowest;
  float8 highest;
  float8 energies;
} partExtents;

/// Of each of eight parts Σ w, the mean, and Σ w·x² with x counted from it.
typedef struct {
  float8 weights;
  float8 means;
  float8 energies;
} partSums;

/// For each of eight parts, a choice of codes: the scale that is best for them, Σ w·q², and their error with that scale.
typedef struct {
  float8 steps;
  float8 norms;
  float8 errors;
} partFits;

/// The choices that suit a scale of scales: the integers, and of their codes what `partFits` has.
typedef struct {
  float8 errors;
  float8 scales;
  float8 steps;
  float8 norms;
} partPlaces;

/// For each of eight parts, a choice of codes for a scale and a minimum: the scale that is best for them, the mean code,
/// Σ w·q² less what the mean has of it, and their error.
typedef struct {
  float8 steps;
  float8 codes;
  float8 norms;
  float8 errors;
} partLines;

/// The least errors of parts that both signs can have, and the scales and depths that have them.
typedef struct {
  float8 errors;
  float8 steps;
  float8 depths;
} lineLimits;

/// The choices that suit a scale of scales and one of minimums: the integers, and of their codes what `partLines` has.
typedef struct {
  float8 errors;
  float8 scales;
  float8 minimums;
  float8 steps;
  float8 codes;
  float8 norms;
} linePlaces;

/// In each lane, the least error so far, and the scale and minimum that have it.
typedef struct {
  float8 errors;
  float8 scales;
  float8 minimums;
} lineTrials;

/// In each lane, the best choice of codes for a scale and a minimum so far: Σ w·x·q, Σ w·q² less its part from the mean, the mean
/// code, and what they take off the error.
typedef struct {
  float8 products;
  float8 squares;
  float8 codes;
  float8 gains;
} lineFits;

/// The levels of IQ4_NL and IQ4_XS.
static const float unevenLevels[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

#define INLINE static inline __attribute__((always_inline))

// The names of a set's functions end in its name.
#define JOINED_(name, set) name##_##set
#define JOINED(name, set) JOINED_(name, set)
#define NAME(name) JOINED(name, INGOT_SET)

#define INGOT_SET baseline
#define INGOT_LANES 8
#define INGOT_PERMUTED 0
#include "kernel_set.h"
#undef INGOT_SET
#undef INGOT_LANES
#undef INGOT_PERMUTED

#if INGOT_HAS_SETS
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define INGOT_SET avx2
#define INGOT_LANES 16
#define INGOT_PERMUTED 8
#include "kernel_set.h"
#undef INGOT_SET
#undef INGOT_LANES
#undef INGOT_PERMUTED
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,avx512f,avx512vl,avx512bw,avx512dq"))), apply_to = function)
#define INGOT_SET avx512
#define INGOT_LANES 16
#define INGOT_PERMUTED 16
#include "kernel_set.h"
#undef INGOT_SET
#undef INGOT_LANES
#undef INGOT_PERMUTED
#pragma clang attribute pop
#endif

const ingot_kernels *ingot_widest_kernels(void) {
  for (long index = ingot_kernel_set_count - 1; index > 0; index--) {
    const ingot_kernels *kernels = ingot_kernel_set(index);
    if (kernels) return kernels;
  }
  return &kernels_baseline;
}

const ingot_kernels *ingot_kernel_set(long index) {
  if (index == 0) return &kernels_baseline;
#if INGOT_HAS_SETS
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2")) return NULL;
  if (index == 1) return &kernels_avx2;
  if (index == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    return &kernels_avx512;
#endif
  return NULL;
}
