// The decoders of encodings with codebooks, of a set. A product of finite factors is exact, whatever the order.

/// Eight values from a point of eight magnitudes.
INLINE void NAME(octet)(const float *points, unsigned index, float scale, unsigned signs, float *values) {
  float8 point;
  __builtin_memcpy(&point, points + 8 * index, sizeof point);
  NAME(put8)(values, NAME(signed8)(point * scale, signs));
}

/// Eight values from two points of four magnitudes.
INLINE void NAME(quartets)(
    const float *points, unsigned first, unsigned second, float scale, unsigned signs, float *values) {
  float4 low, high;
  __builtin_memcpy(&low, points + 4 * first, sizeof low);
  __builtin_memcpy(&high, points + 4 * second, sizeof high);
  float8 both = __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
  NAME(put8)(values, NAME(signed8)(both * scale, signs));
}

/// Eight values from a point of eight levels and a shift.
INLINE void NAME(shifted)(const float *points, unsigned index, float scale, bool isDown, float *values) {
  float8 point;
  __builtin_memcpy(&point, points + 8 * index, sizeof point);
  NAME(put8)(values, (point + (isDown ? -0.125f : 0.125f)) * scale);
}

/// The eight signs of seven stored ones: the number of negative values is even.
INLINE unsigned NAME(evenSigns)(unsigned stored) {
  unsigned folded = stored & 127;
  unsigned parity = folded ^ folded >> 4;
  // A bit for each number of four bits that has an odd number of ones.
  return folded | (0x6996u >> (parity & 15) & 1) << 7;
}

INLINE unsigned NAME(word16)(const unsigned char *bytes) {
  unsigned short word;
  __builtin_memcpy(&word, bytes, 2);
  return word;
}
INLINE unsigned NAME(word32)(const unsigned char *bytes) {
  unsigned word;
  __builtin_memcpy(&word, bytes, 4);
  return word;
}

/// The scale of a part whose multiplier is m.
INLINE float NAME(partScale)(float scale, float unit, unsigned m) { return scale * unit * (float)(int)(2 * m + 1); }

static void NAME(iq2_xxs)(const void *blocks, long count, const float *points, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 66, values += 256) {
    float scale = NAME(half)(block);
    for (int part = 0; part < 8; part++) {
      const unsigned char *bytes = block + 2 + 8 * part;
      unsigned word = NAME(word32)(bytes + 4);
      float factor = NAME(partScale)(scale, 0.125f, word >> 28);
      for (int octet = 0; octet < 4; octet++)
        NAME(octet)(
            points, bytes[octet], factor, NAME(evenSigns)(word >> 7 * octet), values + 32 * part + 8 * octet);
    }
  }
}

static void NAME(iq2_xs)(const void *blocks, long count, const float *points, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 74, values += 256) {
    float scale = NAME(half)(block);
    for (int part = 0; part < 16; part++) {
      float factor = NAME(partScale)(scale, 0.125f, block[66 + (part >> 1)] >> 4 * (part & 1) & 15);
      for (int octet = 2 * part; octet < 2 * part + 2; octet++) {
        unsigned word = NAME(word16)(block + 2 + 2 * octet);
        NAME(octet)(points, word & 511, factor, NAME(evenSigns)(word >> 9), values + 8 * octet);
      }
    }
  }
}

static void NAME(iq2_s)(const void *blocks, long count, const float *points, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 82, values += 256) {
    float scale = NAME(half)(block);
    for (int part = 0; part < 16; part++) {
      float factor = NAME(partScale)(scale, 0.125f, block[74 + (part >> 1)] >> 4 * (part & 1) & 15);
      for (int octet = 2 * part; octet < 2 * part + 2; octet++) {
        unsigned high = (unsigned)block[66 + (octet >> 2)] >> 2 * (octet & 3) & 3;
        NAME(octet)(points, block[2 + octet] | high << 8, factor, block[34 + octet], values + 8 * octet);
      }
    }
  }
}

static void NAME(iq3_xxs)(const void *blocks, long count, const float *points, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 98, values += 256) {
    float scale = NAME(half)(block);
    for (int part = 0; part < 8; part++) {
      unsigned word = NAME(word32)(block + 66 + 4 * part);
      float factor = NAME(partScale)(scale, 0.25f, word >> 28);
      for (int octet = 0; octet < 4; octet++) {
        const unsigned char *pair = block + 2 + 8 * part + 2 * octet;
        NAME(quartets)(
            points, pair[0], pair[1], factor, NAME(evenSigns)(word >> 7 * octet), values + 32 * part + 8 * octet);
      }
    }
  }
}

static void NAME(iq3_s)(const void *blocks, long count, const float *points, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 110, values += 256) {
    float scale = NAME(half)(block);
    for (int part = 0; part < 8; part++) {
      float factor = NAME(partScale)(scale, 1, block[106 + (part >> 1)] >> 4 * (part & 1) & 15);
      unsigned high = (unsigned)block[66 + part] << 8;
      for (int octet = 0; octet < 4; octet++) {
        const unsigned char *pair = block + 2 + 8 * part + 2 * octet;
        unsigned first = pair[0] | (high >> 2 * octet & 256), second = pair[1] | (high >> (2 * octet + 1) & 256);
        NAME(quartets)(
            points, first, second, factor, block[74 + 4 * part + octet], values + 32 * part + 8 * octet);
      }
    }
  }
}

static void NAME(iq1_s)(const void *blocks, long count, const float *points, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 50, values += 256) {
    float scale = NAME(half)(block);
    for (int part = 0; part < 8; part++) {
      unsigned word = NAME(word16)(block + 34 + 2 * part);
      float factor = NAME(partScale)(scale, 1, word >> 12 & 7);
      for (int octet = 0; octet < 4; octet++) {
        unsigned point = block[2 + 4 * part + octet] | (word >> 3 * octet & 7) << 8;
        NAME(shifted)(points, point, factor, word >> 15, values + 32 * part + 8 * octet);
      }
    }
  }
}

static void NAME(iq1_m)(const void *blocks, long count, const float *points, float *values) {
  const unsigned char *block = blocks;
  for (long index = 0; index < count; index++, block += 56, values += 256) {
    unsigned bits = 0;
    for (int quarter = 0; quarter < 4; quarter++)
      bits |= NAME(word16)(block + 48 + 2 * quarter) >> 12 << 4 * quarter;
    unsigned char spread[2] = {(unsigned char)bits, (unsigned char)(bits >> 8)};
    float scale = NAME(half)(spread);
    for (int part = 0; part < 16; part++) {
      unsigned word = NAME(word16)(block + 48 + 2 * (part >> 2));
      float factor = NAME(partScale)(scale, 1, word >> 3 * (part & 3) & 7);
      for (int octet = 2 * part; octet < 2 * part + 2; octet++) {
        unsigned nibble = (unsigned)block[32 + part] >> 4 * (octet & 1);
        NAME(shifted)(points, block[octet] | (nibble & 7) << 8, factor, nibble & 8, values + 8 * octet);
      }
    }
  }
}
