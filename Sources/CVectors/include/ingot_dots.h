// Dot products of blocks with activations in codes of 8 bits, in code for the processor that runs them.
//
// Whatever the width of the vectors, each sum has one order (clause E41 of the specification), and no kernel fuses a multiplication
// with an addition. So all sets give the same bits, those of the plain formulas in the tests.

#ifndef INGOT_DOTS_H
#define INGOT_DOTS_H

/// Activations, rounded to codes of 8 bits with a scale for each 32.
typedef struct {
  /// -127 to 127; zeros fill the last 64.
  const signed char *_Nonnull codes;
  /// One for each 32 codes.
  const float *_Nonnull scales;
  /// The scale times the sum of 16 codes, and of 32.
  const float *_Nonnull sums16, *_Nonnull sums32;
} ingot_activations;

/// The product of so many blocks with activations.
typedef float (*ingot_dot)(const void *_Nonnull blocks, long count, const ingot_activations *_Nonnull activations);

/// One set of kernels.
typedef struct {
  ingot_dot _Nonnull q8_0, q4_0, q4_1, q5_0, q5_1, q2_0, tq1_0, tq2_0, iq4_nl, mxfp4;
  ingot_dot _Nonnull q2_K, q3_K, q4_K, q5_K, q6_K, iq4_xs;
  /// Adds the products of so many floats to sixteen sums, the i-th to sum i mod 16; the number is a multiple of 16.
  void (*_Nonnull floats)(
      const float *_Nonnull values, const float *_Nonnull others, long count, float *_Nonnull sums);
} ingot_dots;

/// The sets of kernels, from the one for every processor on.
enum { ingot_dot_set_count = 3 };

/// A set of kernels, or `NULL` if this processor has no such vectors.
const ingot_dots *_Nullable ingot_dot_set(long index);

/// The set of kernels with the widest vectors that this processor has.
const ingot_dots *_Nonnull ingot_widest_dots(void);

#endif
