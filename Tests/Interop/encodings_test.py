"""Blocks: what ingot encodes and decodes against ggml and gguf-py, on data that no golden file holds."""

import unittest

import gguf
import numpy
from safetensors.numpy import save_file

from oracle import ENCODINGS, GGML, NEED_IMPORTANCE, SAME_BYTES, Test, decoded, ingot, ingot_json

ROWS = {
    "normal": lambda random: random.standard_normal((24, 512)),
    "small": lambda random: random.standard_normal((8, 512)) * 1e-6,
    "heavy": lambda random: random.standard_t(3, (8, 512)),
    "positive": lambda random: random.random((8, 512)),
    "ternary": lambda random: random.integers(-1, 2, (8, 512)),
    "coarse": lambda random: random.integers(-7, 8, (8, 512)) * 0.25,
    "zero": lambda random: numpy.zeros((2, 512)),
}


class EncodingsTest(Test):
    def setUp(self):
        super().setUp()
        random = numpy.random.default_rng(20261123)
        self.rows = {name: make(random).astype("<f4") for name, make in ROWS.items()}
        self.checkpoint = self.folder / "rows.safetensors"
        save_file(self.rows, self.checkpoint)
        self.ggml = GGML()

    def convert(self, encoding, effort="fast"):
        output = self.folder / f"{encoding}-{effort}.gguf"
        ingot("convert", self.checkpoint, "-o", output, "--encoding", encoding, "--effort", effort)
        return output

    def blocks(self, path):
        """The stored bytes of each tensor, cut out of the file by the offsets that ingot states."""
        info = ingot_json("info", path)
        data = path.read_bytes()
        return {
            tensor["name"]: numpy.frombuffer(data, "u1", tensor["byteCount"], tensor["offset"])
            for tensor in info["tensors"]
        }

    def test_reference_encoders_give_the_bytes_of_ggml(self):
        for encoding in SAME_BYTES:
            number = ENCODINGS[encoding][0]
            with self.subTest(encoding):
                blocks = self.blocks(self.convert(encoding))
                for name, rows in self.rows.items():
                    expected = rows.view("u1").ravel() if number == 0 else self.ggml.encode(number, rows)
                    self.assert_same_bits(blocks[name], expected, f"{encoding} {name}")

    def test_decoders_give_the_floats_of_ggml(self):
        for encoding, (number, _, _) in ENCODINGS.items():
            with self.subTest(encoding):
                path = self.convert(encoding)
                blocks = self.blocks(path)
                for name in self.rows:
                    self.assert_same_bits(
                        decoded(path, name), self.ggml.decode(number, blocks[name]), f"{encoding} {name}")

    def test_searching_encoders_are_no_worse_than_ggml(self):
        for encoding, (number, _, _) in ENCODINGS.items():
            if encoding in ("f32", "f16", "bf16"):
                continue
            path = self.convert(encoding, "balanced")
            for name, rows in self.rows.items():
                with self.subTest(encoding, rows=name):
                    importance = numpy.ones(rows.shape[1], "<f4") if encoding in NEED_IMPORTANCE else None
                    reference = self.ggml.decode(number, self.ggml.encode(number, rows, importance))
                    ours, theirs = (
                        numpy.square(values.astype("f8") - rows.ravel()).sum()
                        for values in (decoded(path, name), reference)
                    )
                    # An error of one unit in the last place of each value is none.
                    least = numpy.square(rows.astype("f8") * 2.0**-23).sum()
                    self.assertLessEqual(ours, 1.01 * theirs + least)

    def test_gguf_py_decodes_the_same_floats(self):
        for encoding, (number, values, size) in ENCODINGS.items():
            if number not in self.decoded_by_gguf_py():
                continue
            with self.subTest(encoding):
                path = self.convert(encoding)
                reader = gguf.GGUFReader(path)
                self.assertEqual({tensor.name for tensor in reader.tensors}, set(self.rows))
                self.assertEqual(reader.get_field("general.quantization_version").contents(), 2)
                for tensor in reader.tensors:
                    self.assertEqual(gguf.GGML_QUANT_SIZES[tensor.tensor_type], (values, size))
                    floats = gguf.quants.dequantize(tensor.data, tensor.tensor_type).astype("<f4", copy=False)
                    self.assert_same_bits(decoded(path, tensor.name), floats, f"{encoding} {tensor.name}")

    @staticmethod
    def decoded_by_gguf_py():
        """The numbers of the encodings that this version of gguf-py decodes: it knows others by name alone."""
        numbers = set()
        for kind in gguf.GGMLQuantizationType:
            try:
                gguf.quants.dequantize(numpy.zeros((1, gguf.GGML_QUANT_SIZES[kind][1]), "u1"), kind)
            except (NotImplementedError, ValueError):
                if kind not in (gguf.GGMLQuantizationType.F32, gguf.GGMLQuantizationType.F16):
                    continue
            numbers.add(kind.value)
        return numbers

    def test_any_bit_pattern_decodes_as_in_ggml(self):
        random = numpy.random.default_rng(7)
        for encoding, (number, values, size) in ENCODINGS.items():
            with self.subTest(encoding):
                count = 64 * 512
                blocks = random.integers(0, 256, count // values * size, dtype="u1")
                path = self.folder / f"any-{encoding}.gguf"
                self.write(path, number, count, blocks)
                ours, theirs = decoded(path, "any"), self.ggml.decode(number, blocks)
                # Where scale and minimum are both NaN, the processor's order of the operands decides which comes out.
                ours, theirs = (numpy.where(numpy.isnan(it), numpy.float32("nan"), it) for it in (ours, theirs))
                self.assert_same_bits(ours, theirs, encoding)

    @staticmethod
    def write(path, number, count, blocks):
        """A container with one tensor, written byte by byte, since gguf-py does not know all encodings."""
        header = b"GGUF" + (3).to_bytes(4, "little") + (1).to_bytes(8, "little") + (0).to_bytes(8, "little")
        header += (3).to_bytes(8, "little") + b"any" + (2).to_bytes(4, "little")
        header += (512).to_bytes(8, "little") + (count // 512).to_bytes(8, "little")
        header += number.to_bytes(4, "little") + (0).to_bytes(8, "little")
        header += bytes(-len(header) % 32)
        path.write_bytes(header + blocks.tobytes() + bytes(-blocks.size % 32))


if __name__ == "__main__":
    unittest.main()
