// What a set's dot products share: the products of 64 codes in sixteen lanes of four, and sums over lanes; once for each set.

INLINE float NAME(float)(unsigned bits) { return __builtin_bit_cast(float, bits); }

/// Two numbers, each in eight lanes.
INLINE float16 NAME(joinedFloats)(float8 low, float8 high) {
  float16 both;
  both.lo = low;
  both.hi = high;
  return both;
}

/// A half as a float in eight lanes; the formula of `HalfPrecision.swift`.
INLINE float8 NAME(scale8)(const unsigned char *bytes) {
  unsigned short bits;
  __builtin_memcpy(&bits, bytes, 2);
#if INGOT_WIDTH
  // In all lanes from memory: put into the first alone, it would wait for what the register held.
  return (float8)_mm256_cvtph_ps(_mm_set1_epi16((short)bits));
#else
  unsigned sign = (bits & 0x8000u) << 16, magnitude = (bits & 0x7FFFu) << 13;
  unsigned number = magnitude + (112u << 23);
  if (magnitude < 0x00800000u)
    number = __builtin_bit_cast(
        unsigned, NAME(float)(magnitude | 113u << 23) - NAME(float)(113u << 23));
  if (magnitude >= 0x0F800000u) number = magnitude | 0x7F800000u;
  if (magnitude > 0x0F800000u) number |= 0x00400000u;
  return (float8)NAME(float)(sign | number);
#endif
}
INLINE float16 NAME(scale16)(const unsigned char *bytes) {
  float8 lanes = NAME(scale8)(bytes);
  return NAME(joinedFloats)(lanes, lanes);
}

#define READER(type)                                        \
  INLINE type NAME(type)(const void *bytes) {               \
    type lanes;                                             \
    __builtin_memcpy(&lanes, bytes, sizeof lanes);          \
    return lanes;                                           \
  }
READER(byte16)
READER(byte32)
READER(byte64)
READER(char64)
READER(float8)
#undef READER

INLINE byte64 NAME(joined)(byte32 low, byte32 high) {
  byte64 both;
  both.lo = low;
  both.hi = high;
  return both;
}

#if INGOT_WIDTH == 64
/// Lane l: the sum of the four products of codes less `offset` and activations from 4l on.
INLINE int16 NAME(products)(byte64 codes, char offset, char64 activations) {
  __m512i numbers = (__m512i)activations, zero = _mm512_setzero_si512();
  __m512i sums = _mm512_dpbusd_epi32(zero, (__m512i)codes, numbers);
  if (offset) sums = _mm512_sub_epi32(sums, _mm512_dpbusd_epi32(zero, _mm512_set1_epi8(offset), numbers));
  return (int16)sums;
}
/// The same of signed codes.
INLINE int16 NAME(signedProducts)(char64 codes, char64 activations) {
  __m512i numbers = (__m512i)activations;
  __mmask64 negative = _mm512_movepi8_mask((__m512i)codes);
  numbers = _mm512_mask_sub_epi8(numbers, negative, _mm512_setzero_si512(), numbers);
  return (int16)_mm512_dpbusd_epi32(_mm512_setzero_si512(), _mm512_abs_epi8((__m512i)codes), numbers);
}
#elif INGOT_WIDTH == 32
INLINE __m256i NAME(half)(byte32 codes, char offset, char32 activations) {
  __m256i pairs = _mm256_maddubs_epi16((__m256i)codes, (__m256i)activations);
  if (offset) pairs = _mm256_sub_epi16(pairs, _mm256_maddubs_epi16(_mm256_set1_epi8(offset), (__m256i)activations));
  return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}
INLINE int16 NAME(products)(byte64 codes, char offset, char64 activations) {
  int16 sums;
  sums.lo = (int8)NAME(half)(codes.lo, offset, activations.lo);
  sums.hi = (int8)NAME(half)(codes.hi, offset, activations.hi);
  return sums;
}
INLINE __m256i NAME(signedHalf)(char32 codes, char32 activations) {
  __m256i magnitudes = _mm256_abs_epi8((__m256i)codes);
  __m256i pairs = _mm256_maddubs_epi16(magnitudes, _mm256_sign_epi8((__m256i)activations, (__m256i)codes));
  return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}
INLINE int16 NAME(signedProducts)(char64 codes, char64 activations) {
  int16 sums;
  sums.lo = (int8)NAME(signedHalf)(codes.lo, activations.lo);
  sums.hi = (int8)NAME(signedHalf)(codes.hi, activations.hi);
  return sums;
}
#else
#if defined(__SSE2__)
INLINE int4 NAME(quarter)(char16 codes, char16 activations) {
  __m128i left = (__m128i)codes, right = (__m128i)activations;
  // Each byte above itself: as a word, shifted down, the byte with its sign.
  __m128i low = _mm_madd_epi16(
      _mm_srai_epi16(_mm_unpacklo_epi8(left, left), 8), _mm_srai_epi16(_mm_unpacklo_epi8(right, right), 8));
  __m128i high = _mm_madd_epi16(
      _mm_srai_epi16(_mm_unpackhi_epi8(left, left), 8), _mm_srai_epi16(_mm_unpackhi_epi8(right, right), 8));
  __m128 even = _mm_shuffle_ps((__m128)low, (__m128)high, 0x88), odd = _mm_shuffle_ps((__m128)low, (__m128)high, 0xDD);
  return (int4)_mm_add_epi32((__m128i)even, (__m128i)odd);
}
#elif defined(__ARM_NEON)
INLINE int4 NAME(quarter)(char16 codes, char16 activations) {
  int8x16_t left = (int8x16_t)codes, right = (int8x16_t)activations;
#if defined(__ARM_FEATURE_DOTPROD)
  return (int4)vdotq_s32(vdupq_n_s32(0), left, right);
#else
  int32x4_t low = vpaddlq_s16(vmull_s8(vget_low_s8(left), vget_low_s8(right)));
  int32x4_t high = vpaddlq_s16(vmull_s8(vget_high_s8(left), vget_high_s8(right)));
  return (int4)vpaddq_s32(low, high);
#endif
}
#else
INLINE int4 NAME(quarter)(char16 codes, char16 activations) {
  int4 sums = 0;
  for (int lane = 0; lane < 16; lane++) sums[lane / 4] += codes[lane] * activations[lane];
  return sums;
}
#endif
INLINE int16 NAME(signedProducts)(char64 codes, char64 activations) {
  int16 sums;
  sums.lo.lo = NAME(quarter)(codes.lo.lo, activations.lo.lo);
  sums.lo.hi = NAME(quarter)(codes.lo.hi, activations.lo.hi);
  sums.hi.lo = NAME(quarter)(codes.hi.lo, activations.hi.lo);
  sums.hi.hi = NAME(quarter)(codes.hi.hi, activations.hi.hi);
  return sums;
}
INLINE int16 NAME(products)(byte64 codes, char offset, char64 activations) {
  return NAME(signedProducts)((char64)codes - (char64)offset, activations);
}
#endif

/// 64 codes of two blocks, each of 16 bytes with two codes of 4 bits, the low ones first.
INLINE byte64 NAME(nibbles)(byte16 first, byte16 second) {
  byte32 both;
  both.lo = first;
  both.hi = second;
  byte32 low = both & 15, high = both >> 4;
  return __builtin_shufflevector(
      low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44,
      45, 46, 47, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57,
      58, 59, 60, 61, 62, 63);
}

/// The entries of a table of sixteen, by codes below 16.
INLINE char64 NAME(entries)(const signed char *table, byte64 codes) {
#if INGOT_WIDTH == 64
  __m512i wide = _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)table));
  return (char64)_mm512_shuffle_epi8(wide, (__m512i)codes);
#elif INGOT_WIDTH == 32
  __m256i wide = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)table));
  char64 found;
  found.lo = (char32)_mm256_shuffle_epi8(wide, (__m256i)codes.lo);
  found.hi = (char32)_mm256_shuffle_epi8(wide, (__m256i)codes.hi);
  return found;
#elif defined(__aarch64__)
  int8x16_t wide = vld1q_s8(table);
  char64 found;
  found.lo.lo = (char16)vqtbl1q_s8(wide, (uint8x16_t)codes.lo.lo);
  found.lo.hi = (char16)vqtbl1q_s8(wide, (uint8x16_t)codes.lo.hi);
  found.hi.lo = (char16)vqtbl1q_s8(wide, (uint8x16_t)codes.hi.lo);
  found.hi.hi = (char16)vqtbl1q_s8(wide, (uint8x16_t)codes.hi.hi);
  return found;
#else
  signed char found[64];
  unsigned char places[64];
  __builtin_memcpy(places, &codes, 64);
  for (int lane = 0; lane < 64; lane++) found[lane] = table[places[lane]];
  return NAME(char64)(found);
#endif
}

/// Adds the products of a lane, scaled.
INLINE void NAME(add)(float16 *sums, int16 products, float16 scales) {
  *sums += __builtin_convertvector(products, float16) * scales;
}

/// The sum of lanes, in the order of a tree.
INLINE float NAME(total8)(float8 lanes) {
  float first = lanes[0] + lanes[4], second = lanes[1] + lanes[5];
  float third = lanes[2] + lanes[6], fourth = lanes[3] + lanes[7];
  return (first + third) + (second + fourth);
}
INLINE float NAME(total16)(float16 lanes) { return NAME(total8)(lanes.lo + lanes.hi); }
