// One set of kernels: included once for each, with its name, how many candidates it looks at together (8 or 16), and how many
// floats its processors permute by indices (0, 8 or 16).

#include "kernel_lanes.h"

INLINE float8 NAME(chosen)(int8 mask, float8 lanes, float8 others) { return mask ? lanes : others; }

INLINE double NAME(chooseFloatsWith)(
    const ingot_block *block, float scale, float factor, float reach, float *chosen, double *shortfall) {
  double8 sum = 0, beyond = 0;
  for (long index = 0; index < block->count; index += 8) {
    float8 value = NAME(magnitudes8)(NAME(read)(block->values + index)), number = value * factor, level = 0;
    // The gaps below the levels whose lower middle is passed.
    level += number > 0.5f ? (float8)1 : 0;
    level += number > 1.5f ? (float8)1 : 0;
    level += number > 2.5f ? (float8)1 : 0;
    level += number > 3.5f ? (float8)1 : 0;
    level += number > 5 ? (float8)2 : 0;
    level += number > 7 ? (float8)2 : 0;
    level += number > 10 ? (float8)4 : 0;
    NAME(write)(chosen + index, level);
    float8 difference = level * scale - value;
    float8 squares = difference * difference;
    if (block->weights) squares *= NAME(read)(block->weights + index);
    sum += __builtin_convertvector(squares, double8);
    beyond += __builtin_convertvector(value > reach ? squares : (float8)0, double8);
  }
  *shortfall = NAME(total)(beyond);
  return NAME(total)(sum);
}

INLINE void NAME(takeFits)(fits8 *fits, float8 products, float8 squares) {
  float8 gains = products * products / squares;
  // False for the quotient of zeros.
  int8 isBetter = gains > fits->gains;
  fits->products = NAME(chosen)(isBetter, products, fits->products);
  fits->squares = NAME(chosen)(isBetter, squares, fits->squares);
  fits->gains = NAME(chosen)(isBetter, gains, fits->gains);
}

INLINE void NAME(fitWith)(
    ingot_levels levels, const ingot_block *block, const float8 *factors, long count, float unit, fits8 *fits) {
  long index = 0;
#if INGOT_LANES == 16
  for (; index + 1 < count; index += 2) {
    float16 products, squares;
    NAME(sums16)(levels, block, NAME(pair)(factors[index], factors[index + 1]) * unit, &products, &squares);
    NAME(takeFits)(fits, products.lo, squares.lo);
    NAME(takeFits)(fits, products.hi, squares.hi);
  }
#endif
  float8 products, squares;
  for (; index < count; index++) {
    NAME(sums8)(levels, block, factors[index] * unit, &products, &squares);
    NAME(takeFits)(fits, products, squares);
  }
  NAME(sums8)(levels, block, fits->squares / fits->products, &products, &squares);
  NAME(takeFits)(fits, products, squares);
}

INLINE void NAME(takeTrace)(trials8 *trials, float8 scales, float8 errors, float8 slopes, float energy) {
  float8 corrections = slopes * scales * scales / energy;
  float8 least = errors - slopes * corrections;
  int8 isBetter = least < trials->errors;
  trials->errors = NAME(chosen)(isBetter, least, trials->errors);
  trials->scales = NAME(chosen)(isBetter, scales - corrections, trials->scales);
}

INLINE void NAME(traceWith)(
    ingot_levels levels, const ingot_block *block, const float8 *factors, long count, float unit, float energy,
    trials8 *trials) {
  long index = 0;
#if INGOT_LANES == 16
  for (; index + 1 < count; index += 2) {
    float16 wide = NAME(pair)(factors[index], factors[index + 1]) * unit, scales = 1 / wide, errors, slopes;
    NAME(slopes16)(levels, block, wide, scales, &errors, &slopes);
    NAME(takeTrace)(trials, scales.lo, errors.lo, slopes.lo, energy);
    NAME(takeTrace)(trials, scales.hi, errors.hi, slopes.hi, energy);
  }
#endif
  for (; index < count; index++) {
    float8 own = factors[index] * unit, scales = 1 / own, errors, slopes;
    NAME(slopes8)(levels, block, own, scales, &errors, &slopes);
    NAME(takeTrace)(trials, scales, errors, slopes, energy);
  }
}

INLINE double NAME(chooseWith)(
    ingot_levels levels, const ingot_block *block, float scale, float factor, float *chosen) {
  double8 sum = 0;
  for (long index = 0; index < block->count; index += 8) {
    float8 value = NAME(read)(block->values + index);
    float8 level = NAME(levels8)(levels, value * factor);
    NAME(write)(chosen + index, level);
    float8 difference = level * scale - value;
    float8 squares = difference * difference;
    if (block->weights) squares *= NAME(read)(block->weights + index);
    sum += __builtin_convertvector(squares, double8);
  }
  return NAME(total)(sum);
}

INLINE void NAME(takeLines)(
    lineFits *fits, float8 products, float8 squares, float8 codes, float weight) {
  codes /= weight;
  squares -= codes * codes * weight;
  float8 gains = products * products / squares;
  gains = products <= 0 ? (float8)0 : gains;
  // False for the quotient of zeros.
  int8 isBetter = gains > fits->gains;
  fits->products = NAME(chosen)(isBetter, products, fits->products);
  fits->squares = NAME(chosen)(isBetter, squares, fits->squares);
  fits->codes = NAME(chosen)(isBetter, codes, fits->codes);
  fits->gains = NAME(chosen)(isBetter, gains, fits->gains);
}

INLINE void NAME(fitLinesWith)(
    const ingot_block *block, const float8 *starts, long count, ingot_line_frame frame, long refits,
    lineFits *fits) {
  float highest = frame.highestCode, unit = highest / frame.range;
  float8 products, squares, codes;
  long index = 0;
#if INGOT_LANES == 16
  for (; index + 1 < count; index += 2) {
    float16 factors = NAME(pair)(starts[2 * index], starts[2 * index + 2]) * unit;
    float16 anchors = NAME(pair)(starts[2 * index + 1], starts[2 * index + 3]), wideProducts, wideSquares, wideCodes;
    float16 offsets = anchors * highest - (anchors * frame.range + frame.lowest) * factors;
    NAME(lines16)(block, factors, offsets, highest, &wideProducts, &wideSquares, &wideCodes);
    NAME(takeLines)(fits, wideProducts.lo, wideSquares.lo, wideCodes.lo, frame.weight);
    NAME(takeLines)(fits, wideProducts.hi, wideSquares.hi, wideCodes.hi, frame.weight);
  }
#endif
  for (; index < count; index++) {
    float8 factors = starts[2 * index] * unit, anchors = starts[2 * index + 1];
    float8 offsets = anchors * highest - (anchors * frame.range + frame.lowest) * factors;
    NAME(lines8)(block, factors, offsets, highest, &products, &squares, &codes);
    NAME(takeLines)(fits, products, squares, codes, frame.weight);
  }
  for (long round = 0; round < refits; round++) {
    NAME(lines8)(block, fits->squares / fits->products, fits->codes, highest, &products, &squares, &codes);
    NAME(takeLines)(fits, products, squares, codes, frame.weight);
  }
}

INLINE double NAME(chooseLineWith)(
    const ingot_block *block, float scale, float minimum, float factor, float highest, float *chosen) {
  double8 sum = 0;
  for (long index = 0; index < block->count; index += 8) {
    float8 value = NAME(read)(block->values + index);
    float8 code = NAME(integers8)((value - minimum) * factor, 0, highest);
    NAME(write)(chosen + index, code);
    float8 difference = code * scale + minimum - value;
    float8 squares = difference * difference;
    if (block->weights) squares *= NAME(read)(block->weights + index);
    sum += __builtin_convertvector(squares, double8);
  }
  return NAME(total)(sum);
}

// Calls a function with the kind of levels as a constant.
#define WITH_KIND(call)                                                              \
  switch (levels.kind) {                                                             \
  case ingot_levels_uneven: levels.kind = ingot_levels_uneven; call; break;          \
  case ingot_levels_signs: levels.kind = ingot_levels_signs; call; break;            \
  default: levels.kind = ingot_levels_integers; call;                                \
  }

/// The block without weights, so that the compiler knows.
INLINE ingot_block NAME(plain)(const ingot_block *block) {
  return (ingot_block){.values = block->values, .weights = NULL, .products = block->values, .count = block->count};
}

INLINE float NAME(power)(int exponent) { return __builtin_bit_cast(float, (exponent + 127) << 23); }

static int NAME(load)(
    const float *source, const float *importance, long count, float *values, float *weights, float *products,
    ingot_extent *extent) {
  float8 lowest = NAME(read)(source), highest = lowest;
  int8 magnitudes = 0;
  for (long index = 0; index < count; index += 8) {
    float8 value = NAME(read)(source + index);
    lowest = value < lowest ? value : lowest;
    highest = value > highest ? value : highest;
    int8 magnitude = __builtin_bit_cast(int8, value) & 0x7FFFFFFF;
    magnitudes = magnitude > magnitudes ? magnitude : magnitudes;
  }
  int largest = __builtin_reduce_max(magnitudes);
  if (largest >= 0x7F800000) return 0;
  // Of a subnormal number, the place of the first bit.
  int exponent = largest == 0 ? 0 : largest < 0x800000 ? -118 - __builtin_clz(largest) : (largest >> 23) - 127;
  // Two factors, since one may lie beyond the powers of two that there are.
  float first = NAME(power)(-(exponent / 2)), second = NAME(power)(exponent / 2 - exponent);
  extent->exponent = exponent;
  extent->lowest = NAME(least)(lowest) * first * second;
  extent->highest = -NAME(least)(-highest) * first * second;
  double8 sum = 0;
  int8 isFine = 0;
  for (long index = 0; index < count; index += 8) {
    float8 value = NAME(read)(source + index) * first * second;
    float8 weight = importance ? NAME(read)(importance + index) : (float8)1;
    float8 product = value * weight;
    NAME(write)(values + index, value);
    NAME(write)(weights + index, weight);
    NAME(write)(products + index, product);
    sum += __builtin_convertvector(value, double8) * __builtin_convertvector(product, double8);
    float8 magnitude = NAME(magnitudes8)(value);
    isFine |= (magnitude < 1) & ((magnitude + 1) - 1 != magnitude);
  }
  extent->energy = NAME(total)(sum);
  extent->isCoarse = __builtin_reduce_or(isFine) == 0;
  return 1;
}

static unsigned NAME(gridSteps)(float range, unsigned tolerance, float highest) {
  unsigned steps = 0;
  for (int first = 1; first <= (int)highest; first += 8) {
    float8 divisors = (float)first + (float8){0, 1, 2, 3, 4, 5, 6, 7};
    int8 rests = (__builtin_bit_cast(int8, range / divisors) + (int)tolerance) & 0x1FFF;
    steps |= (unsigned)NAME(bits)((rests <= (int)(2 * tolerance)) & (divisors <= highest)) << (first - 1);
  }
  return steps;
}

static void NAME(center)(
    const ingot_block *block, float *centered, float *products, ingot_line_frame *frame) {
  float8 weights = 0, sums = 0;
  for (long index = 0; index < block->count; index += 8) {
    weights += block->weights ? NAME(read)(block->weights + index) : (float8)1;
    sums += NAME(read)(block->products + index);
  }
  frame->weight = NAME(sum)(weights);
  frame->mean = NAME(sum)(sums) / frame->weight;
  for (long index = 0; index < block->count; index += 8) {
    float8 value = NAME(read)(block->values + index) - frame->mean;
    NAME(write)(centered + index, value);
    NAME(write)(products + index, block->weights ? value * NAME(read)(block->weights + index) : value);
  }
}

static double NAME(choose)(
    ingot_levels levels, const ingot_block *block, float scale, float factor, float *chosen) {
  double error;
  if (block->weights) {
    WITH_KIND(error = NAME(chooseWith)(levels, block, scale, factor, chosen))
  } else {
    ingot_block plain = NAME(plain)(block);
    WITH_KIND(error = NAME(chooseWith)(levels, &plain, scale, factor, chosen))
  }
  return error;
}

static double NAME(chooseFloats)(
    const ingot_block *block, float scale, float factor, float reach, float *chosen, double *shortfall) {
  if (block->weights) return NAME(chooseFloatsWith)(block, scale, factor, reach, chosen, shortfall);
  ingot_block plain = NAME(plain)(block);
  return NAME(chooseFloatsWith)(&plain, scale, factor, reach, chosen, shortfall);
}

static long NAME(fit)(
    ingot_levels levels, const ingot_block *block, const void *factors, long count, float unit, void *fits) {
  if (block->weights) {
    WITH_KIND(NAME(fitWith)(levels, block, factors, count, unit, fits))
  } else {
    ingot_block plain = NAME(plain)(block);
    WITH_KIND(NAME(fitWith)(levels, &plain, factors, count, unit, fits))
  }
  return NAME(leastLane)(-((fits8 *)fits)->gains);
}

static long NAME(trace)(
    ingot_levels levels, const ingot_block *block, const void *factors, long count, float unit, float energy,
    void *trials) {
  // Only encodings with many levels need it.
  levels.kind = ingot_levels_integers;
  if (block->weights) {
    NAME(traceWith)(levels, block, factors, count, unit, energy, trials);
  } else {
    ingot_block plain = NAME(plain)(block);
    NAME(traceWith)(levels, &plain, factors, count, unit, energy, trials);
  }
  return NAME(leastLane)(((trials8 *)trials)->errors);
}

static double NAME(chooseLine)(
    const ingot_block *block, float scale, float minimum, float factor, float highest, float *chosen) {
  if (block->weights) return NAME(chooseLineWith)(block, scale, minimum, factor, highest, chosen);
  ingot_block plain = NAME(plain)(block);
  return NAME(chooseLineWith)(&plain, scale, minimum, factor, highest, chosen);
}

static long NAME(fitLines)(
    const ingot_block *block, const void *starts, long count, ingot_line_frame frame, long refits,
    void *fits) {
  if (block->weights) {
    NAME(fitLinesWith)(block, starts, count, frame, refits, fits);
  } else {
    ingot_block plain = NAME(plain)(block);
    NAME(fitLinesWith)(&plain, starts, count, frame, refits, fits);
  }
  return NAME(leastLane)(-((lineFits *)fits)->gains);
}

#include "kernel_parts.h"
#undef WITH_KIND

static const ingot_kernels NAME(kernels) = {
    .load = NAME(load),
    .choose = NAME(choose),
    .gridSteps = NAME(gridSteps),
    .center = NAME(center),
    .chooseFloats = NAME(chooseFloats),
    .fit = NAME(fit),
    .trace = NAME(trace),
    .chooseLine = NAME(chooseLine),
    .fitLines = NAME(fitLines),
    .measureParts = NAME(measureParts),
    .centerParts = NAME(centerParts),
    .fitParts = NAME(fitParts),
    .scanParts = NAME(scanParts),
    .placeParts = NAME(placeParts),
    .tryParts = NAME(tryParts),
    .fitPartLines = NAME(fitPartLines),
    .limitLines = NAME(limitLines),
    .scanLines = NAME(scanLines),
    .placeLines = NAME(placeLines),
    .tryLines = NAME(tryLines),
};
