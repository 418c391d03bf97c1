// One set of dot products: included once for each, with its name and the bytes of its vectors (64, 32, or 0 for what every
// processor has).

#include "dot_lanes.h"

// With vectors of 64 bytes the others are no faster than with 32; measured on a Zen 4.
#if INGOT_WIDTH < 64
#include "dot_small.h"
#define NARROW(name) NAME(name)
#else
#define NARROW(name) name##_avx2
#endif
#include "dot_super.h"

static const ingot_dots NAME(dots) = {
    .q8_0 = NARROW(q8_0),
    .q4_0 = NARROW(q4_0),
    .q4_1 = NARROW(q4_1),
    .q5_0 = NARROW(q5_0),
    .q5_1 = NARROW(q5_1),
    .q2_0 = NARROW(q2_0),
    .tq1_0 = NAME(tq1_0),
    .tq2_0 = NAME(tq2_0),
    .iq4_nl = NARROW(iq4_nl),
    .mxfp4 = NARROW(mxfp4),
    .q2_K = NAME(q2_K),
    .q3_K = NAME(q3_K),
    .q4_K = NARROW(q4_K),
    .q5_K = NARROW(q5_K),
    .q6_K = NAME(q6_K),
    .iq4_xs = NAME(iq4_xs),
    .floats = NARROW(floats),
};
#undef NARROW
