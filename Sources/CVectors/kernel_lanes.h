// What the kernels of a set do with vectors; of `kernel_set.h`.

INLINE float8 NAME(read)(const float *numbers) { return *(const float8 *)numbers; }
INLINE void NAME(write)(float *numbers, float8 lanes) { *(float8 *)numbers = lanes; }
INLINE float16 NAME(pair)(float8 low, float8 high) {
  return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
}

/// The sum of eight lanes, in the order of a tree.
INLINE double NAME(total)(double8 lanes) {
  double first = lanes[0] + lanes[4], second = lanes[1] + lanes[5];
  double third = lanes[2] + lanes[6], fourth = lanes[3] + lanes[7];
  return (first + third) + (second + fourth);
}

/// The same of eight floats.
INLINE float NAME(sum)(float8 lanes) {
  float first = lanes[0] + lanes[4], second = lanes[1] + lanes[5];
  float third = lanes[2] + lanes[6], fourth = lanes[3] + lanes[7];
  return (first + third) + (second + fourth);
}

/// The least lane.
INLINE float NAME(least)(float8 lanes) {
  lanes = lanes < lanes.s45670123 ? lanes : lanes.s45670123;
  lanes = lanes < lanes.s23016745 ? lanes : lanes.s23016745;
  return lanes[0] < lanes[1] ? lanes[0] : lanes[1];
}

/// A bit for each lane where a mask is set.
INLINE unsigned char NAME(bits)(int8 mask) {
  return __builtin_bit_cast(unsigned char, __builtin_convertvector(mask, bool8));
}

/// The first lane that is the least.
INLINE long NAME(leastLane)(float8 lanes) {
  unsigned char bits = NAME(bits)(lanes == NAME(least)(lanes));
  return bits ? __builtin_ctz(bits) : 0;
}

// Adding and taking off 1.5 · 2^23 rounds to the nearest integer, ties to even.
#define FUNCTIONS_OF_LANES(N)                                                                                   \
  INLINE float##N NAME(limited##N)(float##N lanes, float lowest, float highest) {                               \
    float##N raised = lanes > lowest ? lanes : (float##N)lowest;                                                \
    return raised < highest ? raised : (float##N)highest;                                                       \
  }                                                                                                             \
  INLINE float##N NAME(integers##N)(float##N lanes, float lowest, float highest) {                              \
    return (NAME(limited##N)(lanes, lowest, highest) + 0x1.8p23f) - 0x1.8p23f;                                  \
  }                                                                                                             \
  INLINE float##N NAME(magnitudes##N)(float##N lanes) {                                                         \
    return __builtin_bit_cast(float##N, __builtin_bit_cast(int##N, lanes) & 0x7FFFFFFF);                        \
  }                                                                                                             \
  INLINE float##N NAME(signs##N)(float##N lanes) {                                                              \
    return __builtin_bit_cast(float##N, (__builtin_bit_cast(int##N, lanes) & (int)0x80000000u) | 0x3F800000);   \
  }                                                                                                             \
  /* Which of the middles between uneven levels to compare with: the curve takes the k-th to about k. */        \
  INLINE int##N NAME(middles##N)(float##N lanes) {                                                              \
    float##N curve = lanes * (0.0895f - 0.00023f * NAME(magnitudes##N)(lanes)) + 7.339f;                        \
    return __builtin_bit_cast(int##N, curve + 0x1.8p23f);                                                       \
  }
FUNCTIONS_OF_LANES(8)
FUNCTIONS_OF_LANES(16)
#undef FUNCTIONS_OF_LANES

#if INGOT_PERMUTED == 0
INLINE float8 NAME(uneven8)(float8 lanes) {
  float8 inside = NAME(limited8)(lanes, -128, 127.5f);
  int8 codes = NAME(middles8)(inside) & 15;
  float8 levels;
  for (int lane = 0; lane < 8; lane++) {
    int code = codes[lane];
    levels[lane] = unevenLevels[code + (inside[lane] > unevenMiddles[code])];
  }
  return levels;
}
#elif INGOT_PERMUTED == 8
/// The entries of a table at indices that are right in their last four bits.
INLINE float8 NAME(entries8)(const float *table, int8 indices) {
  __m256i places = (__m256i)indices;
  __m256 low = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), places);
  __m256 high = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table + 8), places);
  return (float8)_mm256_blendv_ps(low, high, _mm256_castsi256_ps(_mm256_slli_epi32(places, 28)));
}
INLINE float8 NAME(uneven8)(float8 lanes) {
  float8 inside = NAME(limited8)(lanes, -128, 127.5f);
  int8 codes = NAME(middles8)(inside);
  return NAME(entries8)(unevenLevels, codes - (inside > NAME(entries8)(unevenMiddles, codes)));
}
#else
INLINE float16 NAME(entries16)(const float *table, int16 indices) {
  return (float16)_mm512_permutexvar_ps((__m512i)indices, _mm512_loadu_ps(table));
}
INLINE float16 NAME(uneven16)(float16 lanes) {
  float16 inside = NAME(limited16)(lanes, -128, 127.5f);
  int16 codes = NAME(middles16)(inside);
  return NAME(entries16)(unevenLevels, codes - (inside > NAME(entries16)(unevenMiddles, codes)));
}
INLINE float8 NAME(uneven8)(float8 lanes) {
  float8 inside = NAME(limited8)(lanes, -128, 127.5f);
  int8 codes = NAME(middles8)(inside);
  int16 wide = __builtin_shufflevector(codes, codes, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
  codes -= inside > NAME(entries16)(unevenMiddles, wide).lo;
  wide = __builtin_shufflevector(codes, codes, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);
  return NAME(entries16)(unevenLevels, wide).lo;
}
#endif
#if INGOT_PERMUTED < 16
INLINE float16 NAME(uneven16)(float16 lanes) {
  return NAME(pair)(NAME(uneven8)(lanes.lo), NAME(uneven8)(lanes.hi));
}
#endif

// The sums are functions of the kind of levels and of whether there are weights, which are constants where they are called.
#define FUNCTIONS_OF_CANDIDATES(N)                                                                              \
  INLINE float##N NAME(levels##N)(ingot_levels levels, float##N lanes) {                                        \
    if (levels.kind == ingot_levels_uneven) return NAME(uneven##N)(lanes);                                      \
    if (levels.kind == ingot_levels_signs) return NAME(signs##N)(lanes);                                        \
    return NAME(integers##N)(lanes, levels.lowest, levels.highest);                                             \
  }                                                                                                             \
  INLINE void NAME(sums##N)(                                                                                    \
      ingot_levels levels, const ingot_block *block, float##N factors, float##N *products, float##N *squares) { \
    *products = *squares = 0;                                                                                   \
    _Pragma("clang loop unroll_count(4)") for (long index = 0; index < block->count; index++) {                 \
      float##N level = NAME(levels##N)(levels, factors * block->values[index]);                                 \
      *products += level * block->products[index];                                                              \
      *squares += block->weights ? level * level * block->weights[index] : level * level;                       \
    }                                                                                                           \
  }                                                                                                             \
  INLINE void NAME(slopes##N)(                                                                                  \
      ingot_levels levels, const ingot_block *block, float##N factors, float##N scales, float##N *errors,       \
      float##N *slopes) {                                                                                       \
    *errors = *slopes = 0;                                                                                      \
    _Pragma("clang loop unroll_count(4)") for (long index = 0; index < block->count; index++) {                 \
      float##N level = NAME(levels##N)(levels, factors * block->values[index]);                                 \
      float##N difference = level * scales - block->values[index];                                              \
      float##N weighted = block->weights ? difference * block->weights[index] : difference;                     \
      *errors += weighted * difference;                                                                         \
      *slopes += weighted * level;                                                                              \
    }                                                                                                           \
  }                                                                                                             \
  INLINE void NAME(lines##N)(                                                                                   \
      const ingot_block *block, float##N factors, float##N offsets, float highest, float##N *products,          \
      float##N *squares, float##N *codes) {                                                                     \
    *products = *squares = *codes = 0;                                                                          \
    _Pragma("clang loop unroll_count(4)") for (long index = 0; index < block->count; index++) {                 \
      float##N code = NAME(integers##N)(factors * block->values[index] + offsets, 0, highest);                  \
      float##N weighted = block->weights ? code * block->weights[index] : code;                                 \
      *products += code * block->products[index];                                                               \
      *squares += code * weighted;                                                                              \
      *codes += weighted;                                                                                       \
    }                                                                                                           \
  }
FUNCTIONS_OF_CANDIDATES(8)
FUNCTIONS_OF_CANDIDATES(16)
#undef FUNCTIONS_OF_CANDIDATES
