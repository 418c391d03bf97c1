// The ways to fold bytes for a CRC-32, and which of them this processor can run.
#include "ingot_crc32.h"

#include <stddef.h>

#include "processor.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#endif

// To fold by d bits, the remainders of x^(d + 32) for the low half and x^(d - 32) for the high one: bits stand in the order of the
// bytes, the highest power lowest, so that a product comes out one bit too low, and 64 of the 128 bits stand above the others.
#define FOLD_128 0x1751997d0ull, 0x0ccaa009eull
#define FOLD_512 0x154442bd4ull, 0x1c6e41596ull
#define FOLD_2048 0x11542778aull, 0x1322d1430ull

#if INGOT_HAS_SETS

static inline bool hasProducts(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("pclmul");
}

static inline bool hasWideProducts(void) {
  return hasAVX512() && hasProducts() && __builtin_cpu_supports("vpclmulqdq");
}

#pragma clang attribute push(__attribute__((target("pclmul"))), apply_to = function)
INLINE __m128i foldedShort(__m128i vector, unsigned long long low, unsigned long long high) {
  const __m128i factors = _mm_set_epi64x((long long)high, (long long)low);
  return _mm_xor_si128(
      _mm_clmulepi64_si128(vector, factors, 0x00), _mm_clmulepi64_si128(vector, factors, 0x11));
}

#define INGOT_SET products
#define INGOT_WIDTH 16
#define VECTOR __m128i
#define LOAD(bytes) _mm_loadu_si128((const __m128i *)(bytes))
#define STORE(bytes, vector) _mm_storeu_si128((__m128i *)(bytes), vector)
#define XOR(a, b) _mm_xor_si128(a, b)
#define FOLD(vector, ...) foldedShort(vector, __VA_ARGS__)
#define STEP_DISTANCE FOLD_512
#define WIDTH_DISTANCE FOLD_128
#include "crc32_fold.h"
#undef INGOT_SET
#undef INGOT_WIDTH
#undef VECTOR
#undef LOAD
#undef STORE
#undef XOR
#undef FOLD
#undef STEP_DISTANCE
#undef WIDTH_DISTANCE
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,pclmul,vpclmulqdq"))), apply_to = function)
INLINE __m512i foldedWide(__m512i vector, unsigned long long low, unsigned long long high) {
  const __m512i factors = _mm512_broadcast_i64x2(_mm_set_epi64x((long long)high, (long long)low));
  return _mm512_xor_si512(
      _mm512_clmulepi64_epi128(vector, factors, 0x00), _mm512_clmulepi64_epi128(vector, factors, 0x11));
}

/// The four parts of a vector become one.
INLINE void storeFolded(unsigned char *folded, __m512i vector) {
  __m128i sum = _mm512_castsi512_si128(vector);
  sum = _mm_xor_si128(foldedShort(sum, FOLD_128), _mm512_extracti64x2_epi64(vector, 1));
  sum = _mm_xor_si128(foldedShort(sum, FOLD_128), _mm512_extracti64x2_epi64(vector, 2));
  sum = _mm_xor_si128(foldedShort(sum, FOLD_128), _mm512_extracti64x2_epi64(vector, 3));
  _mm_storeu_si128((__m128i *)folded, sum);
}

#define INGOT_SET wide_products
#define INGOT_WIDTH 64
#define VECTOR __m512i
#define LOAD(bytes) _mm512_loadu_si512(bytes)
#define STORE(bytes, vector) storeFolded(bytes, vector)
#define XOR(a, b) _mm512_xor_si512(a, b)
#define FOLD(vector, ...) foldedWide(vector, __VA_ARGS__)
#define STEP_DISTANCE FOLD_2048
#define WIDTH_DISTANCE FOLD_512
#include "crc32_fold.h"
#pragma clang attribute pop

static const ingot_crc32 products = {.fold = fold_products, .step = step_products};
static const ingot_crc32 wideProducts = {.fold = fold_wide_products, .step = step_wide_products};

const ingot_crc32 *ingot_crc32_set(long index) {
  if (index == 0 && hasProducts()) return &products;
  if (index == 1 && hasWideProducts()) return &wideProducts;
  return NULL;
}

#elif defined(__aarch64__) && defined(__LITTLE_ENDIAN__) && (defined(__APPLE__) || defined(__linux__))

static inline bool hasProducts(void) {
#if defined(__APPLE__)
  return true;
#else
  const unsigned long polynomials = 1ul << 4;  // HWCAP_PMULL
  return (getauxval(AT_HWCAP) & polynomials) != 0;
#endif
}

#pragma clang attribute push(__attribute__((target("aes"))), apply_to = function)
INLINE uint64x2_t foldedShort(uint64x2_t vector, unsigned long long low, unsigned long long high) {
  const poly64_t lower = (poly64_t)vgetq_lane_u64(vector, 0), upper = (poly64_t)vgetq_lane_u64(vector, 1);
  return veorq_u64(
      vreinterpretq_u64_p128(vmull_p64(lower, (poly64_t)low)),
      vreinterpretq_u64_p128(vmull_p64(upper, (poly64_t)high)));
}

#define INGOT_SET products
#define INGOT_WIDTH 16
#define VECTOR uint64x2_t
#define LOAD(bytes) vreinterpretq_u64_u8(vld1q_u8(bytes))
#define STORE(bytes, vector) vst1q_u8(bytes, vreinterpretq_u8_u64(vector))
#define XOR(a, b) veorq_u64(a, b)
#define FOLD(vector, ...) foldedShort(vector, __VA_ARGS__)
#define STEP_DISTANCE FOLD_512
#define WIDTH_DISTANCE FOLD_128
#include "crc32_fold.h"
#pragma clang attribute pop

static const ingot_crc32 products = {.fold = fold_products, .step = step_products};

const ingot_crc32 *ingot_crc32_set(long index) { return index == 0 && hasProducts() ? &products : NULL; }

#else

const ingot_crc32 *ingot_crc32_set(long index) {
  (void)index;
  return NULL;
}

#endif

const ingot_crc32 *ingot_widest_crc32(void) {
  for (long index = ingot_crc32_set_count - 1; index >= 0; index--) {
    const ingot_crc32 *way = ingot_crc32_set(index);
    if (way) return way;
  }
  return NULL;
}
