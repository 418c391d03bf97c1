#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64

#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

void ingot_give_back_blocks(int byte_count) {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, byte_count);
#else
  (void)byte_count;
#endif
}

int ingot_open_file_limit(uint64_t *current, uint64_t *most) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1) return -1;
  *current = limit.rlim_cur;
  *most = limit.rlim_max;
#if defined(__APPLE__)
  // A larger number is refused, whatever the limit says.
  if (*most > OPEN_MAX) *most = *current > OPEN_MAX ? *current : OPEN_MAX;
#endif
  return 0;
}

int ingot_set_open_file_limit(uint64_t count) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1) return -1;
  limit.rlim_cur = (rlim_t)count;
  return setrlimit(RLIMIT_NOFILE, &limit);
}

#if defined(__APPLE__)

int ingot_rename_exclusively(const char *from, const char *to) {
  return renamex_np(from, to, RENAME_EXCL);
}

int ingot_exchange(const char *first, const char *second) { return renamex_np(first, second, RENAME_SWAP); }

int ingot_reserve(int descriptor, int64_t offset, int64_t byte_count) {
  (void)offset;
  fstore_t request = {
      .fst_flags = F_ALLOCATEALL,
      .fst_posmode = F_PEOFPOSMODE,
      .fst_offset = 0,
      .fst_length = byte_count,
  };
  return fcntl(descriptor, F_PREALLOCATE, &request) == -1 ? -1 : 0;
}

int ingot_prefetch(int descriptor, int64_t offset, int64_t byte_count) {
  const int64_t most = 1 << 30;
  struct radvisory request = {.ra_offset = (off_t)offset, .ra_count = (int)(byte_count < most ? byte_count : most)};
  return fcntl(descriptor, F_RDADVISE, &request) == -1 ? -1 : 0;
}

int ingot_start_writing(int descriptor, int64_t offset, int64_t byte_count) {
  (void)descriptor, (void)offset, (void)byte_count;
  return 0;
}

int ingot_sync(int descriptor) {
  // fsync leaves the bytes in the drive's cache here. File systems without the stronger call have the weaker one.
  if (fcntl(descriptor, F_FULLFSYNC) != -1) return 0;
  if (errno != ENOTSUP && errno != EINVAL && errno != ENOTTY) return -1;
  return fsync(descriptor);
}

#elif defined(__linux__)

#include <sys/syscall.h>
#include <sys/vfs.h>

// The call itself, since musl and older C libraries have no wrapper.
static int rename_with(const char *from, const char *to, unsigned int flags) {
#if defined(SYS_renameat2)
  return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, flags);
#else
  (void)from, (void)to, (void)flags;
  errno = ENOSYS;
  return -1;
#endif
}

int ingot_rename_exclusively(const char *from, const char *to) {
  const unsigned int no_replace = 1;
  return rename_with(from, to, no_replace);
}

int ingot_exchange(const char *first, const char *second) {
  const unsigned int exchange = 2;
  return rename_with(first, second, exchange);
}

// Not posix_fallocate: where the file system cannot reserve, glibc's writes into every block instead.
int ingot_reserve(int descriptor, int64_t offset, int64_t byte_count) {
  const int keep_length = 1;
  const long tmpfs = 0x01021994;
  struct statfs system;
  // Memory is reserved page by page, which takes as long as to write it: whether there is room is seen at once.
  if (fstatfs(descriptor, &system) == 0 && (long)system.f_type == tmpfs) {
    // Without blocks there is no limit.
    const int64_t block = (int64_t)system.f_bsize;
    if (system.f_blocks == 0 || byte_count <= 0) return 0;
    const int64_t held = offset / block + (offset % block != 0);
    const int64_t last = (offset + (byte_count - 1)) / block;
    if (last < held || last - held < (int64_t)system.f_bavail) return 0;
    errno = ENOSPC;
    return -1;
  }
  return fallocate(descriptor, keep_length, (off_t)offset, (off_t)byte_count);
}

int ingot_prefetch(int descriptor, int64_t offset, int64_t byte_count) {
  const int error = posix_fadvise(descriptor, (off_t)offset, (off_t)byte_count, POSIX_FADV_WILLNEED);
  if (error == 0) return 0;
  errno = error;
  return -1;
}

int ingot_start_writing(int descriptor, int64_t offset, int64_t byte_count) {
#if defined(SYNC_FILE_RANGE_WRITE)
  return sync_file_range(descriptor, (off64_t)offset, (off64_t)byte_count, SYNC_FILE_RANGE_WRITE);
#else
  (void)descriptor, (void)offset, (void)byte_count;
  return 0;
#endif
}

int ingot_sync(int descriptor) { return fsync(descriptor); }

#else

int ingot_prefetch(int descriptor, int64_t offset, int64_t byte_count) {
  (void)descriptor, (void)offset, (void)byte_count;
  return 0;
}

int ingot_start_writing(int descriptor, int64_t offset, int64_t byte_count) {
  (void)descriptor, (void)offset, (void)byte_count;
  return 0;
}

int ingot_rename_exclusively(const char *from, const char *to) {
  (void)from, (void)to;
  errno = ENOSYS;
  return -1;
}

int ingot_exchange(const char *first, const char *second) {
  (void)first, (void)second;
  errno = ENOSYS;
  return -1;
}

int ingot_reserve(int descriptor, int64_t offset, int64_t byte_count) {
  (void)descriptor, (void)offset, (void)byte_count;
  errno = ENOTSUP;
  return -1;
}

int ingot_sync(int descriptor) { return fsync(descriptor); }

#endif
