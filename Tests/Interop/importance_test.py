"""Importance matrices: files that gguf-py writes, and the older format by hand, weight the error as they should."""

import struct
import unittest

import gguf
import numpy
from safetensors.numpy import save_file

from oracle import Test, decoded, ingot, ingot_json

COLUMNS, ROWS, EXPERTS = 512, 6, 3


class WeightedCheckpoint(Test):
    """A checkpoint and importance matrices for two of its three tensors."""

    def setUp(self):
        super().setUp()
        random = numpy.random.default_rng(4)
        self.tensors = {
            "blk.0.attn_q.weight": random.standard_normal((ROWS, COLUMNS)).astype("<f4"),
            "blk.0.ffn_up_exps.weight": random.standard_normal((EXPERTS, ROWS, COLUMNS)).astype("<f4"),
            "blk.1.attn_q.weight": random.standard_normal((ROWS, COLUMNS)).astype("<f4"),
        }
        # Halves of small whole numbers times a power of two: the sums, and their quotients, are exact in both formats.
        self.weights = {
            "blk.0.attn_q.weight": random.integers(1, 4096, (1, COLUMNS)).astype("<f4") / 64,
            "blk.0.ffn_up_exps.weight": random.integers(1, 4096, (EXPERTS, COLUMNS)).astype("<f4") / 64,
        }
        self.calls = 32
        self.checkpoint = self.folder / "model.safetensors"
        save_file(self.tensors, self.checkpoint)

    def gguf(self, counts=None):
        path = self.folder / "imatrix.gguf"
        writer = gguf.GGUFWriter(path, arch="", use_temp_file=False)
        writer.add_type("imatrix")
        writer.add_array("imatrix.datasets", ["some text"])
        writer.add_uint32("imatrix.chunk_count", 3)
        writer.add_uint32("imatrix.chunk_size", 512)
        for name, weights in self.weights.items():
            count = numpy.full((len(weights), 1), self.calls, "<f4") if counts is None else counts[name]
            writer.add_tensor(f"{name}.in_sum2", weights * numpy.maximum(count, 1))
            writer.add_tensor(f"{name}.counts", count)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path

    def legacy(self, end=True):
        path = self.folder / "imatrix.dat"
        data = struct.pack("<i", len(self.weights))
        for name, weights in self.weights.items():
            data += struct.pack("<i", len(name)) + name.encode() + struct.pack("<ii", self.calls, weights.size)
            data += (weights * self.calls).astype("<f4").tobytes()
        if end:
            data += struct.pack("<ii", 3, 4) + b"text"
        path.write_bytes(data)
        return path

    def convert(self, encoding, *options):
        output = self.folder / "out.gguf"
        output.unlink(missing_ok=True)
        ingot("convert", self.checkpoint, "-o", output, "--encoding", encoding, *options)
        return output


class ImportanceTest(WeightedCheckpoint):
    def test_both_formats_give_the_same_file(self):
        for encoding in ("q2_k", "q4_k", "iq4_xs"):
            with self.subTest(encoding):
                plain = self.convert(encoding).read_bytes()
                new = self.convert(encoding, "--importance", self.gguf()).read_bytes()
                old = self.convert(encoding, "--importance", self.legacy()).read_bytes()
                oldest = self.convert(encoding, "--importance", self.legacy(end=False)).read_bytes()
                self.assertTrue(plain != new)
                self.assertTrue(new == old)
                self.assertTrue(new == oldest)

    def test_the_weighted_error_falls_and_only_where_there_are_weights(self):
        def errors(path):
            found = {}
            for name, values in self.tensors.items():
                error = (decoded(path, name).reshape(values.shape) - values).astype("f8") ** 2
                weights = self.weights.get(name, numpy.ones((1, COLUMNS)))
                found[name] = (error * (weights[:, None, :] if error.ndim == 3 else weights)).sum()
            return found

        plain = errors(self.convert("q4_k"))
        weighted = errors(self.convert("q4_k", "--importance", self.gguf()))
        for name in self.weights:
            self.assertLess(weighted[name], 0.95 * plain[name])
        self.assertEqual(weighted["blk.1.attn_q.weight"], plain["blk.1.attn_q.weight"])

    def test_rows_are_encoded_alike_alone(self):
        """A file with two rows of one expert, and the weights of that expert, has the blocks of these rows."""
        name = "blk.0.ffn_up_exps.weight"
        whole = decoded(self.convert("q4_k", "--importance", self.gguf()), name).reshape(EXPERTS, ROWS, COLUMNS)
        for expert in range(EXPERTS):
            save_file({name: self.tensors[name][expert, 2:4].copy()}, self.checkpoint)
            everything, self.weights = self.weights, {name: self.weights[name][expert : expert + 1]}
            alone = decoded(self.convert("q4_k", "--importance", self.legacy()), name)
            self.weights = everything
            self.assert_same_bits(alone, whole[expert, 2:4].ravel())

    def test_an_expert_without_input_has_equal_weights(self):
        counts = {name: numpy.full((len(weights), 1), self.calls, "<f4") for name, weights in self.weights.items()}
        counts["blk.0.ffn_up_exps.weight"][1] = 0
        name = "blk.0.ffn_up_exps.weight"
        plain = decoded(self.convert("q4_k"), name).reshape(EXPERTS, -1)
        found = decoded(self.convert("q4_k", "--importance", self.gguf(counts)), name).reshape(EXPERTS, -1)
        self.assert_same_bits(found[1], plain[1])
        self.assertFalse(numpy.array_equal(found[0], plain[0]))

    def test_the_plan_names_what_is_weighted(self):
        plan = ingot_json(
            "convert", self.checkpoint, "--dry-run", "--encoding", "q4_k", "--importance", self.gguf())
        self.assertEqual({tensor["name"]: tensor.get("importance") for tensor in plan["tensors"]},
                         {name: name if name in self.weights else None for name in self.tensors})
        self.assertEqual(plan["importance"],
                         {"entries": 2, "weighted": 2, "unweighted": ["blk.1.attn_q.weight"]})

    def test_a_matrix_of_another_model_is_refused(self):
        self.weights["blk.0.attn_q.weight"] = self.weights["blk.0.attn_q.weight"][:, :-1]
        ingot("convert", self.checkpoint, "--dry-run", "--encoding", "q4_k", "--importance", self.gguf(), expect=1)
        ingot("convert", self.checkpoint, "--dry-run", "--importance", self.checkpoint, expect=1)


if __name__ == "__main__":
    unittest.main()
