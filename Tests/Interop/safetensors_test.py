"""Checkpoints: what ingot reads against the reference implementation of safetensors."""

import json
import unittest

import numpy
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load_file, save_file

from oracle import Test, decoded, ingot, ingot_json, minilm


class SafetensorsTest(Test):
    def test_every_tensor_of_minilm_is_read_exactly(self):
        output = self.folder / "minilm.gguf"
        ingot("convert", minilm(), "-o", output)
        info = {tensor["name"]: tensor for tensor in ingot_json("info", output)["tensors"]}
        data = output.read_bytes()
        tensors = load_file(minilm())
        self.assertEqual(set(info), set(tensors))
        for name, values in tensors.items():
            found = info[name]
            stored = numpy.frombuffer(data, values.dtype, values.size, found["offset"])
            self.assertEqual(found["dimensions"], list(reversed(values.shape)))
            self.assert_same_bits(stored, values.ravel(), name)

    def test_rows_of_minilm_are_decoded_exactly(self):
        with safe_open(minilm(), "numpy") as file:
            for name in ("embeddings.word_embeddings.weight", "pooler.dense.bias"):
                self.assert_same_bits(decoded(minilm(), name), file.get_tensor(name).ravel(), name)

    def test_shards_are_read_as_one_checkpoint(self):
        random = numpy.random.default_rng(11)
        tensors = {f"layer.{index}.weight": random.standard_normal((4, 64)).astype("<f4") for index in range(6)}
        names = sorted(tensors)
        weight_map = {}
        for shard in range(3):
            file = f"model-{shard + 1:05}-of-00003.safetensors"
            part = names[shard * 2 : shard * 2 + 2]
            save_file({name: tensors[name] for name in part}, self.folder / file)
            weight_map |= {name: file for name in part}
        index = {"metadata": {"total_size": 6 * 1024}, "weight_map": weight_map}
        (self.folder / "model.safetensors.index.json").write_text(json.dumps(index))
        for name, values in tensors.items():
            self.assert_same_bits(decoded(self.folder, name), values.ravel(), name)

    def test_mutated_headers_are_judged_alike(self):
        """What ingot opens, safetensors opens with the same names; ingot is stricter, never laxer."""
        path = self.folder / "small.safetensors"
        save_file({"a": numpy.zeros((2, 3), "<f4"), "b": numpy.arange(4, dtype="<i2")}, path)
        original = path.read_bytes()
        random = numpy.random.default_rng(13)
        opened = 0
        for _ in range(400):
            mutant = bytearray(original)
            for _ in range(random.integers(1, 3)):
                mutant[random.integers(0, len(mutant))] = random.choice(
                    [0, 0x22, 0x2C, 0x30, 0x31, 0x39, 0x5B, 0x5D, 0x7B, 0x7D, random.integers(0, 256)])
            path.write_bytes(mutant)
            try:
                ours = {tensor["name"] for tensor in ingot_json("info", path)["tensors"]}
            except AssertionError:
                ours = None
            try:
                with safe_open(path, "numpy") as file:
                    theirs = set(file.keys())
            except (SafetensorError, UnicodeDecodeError):
                theirs = None
            if ours is not None:
                opened += 1
                self.assertEqual(ours, theirs, bytes(mutant))
        self.assertGreater(opened, 0)


if __name__ == "__main__":
    unittest.main()
