// The inner loops of the decoders, in code for the processor that runs them: Swift is compiled for the oldest one.
//
// Each gives the bits of the decoder in Swift beside it, but for the payload and sign of a NaN that arithmetic makes. No kernel fuses
// a multiplication with an addition.

#ifndef INGOT_DECODERS_H
#define INGOT_DECODERS_H

/// Decodes so many blocks, or so many values where a block is one.
typedef void (*ingot_decoder)(const void *_Nonnull blocks, long count, float *_Nonnull values);

/// The same with the points of a codebook, each of eight floats, or of four.
typedef void (*ingot_codebook_decoder)(
    const void *_Nonnull blocks, long count, const float *_Nonnull points, float *_Nonnull values);

/// Rounds Float32 to the bit patterns of a format of 16 bits, to nearest, ties to even.
typedef void (*ingot_narrower)(const float *_Nonnull values, long count, unsigned short *_Nonnull bits);

/// One set of kernels.
typedef struct {
  ingot_decoder _Nonnull f16;
  ingot_decoder _Nonnull q8_0, q4_0, q4_1, q5_0, q5_1, q2_0, q1_0, tq1_0, tq2_0;
  ingot_decoder _Nonnull q2_K, q3_K, q4_K, q5_K, q6_K;
  ingot_decoder _Nonnull iq4_nl, iq4_xs, mxfp4, nvfp4;
  ingot_codebook_decoder _Nonnull iq2_xxs, iq2_xs, iq2_s, iq3_xxs, iq3_s, iq1_s, iq1_m;
  ingot_narrower _Nonnull halves, bfloats;
} ingot_decoders;

/// The sets of kernels, from the one for every processor on.
enum { ingot_decoder_set_count = 3 };

/// A set of kernels, or `NULL` if this processor has no such vectors.
const ingot_decoders *_Nullable ingot_decoder_set(long index);

/// The set of kernels with the widest vectors that this processor has.
const ingot_decoders *_Nonnull ingot_widest_decoders(void);

#endif
