// One set of reference encoders: included once for each, with its name.

#include "encoder_lanes.h"

// The encoder of a run of blocks of so many values and bytes. The statements encode one, and return `index` if it is refused.
#define ENCODER(name, elements, size, ...)                                                          \
  static long NAME(name)(const float *values, long count, void *blocks) {                           \
    unsigned char *block = blocks;                                                                  \
    for (long index = 0; index < count; index++, values += elements, block += size) { __VA_ARGS__ } \
    return count;                                                                                   \
  }

ENCODER(q8_0, 32, 34, {
  unsigned largest = NAME(largest)(values, 32);
  float scale = NAME(single)(largest) / 127, factor = NAME(factor)(scale);
  if (largest >= INFINITE || !NAME(putHalf)(block, scale)) return index;
  NAME(put)(block + 2, NAME(nearest)(NAME(floats)(values) * factor));
  NAME(put)(block + 18, NAME(nearest)(NAME(floats)(values + 16) * factor));
})

/// Gives 0 in place of an offset if the scale is so small that its reciprocal is infinite: all codes are 0 then.
INLINE float NAME(offset)(float offset, float scale, float factor) {
  return factor == 0 && scale != 0 ? 0 : offset;
}

ENCODER(q4_0, 32, 18, {
  float extreme = NAME(extreme)(values), scale = extreme / -8, factor = NAME(factor)(scale);
  float offset = NAME(offset)(8.5f, scale, factor);
  if (NAME(magnitude)(extreme) >= INFINITE || !NAME(putHalf)(block, scale)) return index;
  int16 low = NAME(down)(NAME(floats)(values) * factor + offset, 15);
  int16 high = NAME(down)(NAME(floats)(values + 16) * factor + offset, 15);
  NAME(put)(block + 2, low | high << 4);
})

ENCODER(q5_0, 32, 22, {
  float extreme = NAME(extreme)(values), scale = extreme / -16, factor = NAME(factor)(scale);
  float offset = NAME(offset)(16.5f, scale, factor);
  if (NAME(magnitude)(extreme) >= INFINITE || !NAME(putHalf)(block, scale)) return index;
  int16 low = NAME(down)(NAME(floats)(values) * factor + offset, 31);
  int16 high = NAME(down)(NAME(floats)(values + 16) * factor + offset, 31);
  NAME(putFifths)(block + 2, low);
  NAME(putFifths)(block + 4, high);
  NAME(put)(block + 6, (low & 15) | high << 4);
})

ENCODER(q4_1, 32, 20, {
  float lowest, highest;
  if (!NAME(range)(values, &lowest, &highest)) return index;
  float scale = (highest - lowest) / 15, factor = NAME(factor)(scale);
  if (!NAME(putHalf)(block, scale) || !NAME(putHalf)(block + 2, lowest)) return index;
  int16 low = NAME(down)((NAME(floats)(values) - lowest) * factor + 0.5f, 15);
  int16 high = NAME(down)((NAME(floats)(values + 16) - lowest) * factor + 0.5f, 15);
  NAME(put)(block + 4, low | high << 4);
})

ENCODER(q5_1, 32, 24, {
  float lowest, highest;
  if (!NAME(range)(values, &lowest, &highest)) return index;
  float scale = (highest - lowest) / 31, factor = NAME(factor)(scale);
  if (!NAME(putHalf)(block, scale) || !NAME(putHalf)(block + 2, lowest)) return index;
  int16 low = NAME(down)((NAME(floats)(values) - lowest) * factor + 0.5f, 31);
  int16 high = NAME(down)((NAME(floats)(values + 16) - lowest) * factor + 0.5f, 31);
  NAME(putFifths)(block + 4, low);
  NAME(putFifths)(block + 6, high);
  NAME(put)(block + 8, (low & 15) | high << 4);
})

ENCODER(q2_0, 64, 18, {
  unsigned largest = NAME(largest)(values, 64);
  float scale = NAME(single)(largest), factor = NAME(factor)(scale);
  if (largest >= INFINITE || !NAME(putHalf)(block, scale)) return index;
  if (factor == 0 && scale != 0) {
    NAME(put)(block + 2, 0);
    continue;
  }
  unsigned char codes[64];
  for (int part = 0; part < 64; part += 16)
    NAME(put)(codes + part, NAME(ternary)(NAME(floats)(values + part) * factor));
  int16 fours;
  __builtin_memcpy(&fours, codes, sizeof fours);
  // The four codes of a lane move together into its lowest byte.
  NAME(put)(block + 2, (fours | fours >> 6 | fours >> 12 | fours >> 18) & 255);
})

ENCODER(tq2_0, 256, 66, {
  unsigned largest = NAME(largest)(values, 256);
  float scale = NAME(single)(largest), factor = NAME(factor)(scale);
  if (largest >= INFINITE || !NAME(putHalf)(block + 64, scale)) return index;
  for (int part = 0; part < 4; part++) {
    const float *start = values + 128 * (part >> 1) + 16 * (part & 1);
    int16 codes = 0;
    for (int place = 0; place < 4; place++)
      codes |= NAME(ternary)(NAME(floats)(start + 32 * place) * factor) << 2 * place;
    NAME(put)(block + 16 * part, codes);
  }
})

/// The codes of the uneven levels nearest to numbers.
INLINE int16 NAME(uneven)(float16 lanes) {
  int16 codes = 0;
  for (int level = 0; level < 15; level++) codes -= lanes > unevenMiddles[level];
  return codes;
}

ENCODER(iq4_nl, 32, 18, {
  float extreme = NAME(extreme)(values), scale = extreme / -127, factor = NAME(factor)(scale);
  if (NAME(magnitude)(extreme) >= INFINITE || !NAME(putHalf)(block, scale)) return index;
  int16 high = NAME(uneven)(NAME(floats)(values + 16) * factor);
  NAME(put)(block + 2, NAME(uneven)(NAME(floats)(values) * factor) | high << 4);
})

#include "encoder_floats.h"
#undef ENCODER
#undef INFINITE

static const ingot_encoders NAME(encoders) = {
    .q8_0 = NAME(q8_0),
    .q4_0 = NAME(q4_0),
    .q4_1 = NAME(q4_1),
    .q5_0 = NAME(q5_0),
    .q5_1 = NAME(q5_1),
    .q2_0 = NAME(q2_0),
    .tq2_0 = NAME(tq2_0),
    .iq4_nl = NAME(iq4_nl),
    .mxfp4 = NAME(mxfp4),
    .nvfp4 = NAME(nvfp4),
};
