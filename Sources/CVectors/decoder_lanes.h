// What a set's decoders share: reading numbers, codes to floats, levels by their codes; once for each set.

INLINE float NAME(single)(unsigned bits) { return __builtin_bit_cast(float, bits); }

/// A half as a float; the formula of `HalfPrecision.swift`.
INLINE float NAME(half)(const unsigned char *bytes) {
  unsigned short bits;
  __builtin_memcpy(&bits, bytes, 2);
#if INGOT_PERMUTED
  return _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(bits)));
#else
  unsigned sign = (bits & 0x8000u) << 16, magnitude = (bits & 0x7FFFu) << 13;
  unsigned number = magnitude + (112u << 23);
  if (magnitude < 0x00800000u)
    number = __builtin_bit_cast(
        unsigned, NAME(single)(magnitude | 113u << 23) - NAME(single)(113u << 23));
  if (magnitude >= 0x0F800000u) number = magnitude | 0x7F800000u;
  if (magnitude > 0x0F800000u) number |= 0x00400000u;
  return NAME(single)(sign | number);
#endif
}

INLINE byte16 NAME(bytes16)(const unsigned char *bytes) {
  byte16 lanes;
  __builtin_memcpy(&lanes, bytes, 16);
  return lanes;
}
INLINE void NAME(put16)(float *values, float16 lanes) { __builtin_memcpy(values, &lanes, sizeof lanes); }
INLINE void NAME(put8)(float *values, float8 lanes) { __builtin_memcpy(values, &lanes, sizeof lanes); }

/// The codes as integers, which take any shift, and as floats.
INLINE int16 NAME(wide)(byte16 codes) { return __builtin_convertvector(codes, int16); }
INLINE float16 NAME(floats)(int16 codes) { return __builtin_convertvector(codes, float16); }

/// Sixteen levels, chosen by the low four bits of the codes.
INLINE float16 NAME(leveled)(float16 levels, int16 codes) {
#if INGOT_PERMUTED == 16
  return (float16)_mm512_permutexvar_ps((__m512i)codes, (__m512)levels);
#elif INGOT_PERMUTED == 8
  float16 chosen;
  __m256 low = (__m256)levels.lo, high = (__m256)levels.hi;
  __m256i first = (__m256i)codes.lo, second = (__m256i)codes.hi;
  chosen.lo = (float8)_mm256_blendv_ps(
      _mm256_permutevar8x32_ps(low, first), _mm256_permutevar8x32_ps(high, first),
      _mm256_castsi256_ps(_mm256_slli_epi32(first, 28)));
  chosen.hi = (float8)_mm256_blendv_ps(
      _mm256_permutevar8x32_ps(low, second), _mm256_permutevar8x32_ps(high, second),
      _mm256_castsi256_ps(_mm256_slli_epi32(second, 28)));
  return chosen;
#else
  float table[16];
  __builtin_memcpy(table, &levels, sizeof table);
  float16 chosen;
  for (int lane = 0; lane < 16; lane++) chosen[lane] = table[codes[lane] & 15];
  return chosen;
#endif
}

/// Two bits of an octet's signs to the sign bits of its values: bit j of the byte for value j.
INLINE float8 NAME(signed8)(float8 magnitudes, unsigned signs) {
  int8 places = {31, 30, 29, 28, 27, 26, 25, 24};
  int8 bits = ((int8)(int)signs << places) & (int)0x80000000u;
  return __builtin_bit_cast(float8, __builtin_bit_cast(int8, magnitudes) ^ bits);
}
