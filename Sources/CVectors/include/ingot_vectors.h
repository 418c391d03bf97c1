// What Swift's vectors cannot say so that it becomes one instruction: a minimum and a maximum.

#ifndef INGOT_VECTORS_H
#define INGOT_VECTORS_H

typedef float ingot_float4 __attribute__((ext_vector_type(4)));

/// The lanes, those that are not above `lowest` replaced by it, then those that are not below `highest` by that.
///
/// So NaN becomes `lowest`, on every machine.
static inline __attribute__((always_inline)) ingot_float4 ingot_limited(
    ingot_float4 lanes, ingot_float4 lowest, ingot_float4 highest) {
  ingot_float4 limited;
  for (int lane = 0; lane < 4; lane++) {
    float raised = lanes[lane] > lowest[lane] ? lanes[lane] : lowest[lane];
    limited[lane] = raised < highest[lane] ? raised : highest[lane];
  }
  return limited;
}

#endif
