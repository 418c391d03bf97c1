// The sets of dot products, and which of them this processor can run.
#include "ingot_dots.h"

#include <stddef.h>

#include "processor.h"

#if defined(__ARM_NEON)
#include <arm_neon.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

#pragma STDC FP_CONTRACT OFF

typedef float float8 __attribute__((ext_vector_type(8)));
typedef float float16 __attribute__((ext_vector_type(16)));
typedef int int4 __attribute__((ext_vector_type(4)));
typedef int int8 __attribute__((ext_vector_type(8)));
typedef int int16 __attribute__((ext_vector_type(16)));
typedef unsigned uint4 __attribute__((ext_vector_type(4)));
typedef unsigned long long ulong2 __attribute__((ext_vector_type(2)));
typedef unsigned char byte4 __attribute__((ext_vector_type(4)));
typedef unsigned char byte16 __attribute__((ext_vector_type(16)));
typedef unsigned char byte32 __attribute__((ext_vector_type(32)));
typedef unsigned char byte64 __attribute__((ext_vector_type(64)));
typedef signed char char16 __attribute__((ext_vector_type(16)));
typedef signed char char32 __attribute__((ext_vector_type(32)));
typedef signed char char64 __attribute__((ext_vector_type(64)));

/// The levels of IQ4_NL and IQ4_XS.
static const signed char unevenLevels[16] = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
/// Those of MXFP4.
static const signed char floatLevels[16] = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

#define INGOT_SET baseline
#define INGOT_WIDTH 0
#include "dot_set.h"
#undef INGOT_SET
#undef INGOT_WIDTH

#if INGOT_HAS_SETS
#pragma clang attribute push(__attribute__((target("avx2,f16c"))), apply_to = function)
#define INGOT_SET avx2
#define INGOT_WIDTH 32
#include "dot_set.h"
#undef INGOT_SET
#undef INGOT_WIDTH
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,f16c,avx512f,avx512vl,avx512bw,avx512dq,avx512vnni"))), apply_to = function)
#define INGOT_SET avx512
#define INGOT_WIDTH 64
#include "dot_set.h"
#undef INGOT_SET
#undef INGOT_WIDTH
#pragma clang attribute pop
#endif

const ingot_dots *ingot_dot_set(long index) {
  if (index == 0) return &dots_baseline;
#if INGOT_HAS_SETS
  if (index == 1 && hasAVX2()) return &dots_avx2;
  if (index == 2 && hasAVX512VNNI()) return &dots_avx512;
#endif
  return NULL;
}

const ingot_dots *ingot_widest_dots(void) {
  for (long index = ingot_dot_set_count - 1; index > 0; index--) {
    const ingot_dots *dots = ingot_dot_set(index);
    if (dots) return dots;
  }
  return &dots_baseline;
}
