"""Sealed files after random changes whose checksums are mended: `ingot verify` beside a reader that goes by the pages alone."""

import json
import os
import pathlib
import random
import struct
import subprocess
import tempfile
import unittest
import zlib

import container
import seal
import seal_reading
from cases import entry, file, sized, tensor

INGOT = os.environ.get("INGOT")
ROUNDS = int(os.environ.get("INGOT_CHANGES", "150"))
EDGES = [0, 1, 3, 23, 24, 63, 64, 127, 128, 255, 4095, 4096, 65536, 1 << 20, 1 << 26, (1 << 26) + 1, 1 << 28, 1 << 32, 1 << 63, (1 << 64) - 64]


def model(rows, is_padded):
    words = struct.pack("<IQ", 8, 1000) + b"".join(sized(b"word %d" % it) for it in range(1000))
    scores = struct.pack("<IQ", 6, 3000) + struct.pack("<3000f", *range(3000))
    entries = [entry("general.name", 8, sized(b"sealed")), entry("words", 9, words), entry("scores", 9, scores)]
    tensors = [tensor("w", [64, rows], 0, 0), tensor("b", [5], 0, rows * 256)]
    return file(entries, tensors, bytes(range(256)) * rows + bytes(32 if is_padded else 20))


class Change:
    """One file, changed in one to three places."""

    def __init__(self, source):
        self.source = source
        body = model(source.choice([5, 1024, 1100]), source.random() < 0.5)
        read = container.read(body)
        self.end, self.table_end, self.kind = read.body_end, read.table_end, source.choice([1, 2])
        padded = body.ljust(self.end, b"\0")
        name = source.choice([b"", b"name", "näme".encode()])
        self.data = bytearray(padded + seal.seal(padded, read, len(body), self.kind, 1 << 16, name, source.choice([0, 7])))
        self.at, self.size = self.end + 64, 4 if self.kind == 1 else 32
        (self.count,) = struct.unpack_from("<Q", self.data, self.at + 40)
        self.leaves = self.at + 112 + 3 * self.size + len(name)
        self.index = self.leaves + self.size * self.count
        steps = [self.word, self.number, self.frames, self.bit_of_seal, self.bit_of_body, self.cut, self.more, self.entry, self.swap]
        for _ in range(source.choice([1, 1, 1, 2, 3])):
            source.choice(steps)()
        if source.random() < 0.6:
            self.mend_digests()
        self.mend(source.choice([7, 7, 7, 7, 3, 5, 6, 0]))

    def put(self, form, at, value):
        if at + struct.calcsize(form) <= len(self.data):
            struct.pack_into(form, self.data, at, value)

    def edge(self):
        near = [self.end, self.end - 1, self.end + 1, self.table_end, len(self.data), len(self.data) - self.end]
        return self.source.choice(EDGES + near)

    def word(self):
        self.put("<I", self.at + self.source.choice([0, 4, 8, 12]), self.edge() % (1 << 32))

    def number(self):
        self.put("<Q", self.at + self.source.choice([16, 24, 32, 40, 48, 56, 64, 104]), self.edge())

    def frames(self):
        at, value = self.source.choice([8, 16, 24, 32, 40, 48, 52]), self.edge()
        for frame in self.source.choice([[self.end], [len(self.data) - 64], [self.end, len(self.data) - 64]]):
            self.put("<Q" if at in (16, 24, 32, 40) else "<I", max(frame, self.end) + at, value if 16 <= at <= 40 else value % (1 << 32))

    def bit_of_seal(self):
        if len(self.data) > self.end:
            self.data[self.source.randrange(self.end, len(self.data))] ^= 1 << self.source.randrange(8)

    def bit_of_body(self):
        self.data[self.source.randrange(self.end)] ^= 1 << self.source.randrange(8)

    def cut(self):
        if len(self.data) > self.end:
            del self.data[self.source.randrange(self.end, len(self.data)) :]

    def more(self):
        self.data += self.source.randbytes(self.source.choice([1, 7, 63, 64, 65, 200]))

    def entry(self):
        """One of the three numbers of an entry of the index, or a mark."""
        value = self.edge()
        self.put("<Q", self.index + self.source.choice([0, 8, 16, 24 + 4 * 16, 24 + 4 * 16 + 8]), value)

    def swap(self):
        """Two digests of chunks."""
        first, second = (self.leaves + self.size * self.source.randrange(self.count) for _ in range(2))
        one, two = self.data[first : first + self.size], self.data[second : second + self.size]
        if second + self.size <= len(self.data) and first + self.size <= len(self.data):
            self.data[first : first + self.size], self.data[second : second + self.size] = two, one

    def mend_digests(self):
        """Those of root and index, by the lengths that stand there now."""
        if len(self.data) < self.at + 112 + 3 * self.size:
            return
        size, count, index, _, name = struct.unpack_from("<5Q", self.data, self.at + 32)
        if max(count, index, name) > 1 << 20:
            return
        leaves = self.at + 112 + 3 * self.size + name
        end = leaves + self.size * count
        root = seal.digest(self.kind, 1, [self.end, size, count], bytes(self.data[leaves:end]))
        of_index = seal.digest(self.kind, 3, [index], bytes(self.data[end : end + index]))
        self.data[self.at + 112 + self.size : self.at + 112 + 3 * self.size] = root + of_index

    def mend(self, which):
        """The checksums of table header, tables and footer, or some of them."""
        footer = len(self.data) - 64
        if footer < self.end + 64:
            return
        for bit, start, end, at in [(1, self.end, self.end + 60, self.end + 60), (2, self.end, footer, footer + 48), (4, footer, footer + 60, footer + 60)]:
            if which & bit:
                self.put("<I", at, zlib.crc32(self.data[start:end]))


def expected(data):
    """The code and offset of what is wrong first; none where the header itself is refused."""
    read = container.read(data)
    try:
        found = seal_reading.verify(data, read)
        if found.place[1]:
            seal_reading.check_set([found], [read.body_end])
    except seal_reading.SealError as error:
        return error.code, error.offset
    return None


@unittest.skipUnless(INGOT, "INGOT names no command")
class SealChanges(unittest.TestCase):
    def test_changed_seals(self):
        """L3 to L13"""
        codes = set()
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "changed.gguf"
            for seed in range(ROUNDS):
                data = bytes(Change(random.Random(seed)).data)
                try:
                    verdict = expected(data)
                except container.ContainerError:
                    continue
                path.write_bytes(data)
                run = subprocess.run([INGOT, "verify", path, "--json"], capture_output=True, check=False)
                with self.subTest(seed=seed):
                    self.assertEqual(run.returncode, 1 if verdict else 0, run.stderr)
                    errors = json.loads(run.stdout)["files"][0]["errors"]
                    found = (errors[0]["code"], errors[0].get("offset")) if errors else None
                    if verdict and verdict[0] == "INDEX" and verdict[1] is None:
                        found = (found[0], None)  # the page has the array, which is not looked for here
                    self.assertEqual(found, verdict)
                codes.add(verdict and verdict[0])
        self.assertGreaterEqual(len(codes), min(8, ROUNDS // 15), codes)


if __name__ == "__main__":
    unittest.main()
