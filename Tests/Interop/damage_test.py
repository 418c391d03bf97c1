"""Every bit of the headers of files shaped like real ones turned, and every truncation of them."""

import concurrent.futures
import math
import os
import pathlib
import struct
import tempfile
import unittest

import mutants
from mutants import container
from oracle import Test, reports, verdicts

BATCH = 500


def shared_folder():
    shared = pathlib.Path("/dev/shm")
    return tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None)


def verdict(data):
    """What the specification's own reader says: code and offset, or what it reads, as K3 has it."""
    try:
        read = container.read(data)
    except container.ContainerError:
        # Where several clauses are broken a reader reports any of them (C24).
        return {(rule.partition("-")[2], offset) for rule, offset in container.judge(data).findings}
    facts = [read.version, read.alignment, read.data_start, max(0, len(data) - read.body_end)]
    tensors = [[it.name, it.dims, it.encoding.name, read.data_start + it.offset, it.size] for it in read.tensors]
    metadata = [[key, it.type, it.element_type, plain(it.value, it.element_type or it.type)]
                for key, it in read.metadata.items()]  # fmt: skip
    return [facts, tensors, metadata]


def answer(report):
    """The same of `ingot info`."""
    if "error" in report:
        return report["error"]["code"], report["error"].get("offset")
    facts = [report["container"][key] for key in ("version", "alignment", "dataOffset", "trailingByteCount")]
    tensors = [[it[key] for key in ("name", "dimensions", "type", "offset", "byteCount")] for it in report["tensors"]]
    metadata = [[it["key"], it["type"], it.get("elementType"), plain(it["value"], it.get("elementType") or it["type"])]
                for it in report["metadata"]]  # fmt: skip
    return [facts, tensors, metadata]


def plain(value, kind):
    """A value that compares: floats by their bits, but for NaN, of which JSON has one."""
    if isinstance(value, list):
        return [plain(it, kind) for it in value]
    if kind not in ("FLOAT32", "FLOAT64"):
        return value
    if value == "NaN" or isinstance(value, float) and math.isnan(value):
        return "NaN"
    return struct.pack("<f" if kind == "FLOAT32" else "<d", float(value))


def compare_flips(data, bits):
    """Turns each of the bits by itself; gives those of which both readers say something else, with what they say."""
    with shared_folder() as folder:
        paths = []
        for bit in bits:
            changed = bytearray(data)
            changed[bit // 8] ^= 1 << bit % 8
            path = pathlib.Path(folder, f"{bit}.gguf")
            path.write_bytes(changed)
            paths.append(path)
        different = []
        for bit, path, report in zip(bits, paths, reports(paths), strict=True):
            theirs, ours = verdict(path.read_bytes()), answer(report)
            # Without its magic a file is of no known kind, and that has no place.
            agree = ours in theirs if isinstance(theirs, set) else ours == theirs
            if not agree and not (bit < 32 and "error" in report):
                different.append((bit, theirs, ours))
        return different


class DamageTest(Test):
    def setUp(self):
        super().setUp()
        self.files = {path.name: path.read_bytes() for path in sorted(mutants.REAL.glob("*.gguf"))}
        self.assertGreaterEqual(len(self.files), 3)

    def test_every_flipped_bit_of_a_header_is_read_as_the_specification_reads_it(self):
        """C1 to C21, K1, K3"""
        with concurrent.futures.ProcessPoolExecutor() as pool:
            jobs = []
            for name, data in self.files.items():
                bits = range(8 * container.read(data).table_end)
                for start in range(0, len(bits), BATCH):
                    jobs.append((name, pool.submit(compare_flips, data, bits[start : start + BATCH])))
            for name, job in jobs:
                for bit, theirs, ours in job.result():
                    with self.subTest(name, byte=bit // 8, bit=bit % 8):
                        self.assertEqual(ours, theirs)

    def test_every_truncation_has_a_finding(self):
        """C1, C19, C20"""
        for name, data in self.files.items():
            with shared_folder() as folder:
                paths = [pathlib.Path(folder, f"{length}.gguf") for length in range(len(data))]
                for length, path in enumerate(paths):
                    path.write_bytes(data[:length])
                for length, judged in enumerate(verdicts(paths)):
                    self.assertTrue(judged["findings"], f"{name}, cut to {length} bytes")


if __name__ == "__main__":
    unittest.main()
