#include <math.h>

/// The middles between the levels of IQ4_NL and IQ4_XS, each and the next.
static const float unevenMiddles[16] = {-115.5f, -93.5f, -74,   -57,   -42, -28.5f, -16, -4.5f,
                                        7,       19,     31.5f, 45.5f, 61,  79,     101, INFINITY};
