// A target needs a source; the functions are in the header, to become part of their callers.
#include "ingot_vectors.h"
