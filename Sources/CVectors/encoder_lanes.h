// What a set's encoders share: the extent of a block, scales, and codes to bytes; once for each set.

INLINE unsigned NAME(bits)(float number) { return __builtin_bit_cast(unsigned, number); }
INLINE float NAME(single)(unsigned bits) { return __builtin_bit_cast(float, bits); }

INLINE unsigned NAME(magnitude)(float number) { return NAME(bits)(number) & 0x7FFFFFFF; }
/// From here on magnitudes, as integers, are those of infinity and NaN.
#define INFINITE 0x7F800000

INLINE float16 NAME(floats)(const float *values) {
  float16 lanes;
  __builtin_memcpy(&lanes, values, sizeof lanes);
  return lanes;
}

/// The magnitudes, as integers that order as they do, infinity and NaN above all numbers.
INLINE int16 NAME(magnitudes)(float16 lanes) { return __builtin_bit_cast(int16, lanes) & 0x7FFFFFFF; }
INLINE uint16 NAME(turned)(float16 lanes) {
  uint16 bits = __builtin_bit_cast(uint16, lanes);
  return bits << 1 | bits >> 31;
}

/// Integers that order as floats do: the magnitude bits of negative numbers are flipped. Its own inverse.
INLINE int16 NAME(keys)(int16 bits) { return bits ^ (bits >> 31 & 0x7FFFFFFF); }
INLINE float NAME(number)(int key) { return __builtin_bit_cast(float, key ^ (key >> 31 & 0x7FFFFFFF)); }

/// The largest magnitude of so many values as an integer, a multiple of 16.
INLINE unsigned NAME(largest)(const float *values, int count) {
  int16 largest = 0;
  for (int index = 0; index < count; index += 16)
    largest = __builtin_elementwise_max(largest, NAME(magnitudes)(NAME(floats)(values + index)));
  return (unsigned)__builtin_reduce_max(largest);
}

/// The first of 32 values with the largest magnitude; of zeros +0.
INLINE float NAME(extreme)(const float *values) {
  // With the sign behind the magnitude, integers order as the magnitudes do, and of two equal ones the negative is larger.
  uint16 first = NAME(turned)(NAME(floats)(values)), second = NAME(turned)(NAME(floats)(values + 16));
  unsigned largest = __builtin_reduce_max(__builtin_elementwise_max(first, second));
  if (__builtin_reduce_or((first == (largest ^ 1)) | (second == (largest ^ 1))) || largest < 2) {
    // Both signs, or zeros.
    while (NAME(magnitude)(*values) != largest >> 1) values++;
    return largest < 2 ? 0 : *values;
  }
  return NAME(single)(largest >> 1 | largest << 31);
}

/// The smallest of 32 values, and the largest; 0 if one is not finite. A smallest that is zero has the sign of the first zero.
INLINE int NAME(range)(const float *values, float *lowest, float *highest) {
  int16 first = NAME(keys)(__builtin_bit_cast(int16, NAME(floats)(values)));
  int16 second = NAME(keys)(__builtin_bit_cast(int16, NAME(floats)(values + 16)));
  *lowest = NAME(number)(__builtin_reduce_min(__builtin_elementwise_min(first, second)));
  *highest = NAME(number)(__builtin_reduce_max(__builtin_elementwise_max(first, second)));
  if (*lowest == 0) {
    while (*values != 0) values++;
    *lowest = *values;
  }
  return NAME(magnitude)(*lowest) < INFINITE && NAME(magnitude)(*highest) < INFINITE;
}

/// Stores a number as the nearest half, or gives 0 if that would be infinite; the formula of `HalfPrecision.swift`.
INLINE int NAME(putHalf)(unsigned char *bytes, float number) {
  unsigned magnitude = NAME(magnitude)(number);
#if INGOT_HALVES
  unsigned short half = (unsigned short)_mm_cvtsi128_si32(_mm_cvtps_ph(_mm_set1_ps(number), _MM_FROUND_TO_NEAREST_INT));
#else
  unsigned normal = (magnitude - (112u << 23) + 0x0FFF + (magnitude >> 13 & 1)) >> 13;
  unsigned subnormal = NAME(bits)(NAME(single)(magnitude) + 0.5f) - 0x3F000000;
  unsigned nearest = magnitude < 113u << 23 ? subnormal : normal;
  unsigned short half = (unsigned short)((NAME(bits)(number) >> 16 & 0x8000) | nearest);
#endif
  __builtin_memcpy(bytes, &half, 2);
  return magnitude < 0x477FF000;
}

/// The factor that takes values to codes: the reciprocal of the scale, or 0 if that is infinite.
INLINE float NAME(factor)(float scale) {
  float factor = 1 / scale;
  return NAME(magnitude)(factor) < INFINITE ? factor : 0;
}

INLINE int16 NAME(integers)(float16 lanes) { return __builtin_convertvector(lanes, int16); }

/// The integers not above numbers that are not negative, at most `highest`.
INLINE int16 NAME(down)(float16 lanes, float highest) {
  return NAME(integers)(lanes < highest ? lanes : (float16)highest);
}

/// The nearest integers, ties away from zero: what is a little less than a half takes no other number that far.
INLINE int16 NAME(nearest)(float16 lanes) {
  int16 halves = (__builtin_bit_cast(int16, lanes) & (int)0x80000000u) | (int)NAME(bits)(0x1.fffffep-2f);
  return NAME(integers)(lanes + __builtin_bit_cast(float16, halves));
}

/// 0, 1 or 2: one more than the nearest integer to numbers between -1.5 and 1.5, ties away from zero.
INLINE int16 NAME(ternary)(float16 lanes) { return (lanes <= -0.5f) - (lanes >= 0.5f) + 1; }

INLINE void NAME(put)(unsigned char *bytes, int16 codes) {
  byte16 narrow = __builtin_convertvector(codes, byte16);
  __builtin_memcpy(bytes, &narrow, sizeof narrow);
}

/// Stores bit 4 of 16 codes.
INLINE void NAME(putFifths)(unsigned char *bytes, int16 codes) {
  bool16 fifths = __builtin_convertvector((codes & 16) != 0, bool16);
  __builtin_memcpy(bytes, &fifths, 2);
}
