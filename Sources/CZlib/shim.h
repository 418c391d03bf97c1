// zlib's CRC-32, which the C library does not have.
#include <zlib.h>
