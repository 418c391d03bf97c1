// The decoders of super-blocks of a set: Q2_K to Q6_K and IQ4_XS.

static void NAME(q2_K)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 84, values += 256) {
    int16 pairs = NAME(wide)(NAME(bytes16)(block));
    float16 factors = NAME(half)(block + 80) * NAME(floats)(pairs & 15);
    float16 offsets = NAME(half)(block + 82) * NAME(floats)(pairs >> 4);
    for (int column = 0; column < 4; column++) {
      int16 codes = NAME(wide)(NAME(bytes16)(block + 16 + 16 * column));
      int first = 8 * (column >> 1) + (column & 1);
      for (int place = 0; place < 4; place++) {
        int part = first + 2 * place;
        float16 lanes = factors[part] * NAME(floats)(codes >> 2 * place & 3) - offsets[part];
        NAME(put16)(values + 16 * part, lanes);
      }
    }
  }
}

/// The sixteen scales of Q3_K, of 6 bits each.
INLINE int16 NAME(sixBitScales)(const unsigned char *bytes) {
  unsigned long long low;
  unsigned high;
  __builtin_memcpy(&low, bytes, 8);
  __builtin_memcpy(&high, bytes + 8, 4);
  byte16 lows = __builtin_bit_cast(byte16, (ulong2){low, low >> 4}) & 15;
  byte16 highs = __builtin_bit_cast(byte16, (uint4){high, high >> 2, high >> 4, high >> 6}) & 3;
  return NAME(wide)(lows | highs << 4) - 32;
}

static void NAME(q3_K)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 110, values += 256) {
    float16 factors = NAME(half)(block + 108) * NAME(floats)(NAME(sixBitScales)(block + 96));
    for (int column = 0; column < 2; column++) {
      int16 highs = NAME(wide)(NAME(bytes16)(block + 16 * column));
      for (int row = 0; row < 2; row++) {
        int16 lows = NAME(wide)(NAME(bytes16)(block + 32 + 32 * row + 16 * column));
        for (int place = 0; place < 4; place++) {
          int part = 8 * row + 2 * place + column;
          int16 codes = (lows >> 2 * place & 3) | (highs >> (4 * row + place) & 1) << 2;
          NAME(put16)(values + 16 * part, factors[part] * NAME(floats)(codes - 4));
        }
      }
    }
  }
}

/// The eight scales and minimums of Q4_K and Q5_K, of 6 bits each: the scales in the low lanes.
INLINE int16 NAME(sixBitPairs)(const unsigned char *bytes) {
  unsigned first, second, third;
  __builtin_memcpy(&first, bytes, 4);
  __builtin_memcpy(&second, bytes + 4, 4);
  __builtin_memcpy(&third, bytes + 8, 4);
  uint4 pairs = {
      first & 0x3F3F3F3F, (third & 0x0F0F0F0F) | (first >> 2 & 0x30303030), second & 0x3F3F3F3F,
      (third >> 4 & 0x0F0F0F0F) | (second >> 2 & 0x30303030)};
  return NAME(wide)(__builtin_bit_cast(byte16, pairs));
}

/// A float for each part: d times the scales, n times the minimums.
INLINE float16 NAME(scaledPairs)(const unsigned char *block) {
  float scale = NAME(half)(block), minimum = NAME(half)(block + 2);
  float8 scales = scale, minimums = minimum;
  float16 both = __builtin_shufflevector(scales, minimums, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  return both * NAME(floats)(NAME(sixBitPairs)(block + 4));
}

static void NAME(q4_K)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 144, values += 256) {
    float16 pairs = NAME(scaledPairs)(block);
    for (int column = 0; column < 8; column++) {
      int16 codes = NAME(wide)(NAME(bytes16)(block + 16 + 16 * column));
      int part = column & ~1;
      float *start = values + 64 * (column >> 1) + 16 * (column & 1);
      NAME(put16)(start, pairs[part] * NAME(floats)(codes & 15) - pairs[part + 8]);
      NAME(put16)(start + 32, pairs[part + 1] * NAME(floats)(codes >> 4) - pairs[part + 9]);
    }
  }
}

static void NAME(q5_K)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 176, values += 256) {
    float16 pairs = NAME(scaledPairs)(block);
    int16 highs[2] = {NAME(wide)(NAME(bytes16)(block + 16)), NAME(wide)(NAME(bytes16)(block + 32))};
    for (int column = 0; column < 8; column++) {
      int16 lows = NAME(wide)(NAME(bytes16)(block + 48 + 16 * column)), high = highs[column & 1];
      int part = column & ~1;
      float *start = values + 64 * (column >> 1) + 16 * (column & 1);
      int16 first = (lows & 15) | (high >> part & 1) << 4, second = lows >> 4 | (high >> (part + 1) & 1) << 4;
      NAME(put16)(start, pairs[part] * NAME(floats)(first) - pairs[part + 8]);
      NAME(put16)(start + 32, pairs[part + 1] * NAME(floats)(second) - pairs[part + 9]);
    }
  }
}

static void NAME(q6_K)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 210, values += 256) {
    float16 scales = __builtin_convertvector((char16)NAME(bytes16)(block + 192), float16);
    float16 factors = NAME(half)(block + 208) * scales;
    for (int column = 0; column < 4; column++) {
      int row = column >> 1, side = column & 1;
      int16 first = NAME(wide)(NAME(bytes16)(block + 64 * row + 16 * side));
      int16 second = NAME(wide)(NAME(bytes16)(block + 64 * row + 32 + 16 * side));
      int16 highs = NAME(wide)(NAME(bytes16)(block + 128 + 32 * row + 16 * side));
      int part = 8 * row + side;
      float *start = values + 16 * part;
      int16 codes[4] = {
          (first & 15) | (highs & 3) << 4, (second & 15) | (highs << 2 & 0x30), first >> 4 | (highs & 0x30),
          second >> 4 | (highs >> 2 & 0x30)};
      for (int place = 0; place < 4; place++)
        NAME(put16)(start + 32 * place, factors[part + 2 * place] * NAME(floats)(codes[place] - 32));
    }
  }
}

static void NAME(iq4_xs)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 136, values += 256) {
    float scale = NAME(half)(block);
    unsigned short high;
    unsigned low;
    __builtin_memcpy(&high, block + 2, 2);
    __builtin_memcpy(&low, block + 4, 4);
    for (int part = 0; part < 8; part++) {
      int number = (int)((low >> 4 * part & 15) | (unsigned)(high >> 2 * part & 3) << 4);
      float factor = scale * (float)(number - 32);
      NAME(levels32)(block + 8 + 16 * part, factor * unevenLevels, values + 32 * part);
    }
  }
}
