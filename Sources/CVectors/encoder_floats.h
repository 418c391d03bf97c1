// The encoders of the levels of a 4-bit float, of a set.

/// The codes whose levels times a scale are nearest to values; of two the smaller magnitude, of zeros code 0.
INLINE int16 NAME(floatCodes)(float16 lanes, float scale) {
  float16 magnitudes = __builtin_bit_cast(float16, NAME(magnitudes)(lanes)), least = magnitudes;
  int16 codes = 0;
  for (int code = 1; code < 8; code++) {
    int16 errors = NAME(magnitudes)(floatLevels[code] * scale - magnitudes);
    int16 isNearer = __builtin_bit_cast(float16, errors) < least;
    codes = isNearer ? (int16)code : codes;
    least = isNearer ? __builtin_bit_cast(float16, errors) : least;
  }
  return codes | ((lanes < 0) & (codes > 0) & 8);
}

/// The largest integer not above the logarithm to base 2 rounded to a float, of a number above zero: what `MXFP4.swift` explains.
INLINE int NAME(logarithm)(unsigned bits) {
  // A subnormal number is so many times 2^-149.
  int isSubnormal = bits < 0x00800000;
  if (isSubnormal) bits = NAME(bits)((float)bits);
  int exponent = (int)(bits >> 23) - 127 - (isSubnormal ? 149 : 0), next = exponent + 1;
  int power = next > 0 ? exponent : -next;
  if (next == 0 || power < 2) return exponent;
  int octave = 31 - __builtin_clz((unsigned)power);
  float distance = 2 - NAME(single)((bits & 0x007FFFFF) | 0x3F800000);
  return distance < 0.693147182f * NAME(single)((unsigned)(octave - 23 + 127) << 23) ? next : exponent;
}

ENCODER(mxfp4, 32, 17, {
  unsigned largest = NAME(largest)(values, 32);
  if (largest >= INFINITE) return index;
  unsigned exponent = largest == 0 ? 0 : (unsigned)(NAME(logarithm)(largest) + 125) & 255;
  float scale = NAME(single)(exponent < 2 ? 0x00200000u << exponent : (exponent - 1) << 23);
  block[0] = (unsigned char)exponent;
  int16 high = NAME(floatCodes)(NAME(floats)(values + 16), scale);
  NAME(put)(block + 1, NAME(floatCodes)(NAME(floats)(values), scale) | high << 4);
})

/// The byte of the scale nearest to a number that is not negative, of two the even one; at most the largest.
INLINE unsigned char NAME(scaleByte)(float scale) {
  scale = scale < 224 ? scale : 224;
  // Below the smallest exponent the scales are the multiples of 2^-10.
  if (scale < 0x1p-7f) return (unsigned char)NAME(bits)(scale * 0x1p10f + 0x1p23f);
  unsigned bits = NAME(bits)(scale * 0x1p-119f);
  return (unsigned char)((bits + 0x7FFFF + (bits >> 20 & 1)) >> 20);
}

ENCODER(nvfp4, 64, 36, {
  for (int part = 0; part < 4; part++) {
    unsigned largest = NAME(largest)(values + 16 * part, 16);
    // Larger values are left to other encodings.
    if (largest >= 0x477FF000) return index;
    unsigned byte = NAME(scaleByte)(NAME(single)(largest) / 12);
    float scale = byte < 8 ? (float)byte * 0x1p-10f : NAME(single)((byte << 20) + (119u << 23));
    block[part] = (unsigned char)byte;
    byte16 codes = __builtin_convertvector(NAME(floatCodes)(NAME(floats)(values + 16 * part), scale), byte16);
    ulong2 halves = __builtin_bit_cast(ulong2, codes);
    unsigned long long both = halves.x | halves.y << 4;
    __builtin_memcpy(block + 4 + 8 * part, &both, 8);
  }
})
