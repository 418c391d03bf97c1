#include "CFuzzer.h"

// `-sanitize=fuzzer` links the functions; this file is here since a target needs one.
