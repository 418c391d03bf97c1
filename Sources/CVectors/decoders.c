// The sets of decoders, and which of them this processor can run.
#include "ingot_decoders.h"

#include <stddef.h>

#include "processor.h"

#pragma STDC FP_CONTRACT OFF

typedef float float4 __attribute__((ext_vector_type(4)));
typedef float float8 __attribute__((ext_vector_type(8)));
typedef float float16 __attribute__((ext_vector_type(16)));
typedef int int8 __attribute__((ext_vector_type(8)));
typedef int int16 __attribute__((ext_vector_type(16)));
typedef unsigned uint4 __attribute__((ext_vector_type(4)));
typedef unsigned uint16 __attribute__((ext_vector_type(16)));
typedef unsigned short ushort16 __attribute__((ext_vector_type(16)));
typedef unsigned char byte16 __attribute__((ext_vector_type(16)));
typedef signed char char16 __attribute__((ext_vector_type(16)));
typedef unsigned long long ulong2 __attribute__((ext_vector_type(2)));

/// The levels of IQ4_NL and IQ4_XS.
static const float16 unevenLevels = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
/// Those of MXFP4 and NVFP4.
static const float16 floatLevels = {0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};

#define INGOT_SET baseline
#define INGOT_PERMUTED 0
#include "decoder_set.h"
#undef INGOT_SET
#undef INGOT_PERMUTED

#if INGOT_HAS_SETS
#pragma clang attribute push(__attribute__((target("avx2,f16c"))), apply_to = function)
#define INGOT_SET avx2
#define INGOT_PERMUTED 8
#include "decoder_set.h"
#undef INGOT_SET
#undef INGOT_PERMUTED
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx2,f16c,avx512f,avx512vl,avx512bw,avx512dq"))), apply_to = function)
#define INGOT_SET avx512
#define INGOT_PERMUTED 16
#include "decoder_set.h"
#undef INGOT_SET
#undef INGOT_PERMUTED
#pragma clang attribute pop
#endif

const ingot_decoders *ingot_decoder_set(long index) {
  if (index == 0) return &decoders_baseline;
#if INGOT_HAS_SETS
  if (index == 1 && hasAVX2()) return &decoders_avx2;
  if (index == 2 && hasAVX512()) return &decoders_avx512;
#endif
  return NULL;
}

const ingot_decoders *ingot_widest_decoders(void) {
  for (long index = ingot_decoder_set_count - 1; index > 0; index--) {
    const ingot_decoders *decoders = ingot_decoder_set(index);
    if (decoders) return decoders;
  }
  return &decoders_baseline;
}
