"""What a conversion takes of the machine: memory that does not grow with the model, and every core.

Each conversion runs as the only child of a process of its own, so that the peak that the system reports is its own.
Pages of mapped files count, as they do in `/usr/bin/time -v`.
"""

import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import gguf
import numpy

from oracle import INGOT, ROOT, Test, ingot, minilm, minilm_folder, smollm2

sys.path.append(str(ROOT / "Benchmarks"))
import columns  # noqa: E402 (the benchmarks write the same files)
import pickled  # noqa: E402
import synthetic  # noqa: E402

MEBIBYTE = 1 << 20


def limit(side_files=0, tensors=0):
    """What a conversion may take: 40 MiB, 4 bytes for each of the side files, and 200 for each tensor."""
    return 40 * MEBIBYTE + 4 * side_files + 200 * tensors

# Runs a command and prints, as JSON, the use of its children, of which it has one.
MEASURE = """
import json, resource, subprocess, sys, time
start = time.monotonic()
status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
wall = time.monotonic() - start
use = resource.getrusage(resource.RUSAGE_CHILDREN)
# The unit of ru_maxrss is a kibibyte, and a byte on Apple platforms.
peak = use.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"status": status, "wall": wall, "cpu": use.ru_utime + use.ru_stime, "peak": peak}))
"""


def measured(*command):
    """Wall time and processor time in seconds, and peak memory in bytes, of a command."""
    run = subprocess.run(
        [sys.executable, "-c", MEASURE, *map(str, command)], check=True, capture_output=True, text=True
    )
    use = json.loads(run.stdout)
    if use["status"] != 0:
        raise AssertionError(f"status {use['status']}\n{run.stderr}")
    return use


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


class MemoryTest(Test):
    def setUp(self):
        super().setUp()
        # In memory where that is possible: a slow disk is not what is tested, nor how a disk's cache fills with zeros.
        shared = pathlib.Path("/dev/shm")
        folder = tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.output = self.folder / "output.gguf"

    def convert(self, source, encoding, *options, side_files=0, tensors=0):
        use = measured(INGOT, "convert", source, "-o", self.output, "--encoding", encoding, "--force", *options)
        most = limit(side_files, tensors)
        self.assertLess(use["peak"], most, f"{use['peak'] / MEBIBYTE:.1f} of {most / MEBIBYTE:.1f} MiB for {encoding}")
        return use

    def test_minilm_converts_in_bounded_memory(self):
        for encoding in ("q8_0", "q4_0", "q2_0", "tq2_0", "f32"):
            with self.subTest(encoding):
                self.convert(minilm(), encoding)
                sizes = (path.stat().st_size for path in minilm_folder().iterdir() if path.suffix != ".safetensors")
                self.convert(minilm_folder(), encoding, side_files=sum(sizes))

    def test_one_tensor_of_4_gigabytes_converts_in_bounded_memory_on_all_cores_and_always_the_same(self):
        source = self.folder / "large.safetensors"
        synthetic.large(source, 262_144)
        # Other programs may take a core for a while, so the best of three runs counts.
        shares, digests = [], set()
        for _ in range(3):
            use = self.convert(source, "q4_0")
            digests.add(digest(self.output))
            shares.append(use["cpu"] / use["wall"])
            if len(shares) > 1 and max(shares) > 1.3:
                break
        # A seal has 4 bytes for each of some 600 chunks.
        rest = self.output.stat().st_size - 262_144 * 4096 // 32 * 18
        self.assertTrue(0 < rest < 8192, f"the blocks, and {rest} bytes of header and seal")
        self.assertEqual(len(digests), 1, "runs differ")
        if cores() > 1:
            self.assertGreater(max(shares), 1.3, f"processor time by wall time: {shares}")

    def test_smollm2_of_floats_converts_in_bounded_memory(self):
        floats = self.folder / "f32.gguf"
        ingot("convert", smollm2(), "-o", floats, "--encoding", "f32")
        # Its vocabulary is in the metadata of the file.
        metadata = json.loads(ingot("convert", floats, "--dry-run", "--json"))["dataOffset"]
        for encoding in ("q8_0", "q4_k"):
            with self.subTest(encoding):
                self.convert(floats, encoding, side_files=metadata)

    def test_a_hundred_thousand_tensors_take_little_each(self):
        source = self.folder / "tiny.safetensors"
        small, large = 20_000, 100_000
        synthetic.tiny(source, small)
        first = self.convert(source, "q8_0", tensors=small)
        synthetic.tiny(source, large)
        second = self.convert(source, "q8_0", tensors=large)
        self.assertLess((second["peak"] - first["peak"]) / (large - small), 260, "bytes for each further tensor")
        # Time grows with the number of tensors, not with its square.
        self.assertLess(second["cpu"] / first["cpu"], 3 * large / small)

    def bounded(self, command, *arguments, tensors):
        use = measured(INGOT, command, *arguments)
        most = limit(tensors=tensors)
        self.assertLess(use["peak"], most, f"{use['peak'] / MEBIBYTE:.1f} of {most / MEBIBYTE:.1f} MiB for {command}")

    def test_50000_tensors_are_exported_compared_and_extracted_in_bounded_memory(self):
        source, count = self.folder / "tiny.safetensors", 50_000
        synthetic.tiny(source, count)
        self.convert(source, "f16", tensors=count)
        for name in ("again.safetensors", "again.npz", "again"):
            with self.subTest(name):
                self.bounded("export", self.output, "-o", self.folder / name, tensors=count)
        # Of each tensor a comparison keeps what it found.
        self.bounded("compare", source, self.output, tensors=2 * count)
        self.bounded("extract", self.output, "blocks.5.weight", "-o", self.folder / "x.npy", tensors=count)

    def test_a_mixture_of_36000_tensors_of_experts_converts_in_bounded_memory(self):
        source = self.folder / "experts"
        _, tensors = synthetic.experts(source)
        self.assertGreater(tensors, 36_000)
        sizes = sum(path.stat().st_size for path in source.glob("*.json"))
        for encoding in ("auto", "f16", "q8_0", "q4_k"):
            with self.subTest(encoding):
                self.convert(source, encoding, "--effort", "fast", side_files=sizes, tensors=tensors)
        # And back.
        self.bounded("export", self.output, "-o", self.folder / "again.safetensors", tensors=tensors)

    def test_50000_tensors_of_pytorch_convert_in_bounded_memory(self):
        source = self.folder / "many.pt"
        pickled.many(source, 50_000)
        self.convert(source, "f32", tensors=50_000)
        tensors = gguf.GGUFReader(self.output).tensors
        self.assertEqual(len(tensors), 50_000)
        for tensor in tensors[::1000]:
            self.assertEqual(float(tensor.data.flat[0]), float(tensor.name.split(".")[1]))

    def test_many_tensors_of_archives_and_models_take_little_each(self):
        source, count = self.folder / "many", 100_000
        outputs = set()
        for kind in ("npz", "npz-deflated", "onnx"):
            with self.subTest(kind):
                synthetic.COUNTED[kind](source, count)
                self.convert(source, "f16", tensors=count)
                outputs.add(digest(self.output))
        self.assertEqual(len(outputs), 1, "the same tensors in other files")

    def test_a_mixture_of_36000_tensors_in_fp8_converts_in_bounded_memory(self):
        source = self.folder / "experts"
        _, tensors = synthetic.experts(source, layers=47, fp8=True)
        self.assertGreater(tensors, 36_000)
        sizes = sum(path.stat().st_size for path in source.glob("*.json"))
        self.convert(source, "f16", side_files=sizes, tensors=tensors)

    def test_what_stands_by_column_converts_in_bounded_memory(self):
        for name, make in columns.CHECKPOINTS.items():
            if "deflated" in name:
                continue
            with self.subTest(name), tempfile.TemporaryDirectory(dir=self.folder) as folder:
                path = make(pathlib.Path(folder))
                sides = [it.stat().st_size for it in path.iterdir() if it.suffix == ".json"] if path.is_dir() else []
                family = [] if path.name == "gpt2" else ["--family", "generic"]
                for encoding in ("f32", "q8_0"):
                    self.convert(path, encoding, "--effort", "fast", *family, side_files=sum(sides),
                                 tensors=1024 if "small" in name else 50)

    def test_a_large_array_by_column_is_what_numpy_reads(self):
        path = columns.fortran(self.folder, False)
        self.convert(path, "f32", "--family", "generic")
        values = gguf.GGUFReader(self.output).tensors[0].data
        self.assertTrue(numpy.array_equal(values, numpy.load(path)["weight"]))

    def test_an_array_of_more_dimensions_in_another_order_is_what_numpy_reads(self):
        path = columns.reversed_axes(self.folder)
        self.convert(path, "f32", "--family", "generic")
        values = gguf.GGUFReader(self.output).tensors[0].data
        self.assertTrue(numpy.array_equal(values, numpy.load(path)))

    def test_buffers_are_as_large_as_they_are_asked_to_be(self):
        source = self.folder / "large.safetensors"
        synthetic.large(source, 65_536)
        peaks = [self.convert(source, "f16", "--memory", size, "--threads", "64")["peak"] for size in ("1M", "12M")]
        self.assertLess(peaks[0], peaks[1])

    def test_4_gigabytes_in_many_tensors_convert_in_bounded_memory(self):
        source = self.folder / "many.safetensors"
        synthetic.write_sparse(source, {f"layer.{index}.weight": [1024, 256] for index in range(4096)})
        self.convert(source, "q4_0", tensors=4096)


if __name__ == "__main__":
    unittest.main()
