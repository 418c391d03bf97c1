// The dot products of super-blocks, of a set.

// Lanes 0 to 7 have part 2k of 32 values, lanes 8 to 15 part 2k + 1.
#define LANES_OF_HALVES(parts, k)                                                                                      \
  __builtin_shufflevector(                                                                                             \
      parts, parts, 2 * k, 2 * k, 2 * k, 2 * k, 2 * k, 2 * k, 2 * k, 2 * k, 2 * k + 1, 2 * k + 1, 2 * k + 1, 2 * k + 1, \
      2 * k + 1, 2 * k + 1, 2 * k + 1, 2 * k + 1)
// Lanes 0 to 3 have part 4k of 16 values, and so on.
#define LANES_OF_QUARTERS(parts, k)                                                                                    \
  __builtin_shufflevector(                                                                                             \
      parts, parts, 4 * k, 4 * k, 4 * k, 4 * k, 4 * k + 1, 4 * k + 1, 4 * k + 1, 4 * k + 1, 4 * k + 2, 4 * k + 2,       \
      4 * k + 2, 4 * k + 2, 4 * k + 3, 4 * k + 3, 4 * k + 3, 4 * k + 3)

/// Each of eight numbers in two lanes.
INLINE float16 NAME(doubled)(float8 parts) {
  return __builtin_shufflevector(parts, parts, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7);
}

/// Two codes of 2 bits of each of 32 bytes, the first at `shift`.
INLINE byte64 NAME(twoBits)(byte32 bytes, int shift) {
  return NAME(joined)(bytes >> (unsigned char)shift & 3, bytes >> (unsigned char)(shift + 2) & 3);
}

/// The first ternary digits of 64 fractions.
INLINE byte64 NAME(digits)(byte64 fractions) { return -(byte64)(fractions > 85) - (byte64)(fractions > 170); }

INLINE byte32 NAME(joined16)(byte16 low, byte16 high) {
  byte32 both;
  both.lo = low;
  both.hi = high;
  return both;
}

static float NAME(tq1_0)(const void *blocks, long count, const ingot_activations *activations) {
  const unsigned char *block = blocks;
  const byte16 powers = {1, 1, 1, 1, 3, 3, 3, 3, 9, 9, 9, 9, 27, 27, 27, 27};
  float16 lanes = 0;
  for (long index = 0; index < count; index++, block += 54) {
    float8 scales = NAME(scale8)(block + 52) * NAME(float8)(activations->scales + 8 * index);
    const signed char *codes = activations->codes + 256 * index;
    byte32 first = NAME(byte32)(block);
    byte16 second = NAME(byte16)(block + 32);
    unsigned third;
    __builtin_memcpy(&third, block + 48, 4);
    byte16 last = (byte16)(uint4)third * powers;
#define STEP(k, low, high)                                                                             \
  NAME(add)(                                                                                           \
      &lanes, NAME(products)(NAME(digits)(NAME(joined)(low, high)), 1, NAME(char64)(codes + 64 * k)),  \
      LANES_OF_HALVES(scales, k));
    STEP(0, first, first * 3)
    STEP(1, first * 9, first * 27)
    STEP(2, first * 81, NAME(joined16)(second, second * 3))
    STEP(3, NAME(joined16)(second * 9, second * 27), NAME(joined16)(second * 81, last))
#undef STEP
  }
  return NAME(total16)(lanes);
}

static float NAME(tq2_0)(const void *blocks, long count, const ingot_activations *activations) {
  const unsigned char *block = blocks;
  float16 lanes = 0;
  for (long index = 0; index < count; index++, block += 66) {
    float8 scales = NAME(scale8)(block + 64) * NAME(float8)(activations->scales + 8 * index);
    const signed char *codes = activations->codes + 256 * index;
    byte32 first = NAME(byte32)(block), second = NAME(byte32)(block + 32);
#define STEP(k, bytes, shift)                                                                          \
  NAME(add)(                                                                                           \
      &lanes, NAME(products)(NAME(twoBits)(bytes, shift), 1, NAME(char64)(codes + 64 * k)),            \
      LANES_OF_HALVES(scales, k));
    STEP(0, first, 0)
    STEP(1, first, 4)
    STEP(2, second, 0)
    STEP(3, second, 4)
#undef STEP
  }
  return NAME(total16)(lanes);
}

static float NAME(q2_K)(const void *blocks, long count, const ingot_activations *activations) {
  const unsigned char *block = blocks;
  float16 lanes = 0, minimums = 0, sums;
  for (long index = 0; index < count; index++, block += 84) {
    byte16 pairs = NAME(byte16)(block);
    float16 factors = NAME(scale16)(block + 80) * __builtin_convertvector(pairs & 15, float16);
    float16 offsets = NAME(scale16)(block + 82) * __builtin_convertvector(pairs >> 4, float16);
    float16 scales = factors * NAME(doubled)(NAME(float8)(activations->scales + 8 * index));
    __builtin_memcpy(&sums, activations->sums16 + 16 * index, sizeof sums);
    minimums += offsets * sums;
    const signed char *codes = activations->codes + 256 * index;
    byte32 first = NAME(byte32)(block + 16), second = NAME(byte32)(block + 48);
#define STEP(k, bytes, shift)                                                                          \
  NAME(add)(                                                                                           \
      &lanes, NAME(products)(NAME(twoBits)(bytes, shift), 0, NAME(char64)(codes + 64 * k)),            \
      LANES_OF_QUARTERS(scales, k));
    STEP(0, first, 0)
    STEP(1, first, 4)
    STEP(2, second, 0)
    STEP(3, second, 4)
#undef STEP
  }
  return NAME(total16)(lanes) - NAME(total16)(minimums);
}

static float NAME(q3_K)(const void *blocks, long count, const ingot_activations *activations) {
  const unsigned char *block = blocks;
  float16 lanes = 0;
  for (long index = 0; index < count; index++, block += 110) {
    unsigned long long low;
    unsigned high;
    __builtin_memcpy(&low, block + 96, 8);
    __builtin_memcpy(&high, block + 104, 4);
    byte16 lows = (byte16)(ulong2){low, low >> 4} & 15;
    byte16 highs = (byte16)(uint4){high, high >> 2, high >> 4, high >> 6} & 3;
    char16 parts = (char16)(lows | highs << 4) - 32;
    float16 factors = NAME(scale16)(block + 108) * __builtin_convertvector(parts, float16);
    float16 scales = factors * NAME(doubled)(NAME(float8)(activations->scales + 8 * index));
    const signed char *codes = activations->codes + 256 * index;
    byte32 first = NAME(byte32)(block + 32), second = NAME(byte32)(block + 64), thirds = NAME(byte32)(block);
#define STEP(k, bytes, shift)                                                                                \
  {                                                                                                          \
    byte64 bits = NAME(joined)(thirds >> 2 * k & 1, thirds >> (2 * k + 1) & 1);                              \
    byte64 both = NAME(twoBits)(bytes, shift) | bits << 2;                                                   \
    NAME(add)(                                                                                               \
        &lanes, NAME(products)(both, 4, NAME(char64)(codes + 64 * k)), LANES_OF_QUARTERS(scales, k));        \
  }
    STEP(0, first, 0)
    STEP(1, first, 4)
    STEP(2, second, 0)
    STEP(3, second, 4)
#undef STEP
  }
  return NAME(total16)(lanes);
}

#if INGOT_WIDTH < 64
/// The eight scales and minimums of Q4_K and Q5_K as floats: the scales in the low lanes.
INLINE float16 NAME(pairs)(const unsigned char *bytes) {
  unsigned first, second, third;
  __builtin_memcpy(&first, bytes, 4);
  __builtin_memcpy(&second, bytes + 4, 4);
  __builtin_memcpy(&third, bytes + 8, 4);
  uint4 pairs = {
      first & 0x3F3F3F3F, (third & 0x0F0F0F0F) | (first >> 2 & 0x30303030), second & 0x3F3F3F3F,
      (third >> 4 & 0x0F0F0F0F) | (second >> 2 & 0x30303030)};
  return __builtin_convertvector((byte16)pairs, float16);
}

static float NAME(q4_K)(const void *blocks, long count, const ingot_activations *activations) {
  const unsigned char *block = blocks;
  float16 lanes = 0;
  float8 minimums = 0;
  for (long index = 0; index < count; index++, block += 144) {
    float16 pairs = NAME(pairs)(block + 4);
    float8 scales = NAME(scale8)(block) * pairs.lo * NAME(float8)(activations->scales + 8 * index);
    minimums += NAME(scale8)(block + 2) * pairs.hi * NAME(float8)(activations->sums32 + 8 * index);
    const signed char *codes = activations->codes + 256 * index;
#define STEP(k)                                                                                                \
  {                                                                                                            \
    byte32 bytes = NAME(byte32)(block + 16 + 32 * k);                                                          \
    byte64 both = NAME(joined)(bytes & 15, bytes >> 4);                                                        \
    NAME(add)(&lanes, NAME(products)(both, 0, NAME(char64)(codes + 64 * k)), LANES_OF_HALVES(scales, k));      \
  }
    STEP(0)
    STEP(1)
    STEP(2)
    STEP(3)
#undef STEP
  }
  return NAME(total16)(lanes) - NAME(total8)(minimums);
}

static float NAME(q5_K)(const void *blocks, long count, const ingot_activations *activations) {
  const unsigned char *block = blocks;
  float16 lanes = 0;
  float8 minimums = 0;
  for (long index = 0; index < count; index++, block += 176) {
    float16 pairs = NAME(pairs)(block + 4);
    float8 scales = NAME(scale8)(block) * pairs.lo * NAME(float8)(activations->scales + 8 * index);
    minimums += NAME(scale8)(block + 2) * pairs.hi * NAME(float8)(activations->sums32 + 8 * index);
    const signed char *codes = activations->codes + 256 * index;
    byte32 fifths = NAME(byte32)(block + 16);
#define STEP(k)                                                                                                \
  {                                                                                                            \
    byte32 bytes = NAME(byte32)(block + 48 + 32 * k);                                                          \
    byte64 bits = NAME(joined)(fifths >> 2 * k & 1, fifths >> (2 * k + 1) & 1);                                \
    byte64 both = NAME(joined)(bytes & 15, bytes >> 4) | bits << 4;                                            \
    NAME(add)(&lanes, NAME(products)(both, 0, NAME(char64)(codes + 64 * k)), LANES_OF_HALVES(scales, k));      \
  }
    STEP(0)
    STEP(1)
    STEP(2)
    STEP(3)
#undef STEP
  }
  return NAME(total16)(lanes) - NAME(total8)(minimums);
}
#endif

static float NAME(q6_K)(const void *blocks, long count, const ingot_activations *activations) {
  const unsigned char *block = blocks;
  float16 lanes = 0;
  for (long index = 0; index < count; index++, block += 210) {
    float16 parts = __builtin_convertvector((char16)NAME(byte16)(block + 192), float16);
    float16 scales =
        NAME(scale16)(block + 208) * parts * NAME(doubled)(NAME(float8)(activations->scales + 8 * index));
    const signed char *codes = activations->codes + 256 * index;
#define STEP(k)                                                                                                     \
  {                                                                                                                 \
    byte64 lows = NAME(byte64)(block + 64 * (k / 2)) >> 4 * (k % 2) & 15;                                           \
    byte64 both = lows | NAME(twoBits)(NAME(byte32)(block + 128 + 32 * (k / 2)), 4 * (k % 2)) << 4;                 \
    NAME(add)(&lanes, NAME(products)(both, 32, NAME(char64)(codes + 64 * k)), LANES_OF_QUARTERS(scales, k));        \
  }
    STEP(0)
    STEP(1)
    STEP(2)
    STEP(3)
#undef STEP
  }
  return NAME(total16)(lanes);
}

static float NAME(iq4_xs)(const void *blocks, long count, const ingot_activations *activations) {
  const unsigned char *block = blocks;
  float16 lanes = 0;
  for (long index = 0; index < count; index++, block += 136) {
    unsigned short high;
    unsigned low;
    __builtin_memcpy(&high, block + 2, 2);
    __builtin_memcpy(&low, block + 4, 4);
    int8 lows = {0, 4, 8, 12, 16, 20, 24, 28}, highs = {0, 2, 4, 6, 8, 10, 12, 14};
    int8 numbers = (((int8)(int)low >> lows) & 15) | (((int8)(int)high >> highs) & 3) << 4;
    float8 factors = NAME(scale8)(block) * __builtin_convertvector(numbers - 32, float8);
    float8 scales = factors * NAME(float8)(activations->scales + 8 * index);
    const signed char *codes = activations->codes + 256 * index;
#define STEP(k)                                                                                                       \
  {                                                                                                                   \
    const unsigned char *bytes = block + 8 + 32 * k;                                                                  \
    char64 both = NAME(entries)(unevenLevels, NAME(nibbles)(NAME(byte16)(bytes), NAME(byte16)(bytes + 16)));          \
    NAME(add)(&lanes, NAME(signedProducts)(both, NAME(char64)(codes + 64 * k)), LANES_OF_HALVES(scales, k));          \
  }
    STEP(0)
    STEP(1)
    STEP(2)
    STEP(3)
#undef STEP
  }
  return NAME(total16)(lanes);
}
#undef LANES_OF_HALVES
#undef LANES_OF_QUARTERS
