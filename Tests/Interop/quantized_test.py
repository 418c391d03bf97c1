"""Quantized checkpoints: what ingot makes of them, against the weights that other programs make of the same files."""

import json
import unittest

import gguf
import numpy
from memory_test import MEBIBYTE, measured
from safetensors.numpy import load_file, save_file

from oracle import INGOT, ROOT, Test, ingot, ingot_json

FOLDERS = sorted(path for path in (ROOT / "testdata" / "quantized").iterdir() if path.is_dir())


def floats(path):
    """The tensors of a GGUF file that numpy has a type for; gguf-py gives others as bytes."""
    return {
        it.name: it.data.reshape(it.shape[::-1]) for it in gguf.GGUFReader(path).tensors if it.data.dtype.kind == "f"
    }


class QuantizedTest(Test):
    def test_every_scheme_converts_to_the_weights_that_it_stands_for(self):
        self.assertGreater(len(FOLDERS), 15)
        for folder in FOLDERS:
            with self.subTest(folder.name):
                output = self.folder / "output.gguf"
                ingot("convert", folder, "-o", output, "--family", "generic", "--force")
                found = floats(output)
                for name, expected in load_file(folder / "expected.safetensors").items():
                    self.assertEqual(found[name].dtype, numpy.float32)
                    self.assertTrue((found[name].view("u4") == expected.view("u4")).all(), name)

    def test_plan_and_information_name_the_scheme(self):
        folder = ROOT / "testdata" / "quantized" / "gptq-4"
        words = "decoded from GPTQ, 4 bits in groups of 16"
        for report in (
            ingot_json("convert", folder, "--family", "generic", "--dry-run"), ingot_json("info", folder)
        ):
            changes = {it["name"]: it.get("change") for it in report["tensors"]}
            self.assertEqual(changes, {"m.q.weight": words, "m.q.bias": None})
        self.assertIn(words, ingot("info", folder))

    def test_columns_are_read_in_bounded_memory(self):
        # The words of an output stand in a column, of which AWQ has the narrowest.
        random = numpy.random.default_rng(20261126)
        inputs, outputs, group = 16_384, 8_192, 128
        word = lambda *shape: random.integers(-(1 << 31), 1 << 31, shape, dtype="i8").astype("<i4")
        tensors = {
            "m.qweight": word(inputs, outputs // 8), "m.qzeros": word(inputs // group, outputs // 8),
            "m.scales": random.uniform(0.001, 0.01, (inputs // group, outputs)).astype("<f2"),
        }
        save_file(tensors, self.folder / "model.safetensors")
        note = {"quant_method": "awq", "bits": 4, "group_size": group}
        (self.folder / "config.json").write_text(json.dumps({"quantization_config": note}))
        output = self.folder / "output.gguf"
        source = self.folder / "model.safetensors"
        use = measured(INGOT, "convert", source, "-o", output, "--encoding", "f16")
        self.assertLess(use["peak"], 72 * MEBIBYTE, f"{use['peak'] / MEBIBYTE:.1f} MiB")
        # A row of outputs that stand far apart.
        found = floats(output)["m.weight"]
        order = [0, 4, 1, 5, 2, 6, 3, 7]
        for row in (0, 1, 4_099, outputs - 1):
            shift = 4 * order[row % 8]
            code = tensors["m.qweight"][:, row // 8] >> shift & 15
            zero = numpy.repeat(tensors["m.qzeros"][:, row // 8] >> shift & 15, group)
            scale = numpy.repeat(tensors["m.scales"][:, row].astype("f4"), group)
            expected = ((code - zero).astype("f4") * scale).astype("f2")
            self.assertTrue((found[row] == expected).all(), row)


if __name__ == "__main__":
    unittest.main()
