// The inner loops of the searches, in code for the processor that runs them: Swift is compiled for the oldest one.
//
// Whatever the width of the vectors, each sum has one order: candidates and parts lie in lanes of their own, the values are added
// from first to last, and where values lie in lanes there are eight. No kernel fuses a multiplication with an addition. So all
// sets of kernels give the same bits, those of the plain formulas in the tests.

#ifndef INGOT_KERNELS_H
#define INGOT_KERNELS_H

/// The levels that an encoding has.
typedef enum {
  /// The integers of a range.
  ingot_levels_integers,
  /// -1 and 1.
  ingot_levels_signs,
  /// Those of IQ4_NL and IQ4_XS.
  ingot_levels_uneven
} ingot_level_kind;

/// The levels that an encoding has, from the lowest to the highest.
typedef struct {
  ingot_level_kind kind;
  float lowest;
  float highest;
} ingot_levels;

/// A block; the number of values is a multiple of eight.
typedef struct {
  const float *_Nonnull values;
  /// `NULL` stands for ones.
  const float *_Nullable weights;
  /// The values times their weights.
  const float *_Nonnull products;
  long count;
} ingot_block;

/// What there is to know of a block that was divided by 2^exponent.
typedef struct {
  /// 0 in a block of zeros.
  int exponent;
  float lowest;
  float highest;
  /// Whether all values are multiples of 2^-23.
  int isCoarse;
  /// Σ w·x².
  double energy;
} ingot_extent;

/// What the fits of a scale and a minimum share.
typedef struct {
  /// The range of the values.
  float range;
  /// The lowest value, counted from the mean.
  float lowest;
  /// Σ w.
  float weight;
  /// Σ w·x / Σ w.
  float mean;
  float highestCode;
} ingot_line_frame;

/// What the fits of the parts of a super-block by a scale and a minimum share; the vectors have a lane for each part.
typedef struct {
  /// Σ w.
  const void *_Nonnull weights;
  /// Σ w·x / Σ w.
  const void *_Nonnull means;
  /// Σ w·x², with x counted from the mean.
  const void *_Nonnull energies;
  float highestCode;
  float highestScale;
  /// That of the scale of scales and of the scale of minimums: 1 or -1.
  float sign;
} ingot_parts_frame;

/// The most fits of a part.
enum { ingot_line_capacity = 64 };

/// One set of kernels.
///
/// Factors, starts, parts and multiples are vectors of eight floats. Fits, places and trials are structures of them, which
/// Swift has too: it knows no C vector of eight.
typedef struct {
  /// Divides values by the power of two that brings the largest magnitude into [1, 2), and multiplies them by their weights.
  /// Returns 0 if one of them is not finite.
  int (*_Nonnull load)(
      const float *_Nonnull source, const float *_Nullable importance, long count, float *_Nonnull values,
      float *_Nonnull weights, float *_Nonnull products, ingot_extent *_Nonnull extent);

  /// The levels nearest to the values for a scale, and their error.
  double (*_Nonnull choose)(
      ingot_levels levels, const ingot_block *_Nonnull block, float scale, float factor, float *_Nonnull chosen);

  /// The magnitudes of the levels of a small float (0, 1, 2, 3, 4, 6, 8, 12) that are nearest to the values for a scale, their error, and
  /// how much of it is that values lie beyond a reach.
  double (*_Nonnull chooseFloats)(
      const ingot_block *_Nonnull block, float scale, float factor, float reach, float *_Nonnull chosen,
      double *_Nonnull shortfall);

  /// Takes the codes that each of some factors gives, if they are better than those of their lane, then once more the factors
  /// that are best for the codes. Returns the lane of the best.
  long (*_Nonnull fit)(
      ingot_levels levels, const ingot_block *_Nonnull block, const void *_Nonnull factors, long count,
      float unit, void *_Nonnull fits);

  /// Takes the scale that is best for the codes that each of some factors gives, if it is better than that of its lane.
  /// Returns the lane of the best.
  long (*_Nonnull trace)(
      ingot_levels levels, const ingot_block *_Nonnull block, const void *_Nonnull factors, long count,
      float unit, float energy, void *_Nonnull trials);

  /// The codes nearest to the values for a scale and a minimum, and their error.
  double (*_Nonnull chooseLine)(
      const ingot_block *_Nonnull block, float scale, float minimum, float factor, float highest,
      float *_Nonnull chosen);

  /// Of the integers up to the highest code, those whose quotients of a range are halves, but for some last places: bit i - 1 for i.
  unsigned (*_Nonnull gridSteps)(float range, unsigned tolerance, float highest);

  /// Makes the values count from their mean, and gives that and the sum of the weights.
  void (*_Nonnull center)(
      const ingot_block *_Nonnull block, float *_Nonnull centered, float *_Nonnull products,
      ingot_line_frame *_Nonnull frame);

  /// Takes the codes that each of some lines gives, if they are better than those of their lane, then some times more the lines
  /// that are best for the codes. The values count from their mean; a start is a vector of factors and one of anchors.
  /// Returns the lane of the best.
  long (*_Nonnull fitLines)(
      const ingot_block *_Nonnull block, const void *_Nonnull starts, long count,
      ingot_line_frame frame, long refits, void *_Nonnull fits);

  /// The least and the largest value of parts of a super-block, which are the lanes, and Σ w·x².
  void (*_Nonnull measureParts)(
      const void *_Nonnull values, const void *_Nullable weights, long count, void *_Nonnull extents);

  /// Makes the values count from the means of their parts, and gives Σ w, 1 where it is zero, the means, and Σ w·x².
  void (*_Nonnull centerParts)(
      void *_Nonnull values, const void *_Nullable weights, long count, void *_Nonnull sums);

  /// Of the codes that each of some factors gives, the fits; the lanes are parts of a super-block. Energies are Σ w·x².
  /// Takes the scales of the best fits.
  void (*_Nonnull fitParts)(
      ingot_levels levels, const void *_Nonnull values, const void *_Nullable weights, long count,
      const void *_Nonnull factors, long factorCount, const void *_Nonnull energies, void *_Nonnull fits,
      void *_Nonnull best);

  /// Adds, for each scale of scales, the least error of each part with an integer of a range and the codes of one of some fits.
  void (*_Nonnull scanParts)(
      const void *_Nonnull fits, long fitCount, const float *_Nonnull scales, long scaleCount, float lowest,
      float highest, void *_Nonnull errors);

  /// The integers and fits that have those errors for one scale.
  void (*_Nonnull placeParts)(
      const void *_Nonnull fits, long fitCount, float scale, float lowest, float highest, void *_Nonnull places);

  /// Takes the multiples of a scale that have less error than those of their lane; the lanes are parts of a super-block.
  void (*_Nonnull tryParts)(
      ingot_levels levels, const void *_Nonnull values, const void *_Nullable weights, long count,
      const void *_Nonnull multiples, long multipleCount, float scale, void *_Nonnull trials);

  /// Of the codes that each of some lines gives, after some more steps of least squares, the fits. The values count from
  /// the means of their parts; a start is a vector of factors and one of codes for the means.
  void (*_Nonnull fitPartLines)(
      const void *_Nonnull values, const void *_Nullable weights, long count, const void *_Nonnull starts,
      long startCount, long refits, ingot_parts_frame frame, void *_Nonnull lines);

  /// The least errors that any scale and minimum of the frame's sign have with the codes of some fits.
  void (*_Nonnull limitLines)(
      const void *_Nonnull lines, long lineCount, ingot_parts_frame frame, void *_Nonnull limits);

  /// Adds, for each scale of scales with each scale of minimums, the least error of each part with two integers and the codes
  /// of one of at most `ingot_line_capacity` fits.
  void (*_Nonnull scanLines)(
      const void *_Nonnull lines, long lineCount, ingot_parts_frame frame, const float *_Nonnull scales,
      long scaleCount, const float *_Nonnull minimums, long minimumCount, void *_Nonnull errors);

  /// The integers and fits that have those errors for one scale and one minimum.
  void (*_Nonnull placeLines)(
      const void *_Nonnull lines, long lineCount, ingot_parts_frame frame, float scale, float minimum,
      void *_Nonnull places);

  /// Takes the integers that have less error than those of their lane; a pair is a vector of scales and one of minimums.
  void (*_Nonnull tryLines)(
      const void *_Nonnull values, const void *_Nullable weights, long count, const void *_Nonnull pairs,
      long pairCount, ingot_parts_frame frame, float scale, float minimum, void *_Nonnull trials);
} ingot_kernels;

/// The sets of kernels, from the one for every processor on.
enum { ingot_kernel_set_count = 3 };

/// A set of kernels, or `NULL` if this processor has no such vectors.
const ingot_kernels *_Nullable ingot_kernel_set(long index);

/// The set of kernels with the widest vectors that this processor has.
const ingot_kernels *_Nonnull ingot_widest_kernels(void);

#endif
