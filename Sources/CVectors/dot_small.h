// The dot products of small blocks, of a set.

/// The bits of a word of 32, each in a byte of its own as bit 4.
INLINE byte32 NAME(fifths)(const unsigned char *bytes) {
  byte4 word;
  __builtin_memcpy(&word, bytes, 4);
  byte32 places = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128,
                   1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  byte32 spread = __builtin_shufflevector(
      word, word, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
  return (byte32)((spread & places) == places) & 16;
}

// What follows takes blocks in twos, and an odd last one with zeros for the other.
#define DOT_OF_PAIRS(name, size, ...)                                                                             \
  static float NAME(name)(const void *blocks, long count, const ingot_activations *activations) {                 \
    const unsigned char *block = blocks;                                                                          \
    const signed char *codes = activations->codes;                                                                \
    const float *scales = activations->scales, *sums = activations->sums32;                                       \
    float16 lanes = 0;                                                                                            \
    float16 minimums = 0;                                                                                         \
    long index = 0;                                                                                               \
    for (; index + 2 <= count; index += 2, block += 2 * size, codes += 64, scales += 2, sums += 2) {              \
      const unsigned char *other = block + size;                                                                  \
      float otherScale = scales[1], otherSum = sums[1];                                                           \
      __VA_ARGS__                                                                                                 \
    }                                                                                                             \
    if (index < count) {                                                                                          \
      const unsigned char other[size] = {0};                                                                      \
      float otherScale = 0, otherSum = 0;                                                                         \
      __VA_ARGS__                                                                                                 \
    }                                                                                                             \
    return NAME(total16)(lanes) + (minimums[0] + minimums[8]);                                                    \
  }

#define SCALES_OF_PAIR \
  NAME(joinedFloats)(NAME(scale8)(block) * scales[0], NAME(scale8)(other) * otherScale)
#define ADD_MINIMUMS \
  minimums += NAME(joinedFloats)(NAME(scale8)(block + 2) * sums[0], NAME(scale8)(other + 2) * otherSum);

DOT_OF_PAIRS(q8_0, 34, {
  (void)otherSum;
  byte64 both = NAME(joined)(NAME(byte32)(block + 2), NAME(byte32)(other + 2));
  NAME(add)(&lanes, NAME(signedProducts)((char64)both, NAME(char64)(codes)), SCALES_OF_PAIR);
})

DOT_OF_PAIRS(q4_0, 18, {
  (void)otherSum;
  byte64 both = NAME(nibbles)(NAME(byte16)(block + 2), NAME(byte16)(other + 2));
  NAME(add)(&lanes, NAME(products)(both, 8, NAME(char64)(codes)), SCALES_OF_PAIR);
})

DOT_OF_PAIRS(q4_1, 20, {
  byte64 both = NAME(nibbles)(NAME(byte16)(block + 4), NAME(byte16)(other + 4));
  NAME(add)(&lanes, NAME(products)(both, 0, NAME(char64)(codes)), SCALES_OF_PAIR);
  ADD_MINIMUMS
})

DOT_OF_PAIRS(q5_0, 22, {
  (void)otherSum;
  byte64 both = NAME(nibbles)(NAME(byte16)(block + 6), NAME(byte16)(other + 6));
  both |= NAME(joined)(NAME(fifths)(block + 2), NAME(fifths)(other + 2));
  NAME(add)(&lanes, NAME(products)(both, 16, NAME(char64)(codes)), SCALES_OF_PAIR);
})

DOT_OF_PAIRS(q5_1, 24, {
  byte64 both = NAME(nibbles)(NAME(byte16)(block + 8), NAME(byte16)(other + 8));
  both |= NAME(joined)(NAME(fifths)(block + 4), NAME(fifths)(other + 4));
  NAME(add)(&lanes, NAME(products)(both, 0, NAME(char64)(codes)), SCALES_OF_PAIR);
  ADD_MINIMUMS
})

DOT_OF_PAIRS(iq4_nl, 18, {
  (void)otherSum;
  char64 both = NAME(entries)(unevenLevels, NAME(nibbles)(NAME(byte16)(block + 2), NAME(byte16)(other + 2)));
  NAME(add)(&lanes, NAME(signedProducts)(both, NAME(char64)(codes)), SCALES_OF_PAIR);
})

/// 2^(e - 128).
INLINE float NAME(power)(unsigned exponent) {
  return NAME(float)(exponent < 2 ? 0x00200000u << exponent : (exponent - 1) << 23);
}

DOT_OF_PAIRS(mxfp4, 17, {
  (void)otherSum;
  char64 both = NAME(entries)(floatLevels, NAME(nibbles)(NAME(byte16)(block + 1), NAME(byte16)(other + 1)));
  float8 first = NAME(power)(block[0]) * scales[0], second = NAME(power)(other[0]) * otherScale;
  float16 factors = NAME(joinedFloats)(first, second);
  NAME(add)(&lanes, NAME(signedProducts)(both, NAME(char64)(codes)), factors);
})
#undef DOT_OF_PAIRS
#undef SCALES_OF_PAIR
#undef ADD_MINIMUMS

static float NAME(q2_0)(const void *blocks, long count, const ingot_activations *activations) {
  const unsigned char *block = blocks;
  float16 lanes = 0;
  for (long index = 0; index < count; index++, block += 18) {
    float8 scale = NAME(scale8)(block);
    const float *scales = activations->scales + 2 * index;
    // The four codes of a byte are those of a lane: each moves to a byte of its own.
    int16 spread = __builtin_convertvector(NAME(byte16)(block + 2), int16);
    spread = (spread | spread << 6 | spread << 12 | spread << 18) & 0x03030303;
    int16 products = NAME(products)((byte64)spread, 1, NAME(char64)(activations->codes + 64 * index));
    NAME(add)(&lanes, products, NAME(joinedFloats)(scale * scales[0], scale * scales[1]));
  }
  return NAME(total16)(lanes);
}

static void NAME(floats)(const float *values, const float *others, long count, float *sums) {
  float16 lanes, left, right;
  __builtin_memcpy(&lanes, sums, sizeof lanes);
  for (long index = 0; index < count; index += 16) {
    __builtin_memcpy(&left, values + index, sizeof left);
    __builtin_memcpy(&right, others + index, sizeof right);
    lanes += left * right;
  }
  __builtin_memcpy(sums, &lanes, sizeof lanes);
}
