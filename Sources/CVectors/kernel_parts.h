// The kernels of super-blocks, the parts of which lie in the lanes; of `kernel_set.h`.

INLINE float8 NAME(columns8)(float8 lanes) { return lanes; }
INLINE float16 NAME(columns16)(float8 lanes) { return NAME(pair)(lanes, lanes); }

#define FUNCTIONS_OF_PARTS(N)                                                                                   \
  INLINE float##N NAME(reciprocals##N)(float##N scales) {                                                       \
    return NAME(magnitudes##N)(scales) > 0x1p-100f ? 1 / scales : (float##N)0;                                  \
  }                                                                                                             \
  INLINE void NAME(partSums##N)(                                                                                \
      ingot_levels levels, const float8 *values, const float8 *weights, long count, float##N factors,           \
      float##N *products, float##N *squares) {                                                                  \
    *products = *squares = 0;                                                                                   \
    _Pragma("clang loop unroll_count(4)") for (long index = 0; index < count; index++) {                        \
      float##N value = NAME(columns##N)(values[index]);                                                         \
      float##N level = NAME(levels##N)(levels, value * factors);                                                \
      float##N weighted = weights ? level * NAME(columns##N)(weights[index]) : level;                           \
      *squares += weighted * level;                                                                             \
      *products += weighted * value;                                                                            \
    }                                                                                                           \
  }                                                                                                             \
  INLINE float##N NAME(partErrors##N)(                                                                          \
      ingot_levels levels, const float8 *values, const float8 *weights, long count, float##N scales) {          \
    float##N factors = NAME(reciprocals##N)(scales);                                                            \
    float##N errors = 0;                                                                                        \
    _Pragma("clang loop unroll_count(4)") for (long index = 0; index < count; index++) {                        \
      float##N value = NAME(columns##N)(values[index]);                                                         \
      float##N difference = NAME(levels##N)(levels, value * factors) * scales - value;                          \
      float##N squares = difference * difference;                                                               \
      errors += weights ? squares * NAME(columns##N)(weights[index]) : squares;                                 \
    }                                                                                                           \
    return errors;                                                                                              \
  }                                                                                                             \
  INLINE void NAME(lineSums##N)(                                                                                \
      const float8 *values, const float8 *weights, long count, float highest, float##N factors,                 \
      float##N offsets, float##N *products, float##N *squares, float##N *codes) {                               \
    *products = *squares = *codes = 0;                                                                          \
    _Pragma("clang loop unroll_count(4)") for (long index = 0; index < count; index++) {                        \
      float##N value = NAME(columns##N)(values[index]);                                                         \
      float##N code = NAME(integers##N)(value * factors + offsets, 0, highest);                                 \
      float##N weighted = weights ? code * NAME(columns##N)(weights[index]) : code;                             \
      *codes += weighted;                                                                                       \
      *squares += weighted * code;                                                                              \
      *products += weighted * value;                                                                            \
    }                                                                                                           \
  }                                                                                                             \
  INLINE float##N NAME(lineErrors##N)(                                                                          \
      const float8 *values, const float8 *weights, long count, float highest, float##N steps,                   \
      float##N depths) {                                                                                        \
    float##N factors = NAME(reciprocals##N)(steps);                                                             \
    float##N errors = 0;                                                                                        \
    _Pragma("clang loop unroll_count(4)") for (long index = 0; index < count; index++) {                        \
      float##N value = NAME(columns##N)(values[index]) + depths;                                                \
      float##N difference = NAME(integers##N)(value * factors, 0, highest) * steps - value;                     \
      float##N squares = difference * difference;                                                               \
      errors += weights ? squares * NAME(columns##N)(weights[index]) : squares;                                 \
    }                                                                                                           \
    return errors;                                                                                              \
  }
FUNCTIONS_OF_PARTS(8)
FUNCTIONS_OF_PARTS(16)
#undef FUNCTIONS_OF_PARTS

static void NAME(measureParts)(const void *values, const void *weights, long count, void *extents) {
  const float8 *column = values, *weight = weights;
  partExtents own = {column[0], column[0], 0};
  for (long index = 0; index < count; index++) {
    float8 value = column[index];
    own.lowest = value < own.lowest ? value : own.lowest;
    own.highest = value > own.highest ? value : own.highest;
    own.energies += weight ? value * value * weight[index] : value * value;
  }
  *(partExtents *)extents = own;
}

static void NAME(centerParts)(void *values, const void *weights, long count, void *sums) {
  float8 *column = values, weightSums = 0, products = 0, energies = 0;
  const float8 *weight = weights;
  for (long index = 0; index < count; index++) {
    weightSums += weight ? weight[index] : (float8)1;
    products += weight ? column[index] * weight[index] : column[index];
  }
  // Nothing is to be divided by the sum of a part that does not matter.
  weightSums = weightSums > 0 ? weightSums : (float8)1;
  float8 means = products / weightSums;
  for (long index = 0; index < count; index++) {
    float8 value = column[index] - means;
    column[index] = value;
    energies += weight ? value * value * weight[index] : value * value;
  }
  *(partSums *)sums = (partSums){weightSums, means, energies};
}

INLINE void NAME(setFits)(partFits *fits, float8 products, float8 squares, float8 energies, trials8 *best) {
  fits->steps = squares > 0 ? products / squares : (float8)0;
  fits->norms = squares;
  fits->errors = energies - fits->steps * products;
  int8 isBetter = fits->errors < best->errors;
  best->errors = NAME(chosen)(isBetter, fits->errors, best->errors);
  best->scales = NAME(chosen)(isBetter, fits->steps, best->scales);
}

INLINE void NAME(fitPartsWith)(
    ingot_levels levels, const float8 *values, const float8 *weights, long count, const float8 *factors,
    long factorCount, float8 energies, partFits *fits, trials8 *best) {
  long index = 0;
#if INGOT_LANES == 16
  for (; index + 1 < factorCount; index += 2) {
    float16 products, squares;
    NAME(partSums16)(
        levels, values, weights, count, NAME(pair)(factors[index], factors[index + 1]), &products, &squares);
    NAME(setFits)(fits + index, products.lo, squares.lo, energies, best);
    NAME(setFits)(fits + index + 1, products.hi, squares.hi, energies, best);
  }
#endif
  for (; index < factorCount; index++) {
    float8 products, squares;
    NAME(partSums8)(levels, values, weights, count, factors[index], &products, &squares);
    NAME(setFits)(fits + index, products, squares, energies, best);
  }
}

INLINE void NAME(takeTrial)(trials8 *trials, float8 multiples, float8 errors) {
  int8 isBetter = errors < trials->errors;
  trials->errors = NAME(chosen)(isBetter, errors, trials->errors);
  trials->scales = NAME(chosen)(isBetter, multiples, trials->scales);
}

INLINE void NAME(tryPartsWith)(
    ingot_levels levels, const float8 *values, const float8 *weights, long count, const float8 *multiples,
    long multipleCount, float scale, trials8 *trials) {
  long index = 0;
#if INGOT_LANES == 16
  for (; index + 1 < multipleCount; index += 2) {
    float16 scales = NAME(pair)(multiples[index], multiples[index + 1]) * scale;
    float16 errors = NAME(partErrors16)(levels, values, weights, count, scales);
    NAME(takeTrial)(trials, multiples[index], errors.lo);
    NAME(takeTrial)(trials, multiples[index + 1], errors.hi);
  }
#endif
  for (; index < multipleCount; index++) {
    float8 errors = NAME(partErrors8)(levels, values, weights, count, multiples[index] * scale);
    NAME(takeTrial)(trials, multiples[index], errors);
  }
}

static void NAME(fitParts)(
    ingot_levels levels, const void *values, const void *weights, long count, const void *factors,
    long factorCount, const void *energies, void *fits, void *best) {
  float8 sums = *(const float8 *)energies;
  if (weights) {
    WITH_KIND(NAME(fitPartsWith)(levels, values, weights, count, factors, factorCount, sums, fits, best))
  } else {
    WITH_KIND(NAME(fitPartsWith)(levels, values, NULL, count, factors, factorCount, sums, fits, best))
  }
}

static void NAME(tryParts)(
    ingot_levels levels, const void *values, const void *weights, long count, const void *multiples,
    long multipleCount, float scale, void *trials) {
  if (weights) {
    WITH_KIND(NAME(tryPartsWith)(levels, values, weights, count, multiples, multipleCount, scale, trials))
  } else {
    WITH_KIND(NAME(tryPartsWith)(levels, values, NULL, count, multiples, multipleCount, scale, trials))
  }
}

static void NAME(scanParts)(
    const void *fits, long fitCount, const float *scales, long scaleCount, float lowest, float highest,
    void *errors) {
  const partFits *own = fits;
  float8 *sums = errors;
  long index = 0;
#if INGOT_LANES == 16
  for (; index + 1 < scaleCount; index += 2) {
    float8 low = scales[index], high = scales[index + 1];
    float16 scale = NAME(pair)(low, high), factor = NAME(reciprocals16)(scale), least = INFINITY;
    for (long fit = 0; fit < fitCount; fit++) {
      float16 steps = NAME(columns16)(own[fit].steps);
      float16 rest = NAME(integers16)(steps * factor, lowest, highest) * scale - steps;
      float16 error = NAME(columns16)(own[fit].errors) + rest * rest * NAME(columns16)(own[fit].norms);
      least = error < least ? error : least;
    }
    sums[index] += least.lo;
    sums[index + 1] += least.hi;
  }
#endif
  for (; index < scaleCount; index++) {
    float scale = scales[index];
    float8 factor = NAME(reciprocals8)((float8)scale), least = INFINITY;
    for (long fit = 0; fit < fitCount; fit++) {
      float8 rest = NAME(integers8)(own[fit].steps * factor, lowest, highest) * scale - own[fit].steps;
      float8 error = own[fit].errors + rest * rest * own[fit].norms;
      least = error < least ? error : least;
    }
    sums[index] += least;
  }
}

static void NAME(placeParts)(
    const void *fits, long fitCount, float scale, float lowest, float highest, void *places) {
  const partFits *own = fits;
  partPlaces best = {INFINITY, 0, 0, 0};
  float8 factor = NAME(reciprocals8)((float8)scale);
  for (long fit = 0; fit < fitCount; fit++) {
    float8 integers = NAME(integers8)(own[fit].steps * factor, lowest, highest);
    float8 rest = integers * scale - own[fit].steps;
    float8 error = own[fit].errors + rest * rest * own[fit].norms;
    int8 isBetter = error < best.errors;
    best.errors = NAME(chosen)(isBetter, error, best.errors);
    best.scales = NAME(chosen)(isBetter, integers, best.scales);
    best.steps = NAME(chosen)(isBetter, own[fit].steps, best.steps);
    best.norms = NAME(chosen)(isBetter, own[fit].norms, best.norms);
  }
  *(partPlaces *)places = best;
}

#include "kernel_part_lines.h"
