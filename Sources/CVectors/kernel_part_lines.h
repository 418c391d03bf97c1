// The kernels of super-blocks whose parts have a scale and a minimum; of `kernel_parts.h`.

#define FUNCTIONS_OF_PART_LINES(N)                                                                              \
  /* One line, after some steps of least squares. */                                                            \
  INLINE void NAME(partLine##N)(                                                                                \
      const float8 *values, const float8 *weights, long count, float highest, float##N factors,                 \
      float##N offsets, long refits, float##N sums, float##N energies, float##N *steps, float##N *codes,        \
      float##N *norms, float##N *errors) {                                                                      \
    for (long refit = 0;; refit++) {                                                                            \
      float##N products, squares, total;                                                                        \
      NAME(lineSums##N)(values, weights, count, highest, factors, offsets, &products, &squares, &total);        \
      *codes = total / sums;                                                                                    \
      *norms = squares - total * *codes;                                                                        \
      *norms = *norms > squares * 0x1p-20f ? *norms : (float##N)0;                                              \
      *steps = *norms > 0 ? products / *norms : (float##N)0;                                                    \
      *errors = energies - *steps * products;                                                                   \
      if (refit == refits) return;                                                                              \
      factors = NAME(reciprocals##N)(*steps);                                                                   \
      offsets = *codes;                                                                                         \
    }                                                                                                           \
  }
FUNCTIONS_OF_PART_LINES(8)
FUNCTIONS_OF_PART_LINES(16)
#undef FUNCTIONS_OF_PART_LINES

INLINE void NAME(fitPartLinesWith)(
    const float8 *values, const float8 *weights, long count, const float8 *starts, long startCount,
    long refits, ingot_parts_frame frame, partLines *lines) {
  float highest = frame.highestCode;
  float8 sums = *(const float8 *)frame.weights, energies = *(const float8 *)frame.energies;
  long index = 0;
#if INGOT_LANES == 16
  float16 wideSums = NAME(pair)(sums, sums), wideEnergies = NAME(pair)(energies, energies);
  for (; index + 1 < startCount; index += 2) {
    float16 factors = NAME(pair)(starts[2 * index], starts[2 * index + 2]);
    float16 offsets = NAME(pair)(starts[2 * index + 1], starts[2 * index + 3]), steps, codes, norms, errors;
    NAME(partLine16)(
        values, weights, count, highest, factors, offsets, refits, wideSums, wideEnergies, &steps, &codes,
        &norms, &errors);
    lines[index] = (partLines){steps.lo, codes.lo, norms.lo, errors.lo};
    lines[index + 1] = (partLines){steps.hi, codes.hi, norms.hi, errors.hi};
  }
#endif
  for (; index < startCount; index++) {
    float8 steps, codes, norms, errors;
    NAME(partLine8)(
        values, weights, count, highest, starts[2 * index], starts[2 * index + 1], refits, sums, energies,
        &steps, &codes, &norms, &errors);
    lines[index] = (partLines){steps, codes, norms, errors};
  }
}

static void NAME(fitPartLines)(
    const void *values, const void *weights, long count, const void *starts, long startCount, long refits,
    ingot_parts_frame frame, void *lines) {
  if (weights) {
    NAME(fitPartLinesWith)(values, weights, count, starts, startCount, refits, frame, lines);
  } else {
    NAME(fitPartLinesWith)(values, NULL, count, starts, startCount, refits, frame, lines);
  }
}

/// What is best for the codes of a line where scale and minimum have a sign.
typedef struct {
  float8 steps;
  float8 codes;
  /// The scale that is wanted: another one than `steps` where the minimum would have the wrong sign, and is zero.
  float8 wanted;
} NAME(signedLine);

INLINE NAME(signedLine) NAME(signedLineOf)(const partLines *line, ingot_parts_frame frame) {
  float8 weights = *(const float8 *)frame.weights, means = *(const float8 *)frame.means;
  NAME(signedLine) own;
  own.steps = line->steps * frame.sign;
  // With the scale the codes change their direction.
  own.codes = line->codes * frame.sign + (frame.sign < 0 ? frame.highestCode : 0);
  float8 weighted = own.codes * weights;
  float8 bounded = (own.steps * line->norms + means * weighted) / (line->norms + own.codes * weighted);
  own.wanted = NAME(chosen)((own.steps * own.codes - means) * frame.sign < 0, bounded, own.steps);
  return own;
}

static void NAME(limitLines)(const void *lines, long lineCount, ingot_parts_frame frame, void *limits) {
  const partLines *line = lines;
  float8 weights = *(const float8 *)frame.weights, means = *(const float8 *)frame.means;
  lineLimits best = {INFINITY, 0, 0};
  for (long index = 0; index < lineCount; index++) {
    NAME(signedLine) own = NAME(signedLineOf)(line + index, frame);
    float8 rest = own.wanted - own.steps, depths = own.wanted * own.codes - means;
    float8 missed = depths * frame.sign < 0 ? depths : (float8)0;
    float8 errors = line[index].errors + rest * rest * line[index].norms + missed * missed * weights;
    int8 isBetter = errors < best.errors;
    best.errors = NAME(chosen)(isBetter, errors, best.errors);
    best.steps = NAME(chosen)(isBetter, own.wanted, best.steps);
    best.depths = NAME(chosen)(isBetter, depths, best.depths);
  }
  *(lineLimits *)limits = best;
}

static void NAME(scanLines)(
    const void *lines, long lineCount, ingot_parts_frame frame, const float *scales, long scaleCount,
    const float *minimums, long minimumCount, void *errors) {
  const partLines *line = lines;
  float8 *sums = errors, weights = *(const float8 *)frame.weights, means = *(const float8 *)frame.means;
  NAME(signedLine) own[ingot_line_capacity];
  float8 least[ingot_line_capacity], depths[ingot_line_capacity];
  for (long index = 0; index < lineCount; index++) own[index] = NAME(signedLineOf)(line + index, frame);
  for (long trial = 0; trial < scaleCount; trial++) {
    float scale = scales[trial];
    float8 factor = NAME(reciprocals8)((float8)scale);
    for (long index = 0; index < lineCount; index++) {
      float8 steps = NAME(integers8)(own[index].wanted * factor, 0, frame.highestScale) * scale;
      float8 rest = steps - own[index].steps;
      least[index] = line[index].errors + rest * rest * line[index].norms;
      depths[index] = steps * own[index].codes - means;
    }
    long minimum = 0;
#if INGOT_LANES == 16
    float16 wideWeights = NAME(pair)(weights, weights);
    for (; minimum + 1 < minimumCount; minimum += 2) {
      float8 low = minimums[minimum], high = minimums[minimum + 1];
      float16 multiples = NAME(pair)(low, high), factors = NAME(reciprocals16)(multiples), total = INFINITY;
      for (long index = 0; index < lineCount; index++) {
        float16 depth = NAME(columns16)(depths[index]);
        float16 missed = NAME(integers16)(depth * factors, 0, frame.highestScale) * multiples - depth;
        float16 error = NAME(columns16)(least[index]) + missed * missed * wideWeights;
        total = error < total ? error : total;
      }
      sums[trial * minimumCount + minimum] += total.lo;
      sums[trial * minimumCount + minimum + 1] += total.hi;
    }
#endif
    for (; minimum < minimumCount; minimum++) {
      float8 factors = NAME(reciprocals8)((float8)minimums[minimum]), total = INFINITY;
      for (long index = 0; index < lineCount; index++) {
        float8 missed = NAME(integers8)(depths[index] * factors, 0, frame.highestScale) * minimums[minimum] - depths[index];
        float8 error = least[index] + missed * missed * weights;
        total = error < total ? error : total;
      }
      sums[trial * minimumCount + minimum] += total;
    }
  }
}

static void NAME(placeLines)(
    const void *lines, long lineCount, ingot_parts_frame frame, float scale, float minimum, void *places) {
  const partLines *line = lines;
  float8 weights = *(const float8 *)frame.weights, means = *(const float8 *)frame.means;
  float8 scaleFactor = NAME(reciprocals8)((float8)scale), minimumFactor = NAME(reciprocals8)((float8)minimum);
  linePlaces best = {INFINITY, 0, 0, 0, 0, 0};
  for (long index = 0; index < lineCount; index++) {
    NAME(signedLine) own = NAME(signedLineOf)(line + index, frame);
    float8 scales = NAME(integers8)(own.wanted * scaleFactor, 0, frame.highestScale), steps = scales * scale;
    float8 rest = steps - own.steps, depths = steps * own.codes - means;
    float8 minimums = NAME(integers8)(depths * minimumFactor, 0, frame.highestScale);
    float8 missed = minimums * minimum - depths;
    float8 errors = line[index].errors + rest * rest * line[index].norms + missed * missed * weights;
    int8 isBetter = errors < best.errors;
    best.errors = NAME(chosen)(isBetter, errors, best.errors);
    best.scales = NAME(chosen)(isBetter, scales, best.scales);
    best.minimums = NAME(chosen)(isBetter, minimums, best.minimums);
    best.steps = NAME(chosen)(isBetter, own.steps, best.steps);
    best.codes = NAME(chosen)(isBetter, own.codes, best.codes);
    best.norms = NAME(chosen)(isBetter, line[index].norms, best.norms);
  }
  *(linePlaces *)places = best;
}

INLINE void NAME(takeLineTrial)(lineTrials *trials, const float8 *pair, float8 errors) {
  int8 isBetter = errors < trials->errors;
  trials->errors = NAME(chosen)(isBetter, errors, trials->errors);
  trials->scales = NAME(chosen)(isBetter, pair[0], trials->scales);
  trials->minimums = NAME(chosen)(isBetter, pair[1], trials->minimums);
}

INLINE void NAME(tryLinesWith)(
    const float8 *values, const float8 *weights, long count, const float8 *pairs, long pairCount,
    ingot_parts_frame frame, float scale, float minimum, lineTrials *trials) {
  float8 means = *(const float8 *)frame.means;
  float highest = frame.highestCode;
  long index = 0;
#if INGOT_LANES == 16
  for (; index + 1 < pairCount; index += 2) {
    const float8 *pair = pairs + 2 * index;
    float16 steps = NAME(pair)(pair[0], pair[2]) * scale;
    float16 depths = NAME(pair)(pair[1], pair[3]) * minimum + NAME(pair)(means, means);
    float16 errors = NAME(lineErrors16)(values, weights, count, highest, steps, depths);
    NAME(takeLineTrial)(trials, pair, errors.lo);
    NAME(takeLineTrial)(trials, pair + 2, errors.hi);
  }
#endif
  for (; index < pairCount; index++) {
    const float8 *pair = pairs + 2 * index;
    float8 errors = NAME(lineErrors8)(
        values, weights, count, highest, pair[0] * scale, pair[1] * minimum + means);
    NAME(takeLineTrial)(trials, pair, errors);
  }
}

static void NAME(tryLines)(
    const void *values, const void *weights, long count, const void *pairs, long pairCount,
    ingot_parts_frame frame, float scale, float minimum, void *trials) {
  if (weights) {
    NAME(tryLinesWith)(values, weights, count, pairs, pairCount, frame, scale, minimum, trials);
  } else {
    NAME(tryLinesWith)(values, NULL, count, pairs, pairCount, frame, scale, minimum, trials);
  }
}
