// The system calls that Swift cannot reach: variadic ones, and GNU extensions that the C library's module hides.
// Each function returns 0, or -1 with the reason in `errno`.

#ifndef INGOT_PLATFORM_H
#define INGOT_PLATFORM_H

#include <stdint.h>

/// Renames `from` to `to`, and fails with EEXIST where `to` exists; ENOSYS, EINVAL or ENOTSUP where unsupported.
int ingot_rename_exclusively(const char *from, const char *to);

/// Swaps two files that exist; ENOSYS, EINVAL or ENOTSUP where unsupported.
int ingot_exchange(const char *first, const char *second);

/// Reserves space on the disk for `byte_count` bytes of a file from `offset` on, without changing its length; of a file in memory (tmpfs) it
/// is only seen whether there is room. Where the platform knows only the end of a file, `offset` must be that.
int ingot_reserve(int descriptor, int64_t offset, int64_t byte_count);

/// How many files the process may have open, and the most that it may allow itself.
int ingot_open_file_limit(uint64_t *current, uint64_t *most);

/// Sets how many files the process may have open.
int ingot_set_open_file_limit(uint64_t count);

/// Asks for a part of a file to be read ahead, without waiting; where the platform has no way to, nothing happens.
int ingot_prefetch(int descriptor, int64_t offset, int64_t byte_count);

/// Asks for a part of a file to be written to the disk, without waiting; where the platform has no way to, nothing happens.
int ingot_start_writing(int descriptor, int64_t offset, int64_t byte_count);

/// Waits until a file's bytes are on the disk itself, not in its cache, where the platform can say so.
int ingot_sync(int descriptor);

/// Has freed blocks of memory of at least `byte_count` bytes go back to the system, where the C library can be told.
void ingot_give_back_blocks(int byte_count);

#endif
