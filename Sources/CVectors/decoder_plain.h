// The decoders of single values and of small blocks, of a set.

static void NAME(f16)(const void *blocks, long count, float *values) {
  const unsigned char *bytes = blocks;
  long index = 0;
  for (; index + 16 <= count; index += 16) {
#if INGOT_PERMUTED == 16
    _mm512_storeu_ps(values + index, _mm512_cvtph_ps(_mm256_loadu_si256((const void *)(bytes + 2 * index))));
#elif INGOT_PERMUTED == 8
    _mm256_storeu_ps(values + index, _mm256_cvtph_ps(_mm_loadu_si128((const void *)(bytes + 2 * index))));
    _mm256_storeu_ps(values + index + 8, _mm256_cvtph_ps(_mm_loadu_si128((const void *)(bytes + 2 * index + 16))));
#else
    ushort16 halves;
    __builtin_memcpy(&halves, bytes + 2 * index, sizeof halves);
    int16 bits = __builtin_convertvector(halves, int16);
    int16 sign = (bits & 0x8000) << 16, magnitude = (bits & 0x7FFF) << 13;
    float16 shifted = __builtin_bit_cast(float16, magnitude | 113 << 23) - NAME(single)(113u << 23);
    int16 number = magnitude + (112 << 23);
    number = magnitude < 0x00800000 ? __builtin_bit_cast(int16, shifted) : number;
    number = magnitude >= 0x0F800000 ? magnitude | 0x7F800000 : number;
    number |= magnitude > 0x0F800000 ? (int16)0x00400000 : (int16)0;
    NAME(put16)(values + index, __builtin_bit_cast(float16, sign | number));
#endif
  }
  for (; index < count; index++) values[index] = NAME(half)(bytes + 2 * index);
}

static void NAME(q8_0)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 34, values += 32) {
    float scale = NAME(half)(block);
    NAME(put16)(values, __builtin_convertvector((char16)NAME(bytes16)(block + 2), float16) * scale);
    NAME(put16)(values + 16, __builtin_convertvector((char16)NAME(bytes16)(block + 18), float16) * scale);
  }
}

static void NAME(q4_0)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 18, values += 32) {
    float scale = NAME(half)(block);
    int16 codes = NAME(wide)(NAME(bytes16)(block + 2));
    NAME(put16)(values, NAME(floats)((codes & 15) - 8) * scale);
    NAME(put16)(values + 16, NAME(floats)((codes >> 4) - 8) * scale);
  }
}

static void NAME(q4_1)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 20, values += 32) {
    float scale = NAME(half)(block), minimum = NAME(half)(block + 2);
    int16 codes = NAME(wide)(NAME(bytes16)(block + 4));
    NAME(put16)(values, NAME(floats)(codes & 15) * scale + minimum);
    NAME(put16)(values + 16, NAME(floats)(codes >> 4) * scale + minimum);
  }
}

/// The bit of each of 16 codes that lies in a word, the first in its lowest bit, as bit 4.
INLINE int16 NAME(fifths)(unsigned bits) {
  int16 places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return (((int16)(int)bits >> places) & 1) << 4;
}

static void NAME(q5_0)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 22, values += 32) {
    float scale = NAME(half)(block);
    unsigned fifths;
    __builtin_memcpy(&fifths, block + 2, 4);
    int16 codes = NAME(wide)(NAME(bytes16)(block + 6));
    NAME(put16)(values, NAME(floats)(((codes & 15) | NAME(fifths)(fifths)) - 16) * scale);
    NAME(put16)(values + 16, NAME(floats)((codes >> 4 | NAME(fifths)(fifths >> 16)) - 16) * scale);
  }
}

static void NAME(q5_1)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 24, values += 32) {
    float scale = NAME(half)(block), minimum = NAME(half)(block + 2);
    unsigned fifths;
    __builtin_memcpy(&fifths, block + 4, 4);
    int16 codes = NAME(wide)(NAME(bytes16)(block + 8));
    NAME(put16)(values, NAME(floats)((codes & 15) | NAME(fifths)(fifths)) * scale + minimum);
    NAME(put16)(values + 16, NAME(floats)(codes >> 4 | NAME(fifths)(fifths >> 16)) * scale + minimum);
  }
}

static void NAME(q2_0)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  int16 places = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30};
  for (long index = 0; index < count; index++, block += 18, values += 64) {
    float scale = NAME(half)(block);
    for (int word = 0; word < 4; word++) {
      unsigned bits;
      __builtin_memcpy(&bits, block + 2 + 4 * word, 4);
      NAME(put16)(values + 16 * word, NAME(floats)((((int16)(int)bits >> places) & 3) - 1) * scale);
    }
  }
}

static void NAME(q1_0)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 18, values += 128) {
    float8 scale = NAME(half)(block);
    for (int octet = 0; octet < 16; octet++)
      NAME(put8)(values + 8 * octet, NAME(signed8)(scale, (unsigned char)~block[2 + octet]));
  }
}

static void NAME(tq2_0)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 66, values += 256) {
    float scale = NAME(half)(block + 64);
    for (int part = 0; part < 4; part++) {
      int16 codes = NAME(wide)(NAME(bytes16)(block + 16 * part));
      float *start = values + 128 * (part >> 1) + 16 * (part & 1);
      for (int place = 0; place < 4; place++)
        NAME(put16)(start + 32 * place, NAME(floats)((codes >> 2 * place & 3) - 1) * scale);
    }
  }
}

/// The next ternary digit of 16 fractions.
INLINE float16 NAME(digits)(byte16 fractions, float scale) {
  return NAME(floats)((NAME(wide)(fractions) * 3 >> 8) - 1) * scale;
}

static void NAME(tq1_0)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 54, values += 256) {
    float scale = NAME(half)(block + 52);
    byte16 first = NAME(bytes16)(block), second = NAME(bytes16)(block + 16), third = NAME(bytes16)(block + 32);
    for (int digit = 0; digit < 5; digit++) {
      NAME(put16)(values + 32 * digit, NAME(digits)(first, scale));
      NAME(put16)(values + 32 * digit + 16, NAME(digits)(second, scale));
      NAME(put16)(values + 160 + 16 * digit, NAME(digits)(third, scale));
      first *= 3, second *= 3, third *= 3;
    }
    unsigned last;
    __builtin_memcpy(&last, block + 48, 4);
    byte16 fractions = __builtin_bit_cast(byte16, (uint4)last);
    byte16 powers = {1, 1, 1, 1, 3, 3, 3, 3, 9, 9, 9, 9, 27, 27, 27, 27};
    NAME(put16)(values + 240, NAME(digits)(fractions * powers, scale));
  }
}

/// A block of 32 codes of 4 bits for sixteen levels.
INLINE void NAME(levels32)(const unsigned char *bytes, float16 levels, float *values) {
  int16 codes = NAME(wide)(NAME(bytes16)(bytes));
  NAME(put16)(values, NAME(leveled)(levels, codes));
  NAME(put16)(values + 16, NAME(leveled)(levels, codes >> 4));
}

static void NAME(iq4_nl)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 18, values += 32)
    NAME(levels32)(block + 2, unevenLevels * NAME(half)(block), values);
}

static void NAME(mxfp4)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 17, values += 32) {
    unsigned exponent = block[0];
    float scale = NAME(single)(exponent < 2 ? 0x00200000u << exponent : (exponent - 1) << 23);
    NAME(levels32)(block + 1, floatLevels * scale, values);
  }
}

static void NAME(nvfp4)(const void *blocks, long count, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 36, values += 64) {
    for (int part = 0; part < 4; part++) {
      unsigned byte = block[part];
      float scale = byte == 0x7F ? 0 : NAME(single)((byte & 0x7F) << 20) * 0x1p119f;
      unsigned long long codes;
      __builtin_memcpy(&codes, block + 4 + 8 * part, 8);
      byte16 both = __builtin_bit_cast(byte16, (ulong2){codes, codes >> 4});
      NAME(put16)(values + 16 * part, NAME(leveled)(floatLevels * scale, NAME(wide)(both & 15)));
    }
  }
}

// To the formats of 16 bits; the formulas of `HalfPrecision.swift` and `BFloat16.swift`.

INLINE int16 NAME(halfBits)(float16 values) {
  int16 bits = __builtin_bit_cast(int16, values), magnitude = bits & 0x7FFFFFFF;
  int16 normal = (magnitude - (112 << 23) + 0x0FFF + (magnitude >> 13 & 1)) >> 13;
  float16 shifted = __builtin_bit_cast(float16, magnitude) + 0.5f;
  int16 number = magnitude < 113 << 23 ? __builtin_bit_cast(int16, shifted) - 0x3F000000 : normal;
  number = magnitude >= 0x477FF000 ? (int16)0x7C00 : number;
  number = magnitude > 0x7F800000 ? (int16)0x7E00 : number;
  return (bits >> 16 & 0x8000) | number;
}

INLINE int16 NAME(bfloatBits)(float16 values) {
  int16 bits = __builtin_bit_cast(int16, values);
  uint16 nearest = (__builtin_bit_cast(uint16, bits) + 0x7FFF + (__builtin_bit_cast(uint16, bits) >> 16 & 1)) >> 16;
  int16 quiet = bits >> 16 | 0x0040;
  return (bits & 0x7FFFFFFF) > 0x7F800000 ? quiet : __builtin_bit_cast(int16, nearest);
}

#define NARROWER(name, function)                                                          \
  static void NAME(name)(const float *values, long count, unsigned short *bits) {         \
    for (long index = 0; index < count; index += 16) {                                    \
      long rest = count - index < 16 ? count - index : 16;                                \
      float16 lanes = 0;                                                                  \
      if (rest == 16)                                                                     \
        __builtin_memcpy(&lanes, values + index, sizeof lanes);                           \
      else                                                                                \
        __builtin_memcpy(&lanes, values + index, 4 * (unsigned long)rest);                \
      ushort16 narrow = __builtin_convertvector(NAME(function)(lanes), ushort16);         \
      __builtin_memcpy(bits + index, &narrow, 2 * (unsigned long)rest);                   \
    }                                                                                     \
  }
NARROWER(halves, halfBits)
NARROWER(bfloats, bfloatBits)
#undef NARROWER
