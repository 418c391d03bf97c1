// The part of a CRC-32 that takes time, by multiplication without carries: long stretches of bytes become 16 with the same
// remainder, whose checksum zlib then computes.
//
// A CRC-32 is the remainder of the bytes, as a polynomial over two elements, by a fixed one. A stretch may therefore be replaced by
// any other with the same remainder: what stands d bits further up, multiplied by the remainder of x^d, may be added to what stands
// below. (V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction", Intel, 2009.)

#ifndef INGOT_CRC32_H
#define INGOT_CRC32_H

/// The bytes that a fold leaves.
enum { ingot_folded_count = 16 };

/// Folds bytes into 16.
///
/// The checksum of these 16, continued from 0xFFFFFFFF, is that of all `count` bytes, continued from `checksum`, in zlib's sense of
/// both. `count` is a positive multiple of `step`; the bytes need not be aligned.
typedef void (*ingot_crc32_fold)(
    unsigned checksum, const unsigned char *_Nonnull bytes, long count, unsigned char *_Nonnull folded);

/// One way to fold.
typedef struct {
  ingot_crc32_fold _Nonnull fold;
  /// Of how many bytes `count` must be a multiple.
  long step;
} ingot_crc32;

/// The ways to fold, from the one with the shortest vectors on.
enum { ingot_crc32_set_count = 2 };

/// A way to fold, or `NULL` if this processor does not have it.
const ingot_crc32 *_Nullable ingot_crc32_set(long index);

/// The way with the widest vectors that this processor has; `NULL` if it cannot multiply without carries.
const ingot_crc32 *_Nullable ingot_widest_crc32(void);

#endif
