"""Packed ternary checkpoints: what ingot makes of them, against gguf-py's decoder and the definition of the form."""

import json
import unittest

import gguf
import numpy
from safetensors.numpy import save_file

from oracle import Test, decoded, ingot, ingot_json


def packed(codes):
    """Codes of -1, 0 and 1: the i-th quarter of the rows goes to the bits 2i and 2i + 1 of the bytes."""
    quarters = numpy.split((codes + 1).astype("u1"), 4)
    return sum(quarter << (2 * index) for index, quarter in enumerate(quarters)).astype("u1")


def brain_float(value):
    """The bfloat16 below a number, as a Float32."""
    return (numpy.float32(value).view("<u4") & 0xFFFF0000).view("<f4")


class BitNetTest(Test):
    def setUp(self):
        super().setUp()
        random = numpy.random.default_rng(20261124)
        self.codes = {f"layer.{index}.weight": random.integers(-1, 2, (24, 512)) for index in range(3)}
        self.scales = dict(zip(self.codes, numpy.array([1.21875, brain_float(0.01741), 0.3], "<f4")))

    def checkpoint(self, linear_class, shards=1):
        config = {"quant_method": "bitnet", "quantization_mode": "offline"}
        if linear_class:
            config["linear_class"] = linear_class
        (self.folder / "config.json").write_text(json.dumps({"quantization_config": config}))
        tensors = {"norm.weight": numpy.ones(512, "<f4")}
        for name, codes in self.codes.items():
            tensors[name] = packed(codes)
            tensors[name + "_scale"] = self.scales[name].reshape(1)
        if shards == 1:
            save_file(tensors, self.folder / "model.safetensors")
            return self.folder / "model.safetensors"
        weight_map = {}
        for shard in range(shards):
            file = f"model-{shard + 1:05}-of-{shards:05}.safetensors"
            names = sorted(tensors)[shard::shards]
            save_file({name: tensors[name] for name in names}, self.folder / file)
            weight_map |= dict.fromkeys(names, file)
        index = self.folder / "model.safetensors.index.json"
        index.write_text(json.dumps({"weight_map": weight_map}))
        return index

    def read(self, path):
        """The tensors of a GGUF file, decoded by gguf-py."""
        return {
            it.name: gguf.dequantize(it.data, it.tensor_type).reshape(it.shape[::-1])
            for it in gguf.GGUFReader(path).tensors
        }

    def test_every_code_is_kept_with_the_nearest_half(self):
        for linear_class, shards in [("autobitlinear", 1), ("bitlinear", 1), (None, 1), ("autobitlinear", 2)]:
            source = self.checkpoint(linear_class, shards)
            for encoding in ("tq1_0", "tq2_0"):
                for effort in ("fast", "balanced", "best"):
                    with self.subTest(linear_class, encoding=encoding, effort=effort, shards=shards):
                        target = self.folder / "out.gguf"
                        ingot("convert", source, "-o", target, "--force", "--encoding", encoding, "--effort", effort)
                        found = self.read(target)
                        self.assertEqual(set(found), {"norm.weight", *self.codes})
                        for name, codes in self.codes.items():
                            scale = self.scales[name]
                            scale = scale if linear_class == "autobitlinear" else numpy.float32(1) / scale
                            half = scale.astype("<f2").astype("<f4")
                            self.assertTrue(numpy.array_equal(found[name], codes * half), name)

    def test_float_encodings_hold_the_values(self):
        source = self.checkpoint("autobitlinear")
        for encoding in ("f32", "auto"):
            target = self.folder / "out.gguf"
            ingot("convert", source, "-o", target, "--force", "--encoding", encoding)
            for name, codes in self.codes.items():
                expected = codes.astype("<f4") * self.scales[name] + numpy.float32(0)
                self.assertTrue(numpy.array_equal(decoded(target, name).reshape(24, 512), expected), name)
                self.assertTrue(numpy.array_equal(decoded(source, name).reshape(24, 512), expected), name)

    def test_info_and_compare_see_one_tensor(self):
        source = self.checkpoint("autobitlinear")
        tensors = {it["name"]: it for it in ingot_json("info", source)["tensors"]}
        self.assertEqual(set(tensors), {"norm.weight", *self.codes})
        for name in self.codes:
            self.assertEqual((tensors[name]["type"], tensors[name]["shape"]), ("TERNARY", [24, 512]))
        target = self.folder / "out.gguf"
        ingot("convert", source, "-o", target, "--encoding", "tq2_0")
        for it in ingot_json("compare", source, target)["tensors"]:
            self.assertLess(it["errors"]["relativeError"], 2**-11, it["name"])


if __name__ == "__main__":
    unittest.main()
