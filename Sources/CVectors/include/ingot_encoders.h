// The loops of the reference encoders, in code for the processor that runs them: Swift is compiled for the oldest one.
//
// Each gives the bytes of the encoder of one block in Swift beside it. No kernel fuses a multiplication with an addition.

#ifndef INGOT_ENCODERS_H
#define INGOT_ENCODERS_H

/// Encodes so many blocks. Gives the position of the first that the encoding cannot hold, otherwise the number of blocks.
typedef long (*ingot_encoder)(const float *_Nonnull values, long count, void *_Nonnull blocks);

/// One set of kernels.
typedef struct {
  ingot_encoder _Nonnull q8_0, q4_0, q4_1, q5_0, q5_1, q2_0, tq2_0, iq4_nl, mxfp4, nvfp4;
} ingot_encoders;

/// The sets of kernels, from the one for every processor on.
enum { ingot_encoder_set_count = 3 };

/// A set of kernels, or `NULL` if this processor has no such vectors.
const ingot_encoders *_Nullable ingot_encoder_set(long index);

/// The set of kernels with the widest vectors that this processor has.
const ingot_encoders *_Nonnull ingot_widest_encoders(void);

#endif
