// The sets of reference encoders, and which of them this processor can run.
#include "ingot_encoders.h"

#include <stddef.h>

#include "processor.h"
#include "uneven_middles.h"

#pragma STDC FP_CONTRACT OFF

typedef float float16 __attribute__((ext_vector_type(16)));
typedef int int16 __attribute__((ext_vector_type(16)));
typedef unsigned uint16 __attribute__((ext_vector_type(16)));
typedef bool bool16 __attribute__((ext_vector_type(16)));
typedef unsigned char byte16 __attribute__((ext_vector_type(16)));
typedef unsigned long long ulong2 __attribute__((ext_vector_type(2)));

/// The levels of MXFP4 and NVFP4 that are not negative.
static const float floatLevels[8] = {0, 1, 2, 3, 4, 6, 8, 12};

#define INGOT_SET baseline
#define INGOT_HALVES 0
#include "encoder_set.h"
#undef INGOT_SET
#undef INGOT_HALVES

#if INGOT_HAS_SETS
#pragma clang attribute push(__attribute__((target("avx2,f16c"))), apply_to = function)
#define INGOT_SET avx2
#define INGOT_HALVES 1
#include "encoder_set.h"
#undef INGOT_SET
#undef INGOT_HALVES
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,f16c,avx512f,avx512vl,avx512bw,avx512dq"))), apply_to = function)
#define INGOT_SET avx512
#define INGOT_HALVES 1
#include "encoder_set.h"
#undef INGOT_SET
#undef INGOT_HALVES
#pragma clang attribute pop
#endif

const ingot_encoders *ingot_encoder_set(long index) {
  if (index == 0) return &encoders_baseline;
#if INGOT_HAS_SETS
  if (index == 1 && hasAVX2()) return &encoders_avx2;
  if (index == 2 && hasAVX512()) return &encoders_avx512;
#endif
  return NULL;
}

const ingot_encoders *ingot_widest_encoders(void) {
  for (long index = ingot_encoder_set_count - 1; index > 0; index--) {
    const ingot_encoders *encoders = ingot_encoder_set(index);
    if (encoders) return encoders;
  }
  return &encoders_baseline;
}
