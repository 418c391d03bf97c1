"""The example of Benchmarks/Edge, which links the loader alone: little memory, and none for each row."""

import os
import pathlib
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

import numpy

EDGE = os.environ.get("EDGE")
MEBIBYTE = 1 << 20
LIMIT = 64 * MEBIBYTE
COLUMNS = 1024
ROWS = 460_000  # 500 MB of Q8_0

# Counts what is asked of the allocator, and says at the end how often.
COUNTER = """
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
static long count;
void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t), *__libc_memalign(size_t, size_t);
void *malloc(size_t size) { __atomic_add_fetch(&count, 1, 0); return __libc_malloc(size); }
void *calloc(size_t number, size_t size) { __atomic_add_fetch(&count, 1, 0); return __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { __atomic_add_fetch(&count, 1, 0); return __libc_realloc(old, size); }
void *aligned_alloc(size_t at, size_t size) { __atomic_add_fetch(&count, 1, 0); return __libc_memalign(at, size); }
int posix_memalign(void **result, size_t at, size_t size) {
  __atomic_add_fetch(&count, 1, 0);
  *result = __libc_memalign(at, size);
  return *result ? 0 : 12;
}
__attribute__((destructor)) static void report(void) { fprintf(stderr, "%ld allocations", count); }
"""


def code(row):
    """The code that all values of a row have."""
    return row % 127


def write_model(path, rows=ROWS):
    """A tensor in Q8_0, of scale 1, each row of one value."""
    name = b"token_embd.weight"
    header = struct.pack("<4sIQQ", b"GGUF", 3, 1, 1)
    header += struct.pack("<Q", 20) + b"general.architecture" + struct.pack("<IQ", 8, 5) + b"llama"
    header += struct.pack("<Q", len(name)) + name + struct.pack("<IQQIQ", 2, COLUMNS, rows, 8, 0)
    with open(path, "wb") as file:
        file.write(header + bytes(-len(header) % 32))
        for start in range(0, rows, 10_000):
            part = numpy.arange(start, min(rows, start + 10_000))
            blocks = numpy.zeros((part.size, COLUMNS // 32, 34), "u1")
            blocks[:, :, 1] = 0x3C
            blocks[:, :, 2:] = code(part)[:, None, None]
            file.write(blocks.tobytes())


def places(count, rows=ROWS):
    return [rows // count * index + rows % count * index // count for index in range(count)]


def run(*arguments, limits=(), environment=None):
    """The status and the words of standard output, and standard error."""

    def limit():
        for kind in limits:
            resource.setrlimit(kind, (LIMIT, LIMIT))

    run = subprocess.run(
        [EDGE, *map(str, arguments)], capture_output=True, text=True, preexec_fn=limit, env=environment, check=False
    )
    return run.returncode, run.stdout, run.stderr


class MemoryGroup:
    """A control group of 64 MiB for all memory, pages of files included; no path where none can be made."""

    def __enter__(self):
        self.path = None
        for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, own = line.split(":", 2)
            parent = pathlib.Path("/sys/fs/cgroup", "memory" if controllers == "memory" else "", own.lstrip("/"))
            name = "memory.limit_in_bytes" if controllers == "memory" else "memory.max"
            # Of the second version, the one without controllers, a root has no limit, and a folder of it is no group elsewhere.
            if controllers not in ("memory", "") or not (parent / "cgroup.procs").exists():
                continue
            path = parent / f"ingot-edge-{os.getpid()}"
            try:
                path.mkdir()
            except OSError:
                continue
            self.path = path
            try:
                (path / name).write_text(str(LIMIT))
                return self
            except OSError:
                self.__exit__()
        return self

    def join(self):
        (self.path / "cgroup.procs").write_text(str(os.getpid()))

    def peak(self):
        """The most memory that was charged, where it is counted."""
        for name in ("memory.max_usage_in_bytes", "memory.peak"):
            if (self.path / name).exists():
                return int((self.path / name).read_text())
        return 0

    def __exit__(self, *_):
        if self.path:
            self.path.rmdir()
            self.path = None


@unittest.skipUnless(EDGE and sys.platform == "linux", "the example is not built")
class EdgeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.model = pathlib.Path(folder.name, "model.gguf")
        write_model(cls.model)

    def check(self, output, count):
        name, total, products = output.split()
        expected = COLUMNS * sum(map(code, places(count)))
        self.assertEqual(name, "token_embd.weight")
        self.assertEqual(float(total), expected)
        # A vector of ones has the codes 127 and the scale 1/127, rounded.
        self.assertAlmostEqual(float(products) / expected, 1, delta=1e-5)

    def test_positional_access_needs_no_room_for_the_file(self):
        # RLIMIT_AS counts every mapping: a mapped file of 500 MB does not fit, so it is read.
        status, output, errors = run(self.model, 5000, "positional", limits=[resource.RLIMIT_AS])
        self.assertEqual(status, 0, output + errors)
        self.check(output, 5000)

    def test_a_mapping_that_does_not_fit_is_an_error(self):
        status, output, errors = run(self.model, 5000, limits=[resource.RLIMIT_AS])
        self.assertEqual(status, 1, output + errors)
        self.assertIn("model.gguf", output)

    def test_mapped_access_keeps_no_data(self):
        # RLIMIT_DATA counts what a process writes: a mapped file is none of it.
        status, output, errors = run(self.model, 5000, limits=[resource.RLIMIT_DATA])
        self.assertEqual(status, 0, output + errors)
        self.check(output, 5000)

    def test_mapped_pages_of_the_file_give_way(self):
        with MemoryGroup() as group:
            if not group.path:
                self.skipTest("no control group can be made here")
            for access in ("mapped", "positional"):
                run = subprocess.run(
                    [EDGE, str(self.model), str(ROWS), access], capture_output=True, text=True, preexec_fn=group.join, check=False
                )
                self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
                self.check(run.stdout, ROWS)
                self.assertLessEqual(group.peak(), LIMIT)

    def test_a_row_allocates_nothing(self):
        compiler = shutil.which("clang") or shutil.which("cc")
        if not compiler:
            self.skipTest("no C compiler")
        library = self.model.with_name("counter.so")
        subprocess.run(
            [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), "-x", "c", "-"], input=COUNTER, text=True, check=True
        )
        counts = []
        for count in (100, 10_000):
            status, output, errors = run(self.model, count, environment={**os.environ, "LD_PRELOAD": str(library)})
            self.assertEqual(status, 0, output + errors)
            self.check(output, count)
            counts.append(int(errors.split()[0]))
        self.assertGreater(counts[0], 10, "the allocator is not the one that is counted")
        # Both print numbers of other lengths.
        self.assertAlmostEqual(counts[0], counts[1], delta=4)


if __name__ == "__main__":
    unittest.main()
