"""Containers: metadata and tensors through gguf-py in both directions."""

import unittest

import gguf
import numpy
from gguf import GGUFValueType
from safetensors.numpy import save_file

from oracle import Test, decoded, ingot, ingot_json

SCALARS = {
    "a.uint8": (GGUFValueType.UINT8, 255),
    "a.int8": (GGUFValueType.INT8, -128),
    "a.uint16": (GGUFValueType.UINT16, 65535),
    "a.int16": (GGUFValueType.INT16, -32768),
    "a.uint32": (GGUFValueType.UINT32, 2**32 - 1),
    "a.int32": (GGUFValueType.INT32, -(2**31)),
    "a.uint64": (GGUFValueType.UINT64, 2**64 - 1),
    "a.int64": (GGUFValueType.INT64, -(2**63)),
    "a.float32": (GGUFValueType.FLOAT32, 0.5),
    "a.float64": (GGUFValueType.FLOAT64, 1e300),
    "a.bool": (GGUFValueType.BOOL, True),
    "a.string": (GGUFValueType.STRING, "Grüße, 世界 🌍"),
    "a.empty": (GGUFValueType.STRING, ""),
}
ARRAYS = {
    "b.strings": ["<s>", "", "▁the", "\n"],
    "b.integers": [1, -2, 3],
    "b.floats": [0.0, -1.5, 2.5],
    "b.bools": [True, False, True],
}


class ContainerTest(Test):
    def write(self, path, alignment=None):
        writer = gguf.GGUFWriter(path, "test")
        if alignment:
            writer.add_custom_alignment(alignment)
        for key, (kind, value) in SCALARS.items():
            writer.add_key_value(key, value, kind)
        for key, value in ARRAYS.items():
            writer.add_array(key, value)
        random = numpy.random.default_rng(3)
        self.tensors = {
            "f32": random.standard_normal((3, 5)).astype("<f4"),
            "f16": random.standard_normal((2, 3, 4)).astype("<f2"),
            "f64": random.standard_normal((2, 2)),
            "i8": random.integers(-128, 128, (7,)).astype("i1"),
            "i16": random.integers(-999, 999, (2, 1, 2, 3)).astype("<i2"),
            "i32": random.integers(-999, 999, (4, 4)).astype("<i4"),
            "i64": random.integers(-999, 999, (9,)).astype("<i8"),
        }
        for name, values in self.tensors.items():
            writer.add_tensor(name, values)
        rows = random.standard_normal((6, 256)).astype("<f4")
        for kind in (gguf.GGMLQuantizationType.Q8_0, gguf.GGMLQuantizationType.Q4_0, gguf.GGMLQuantizationType.TQ2_0):
            blocks = gguf.quants.quantize(rows, kind)
            writer.add_tensor(kind.name, blocks, raw_dtype=kind)
            self.tensors[kind.name] = gguf.quants.dequantize(blocks, kind)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()

    def test_ingot_reads_what_gguf_py_writes(self):
        for alignment in (None, 8, 64, 4096):
            with self.subTest(alignment=alignment):
                path = self.folder / f"theirs-{alignment}.gguf"
                self.write(path, alignment)
                info = ingot_json("info", path, "--full")
                metadata = {entry["key"]: entry for entry in info["metadata"]}
                for key, (kind, value) in SCALARS.items():
                    self.assertEqual(metadata[key]["type"], kind.name)
                    self.assertEqual(metadata[key]["value"], value, key)
                for key, value in ARRAYS.items():
                    self.assertEqual(metadata[key]["value"], value, key)
                for name, values in self.tensors.items():
                    self.assert_same_bits(decoded(path, name), values.astype("<f4"), name)

    def test_a_copy_of_what_gguf_py_writes_is_identical(self):
        for alignment in (None, 64):
            path, copy = self.folder / f"{alignment}.gguf", self.folder / f"copy-{alignment}.gguf"
            self.write(path, alignment)
            ingot("convert", path, "-o", copy)
            self.assertEqual(path.read_bytes(), copy.read_bytes())

    def test_gguf_py_reads_the_metadata_that_ingot_writes(self):
        path, output = self.folder / "theirs.gguf", self.folder / "ours.gguf"
        self.write(path)
        ingot("convert", path, "-o", output, "--encoding", "f16", "--alignment", "128")
        reader = gguf.GGUFReader(output)
        self.assertEqual(reader.get_field("general.file_type").contents(), 1)
        self.assertEqual(reader.get_field("general.alignment").contents(), 128)
        for key, (kind, value) in SCALARS.items():
            field = reader.get_field(key)
            self.assertEqual(field.types, [kind])
            self.assertEqual(field.contents(), value, key)
        for key, value in ARRAYS.items():
            self.assertEqual(reader.get_field(key).contents(), value, key)

    def test_gguf_py_reads_a_converted_checkpoint(self):
        random = numpy.random.default_rng(5)
        tensors = {
            "model.weight": random.standard_normal((4, 96)).astype("<f4"),
            "model.bias": random.standard_normal(96).astype("<f4"),
            "position_ids": numpy.arange(12, dtype="<i8").reshape(1, 12),
            "mask": numpy.array([[True, False, True]]),
            "bytes": numpy.arange(256, dtype="u1").reshape(2, 128),
        }
        checkpoint, output = self.folder / "m.safetensors", self.folder / "m.gguf"
        save_file(tensors, checkpoint, metadata={"format": "pt"})
        ingot("convert", checkpoint, "-o", output)
        reader = gguf.GGUFReader(output)
        self.assertEqual(reader.get_field("general.architecture").contents(), "generic")
        self.assertEqual(reader.get_field("general.name").contents(), "m")
        found = {tensor.name: tensor for tensor in reader.tensors}
        self.assertEqual(set(found), set(tensors))
        for name, values in tensors.items():
            self.assertEqual(list(found[name].shape), list(reversed(values.shape)), name)
            numpy.testing.assert_array_equal(found[name].data.reshape(values.shape), values, name)


if __name__ == "__main__":
    unittest.main()
