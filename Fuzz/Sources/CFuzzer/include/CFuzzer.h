#ifndef CFUZZER_H
#define CFUZZER_H

#include <stddef.h>
#include <stdint.h>

/// Runs libFuzzer with the arguments of its own `main`.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*run)(const uint8_t *data, size_t size));

/// The mutations of libFuzzer itself, which knows the dictionary and what comparisons have seen.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t limit);

#endif
