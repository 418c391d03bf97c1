// One set of decoders: included once for each, with its name and how many floats its processors permute by indices (0, 8 or 16).

#include "decoder_lanes.h"

#include "decoder_plain.h"
#include "decoder_super.h"
#include "decoder_codebooks.h"

static const ingot_decoders NAME(decoders) = {
    .f16 = NAME(f16),
    .q8_0 = NAME(q8_0),
    .q4_0 = NAME(q4_0),
    .q4_1 = NAME(q4_1),
    .q5_0 = NAME(q5_0),
    .q5_1 = NAME(q5_1),
    .q2_0 = NAME(q2_0),
    .q1_0 = NAME(q1_0),
    .tq1_0 = NAME(tq1_0),
    .tq2_0 = NAME(tq2_0),
    .q2_K = NAME(q2_K),
    .q3_K = NAME(q3_K),
    .q4_K = NAME(q4_K),
    .q5_K = NAME(q5_K),
    .q6_K = NAME(q6_K),
    .iq4_nl = NAME(iq4_nl),
    .iq4_xs = NAME(iq4_xs),
    .mxfp4 = NAME(mxfp4),
    .nvfp4 = NAME(nvfp4),
    .iq2_xxs = NAME(iq2_xxs),
    .iq2_xs = NAME(iq2_xs),
    .iq2_s = NAME(iq2_s),
    .iq3_xxs = NAME(iq3_xxs),
    .iq3_s = NAME(iq3_s),
    .iq1_s = NAME(iq1_s),
    .iq1_m = NAME(iq1_m),
    .halves = NAME(halves),
    .bfloats = NAME(bfloats),
};
