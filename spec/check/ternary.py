"""Packed ternary weights, from S9 of safetensors.md and V3.8 of conversion.md alone. INGOT names the command."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import container
import numpy as np
import stored_data
import tensor_encodings as encodings
from cases import checkpoint

INGOT = os.environ.get("INGOT")


def unpacked(data, rows, columns):
    """S9.2, S9.3: the codes of a packed tensor, -1 to 1, or 2 for the code that stands for nothing."""
    bytes_ = np.frombuffer(data, np.uint8).reshape(rows, columns)
    return np.concatenate([(bytes_ >> 2 * i & 3).astype(np.int8) - 1 for i in range(4)])


def scale_of(stored, linear_class):
    """S9.3"""
    w = np.float32(stored)
    return w if linear_class == "autobitlinear" else np.float32(1) / w


@unittest.skipUnless(INGOT, "INGOT names no command")
class Ternary(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        generator = np.random.default_rng(9)
        fields = generator.integers(0, 3, (4, 6, 512), np.uint8)
        self.data = (fields[0] | fields[1] << 2 | fields[2] << 4 | fields[3] << 6).tobytes()

    def source(self, data, scale, linear_class, method="bitnet"):
        config = {"quant_method": method} | ({"linear_class": linear_class} if linear_class else {})
        (self.folder / "config.json").write_text(json.dumps({"quantization_config": config}))
        members = {
            "a.weight": ("U8", [6, 512], [0, len(data)]),
            "a.weight_scale": ("F32", [1], [len(data), len(data) + 4]),
        }
        path = self.folder / "a.safetensors"
        path.write_bytes(checkpoint(members, data + np.float32(scale).tobytes()))
        return path

    def convert(self, source, *options):
        output = self.folder / "a.gguf"
        command = [INGOT, "convert", source, "-o", output, "--force", "--json", "--seal", "none", *options]
        run = subprocess.run(list(map(str, command)), capture_output=True, check=False)
        return run.returncode, json.loads(run.stdout), output

    def test_codes_are_kept(self):
        """S9.2, S9.3, V3.8"""
        codes = unpacked(self.data, 6, 512)
        for stored in [0.75, 0.1, 3.0, 2.0**-13]:
            for linear_class in ["autobitlinear", "bitlinear", None]:
                s = scale_of(stored, linear_class)
                half = encodings.from_half(encodings.half(np.array([s], np.float32)))[0]
                source = self.source(self.data, stored, linear_class)
                for encoding in ["TQ1_0", "TQ2_0", "F32"]:
                    for effort in ["fast", "best"]:
                        with self.subTest(f"{stored} {linear_class} {encoding} {effort}"):
                            status, answer, output = self.convert(
                                source, "--encoding", encoding.lower(), "--effort", effort)
                            self.assertEqual(status, 0, answer)
                            data = output.read_bytes()
                            read = container.read(data)
                            self.assertEqual([it.name for it in read.tensors], ["a.weight"])
                            tensor = read.tensors[0]
                            self.assertEqual((tensor.dims, tensor.encoding.name), ([512, 24], encoding))
                            values = encodings.decode(encoding, stored_data.data_of(data, read, tensor))
                            factor = s if encoding == "F32" else half
                            self.assertTrue(np.array_equal(values, codes.reshape(-1) * factor))

    def test_refusals(self):
        """S9.3 to S9.5, S9.1"""
        broken = bytearray(self.data)
        broken[512 + 7] |= 0x30
        for data, scale, linear_class, method, code in [
            (bytes(broken), 1, "bitlinear", "bitnet", "VALUE"),
            (self.data, 0, None, "bitnet", "VALUE"),
            (self.data, np.nan, "autobitlinear", "bitnet", "VALUE"),
            (self.data, -1, "autobitlinear", "bitnet", "VALUE"),
            (self.data, 1, "other", "bitnet", "VALUE"),
            (self.data, 1, None, None, "SCHEMA"),
        ]:
            with self.subTest(f"{scale} {linear_class} {method}"):
                status, answer, _ = self.convert(self.source(data, scale, linear_class, method), "--encoding", "tq2_0")
                self.assertNotEqual(status, 0)
                self.assertEqual(answer["error"]["code"], code)
        status, answer, _ = self.convert(self.source(bytes(broken), 1, None), "--encoding", "tq2_0")
        for fact in ["a.weight", "row 13", "column 7"]:
            self.assertIn(fact, answer["error"]["message"])

    def test_other_bytes(self):
        """S9.1: with another method the two are what the file says."""
        status, answer, output = self.convert(self.source(self.data, 1, None, "other"))
        self.assertEqual(status, 0, answer)
        read = container.read(output.read_bytes())
        self.assertEqual([it.name for it in read.tensors], ["a.weight", "a.weight_scale"])
        self.assertEqual([it.encoding.name for it in read.tensors], ["I16", "F32"])
