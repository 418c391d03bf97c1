"""Low-rank adapters: merged by ingot as PEFT merges them, and as files that llama.cpp adds to the model."""

import json
import pathlib
import tempfile
import unittest

import numpy
from safetensors.numpy import load_file, save_file

import llama
from oracle import ROOT, Test, ingot

MODEL = ROOT / "testdata/huggingface/llama-spm-f32"
ADAPTERS = ROOT / "testdata/adapters"
PROMPTS = ["The quick brown fox", "one two three"]


class AdaptersTest(Test):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def random_adapter(self, scale):
        """An adapter of every matrix of a block that PEFT usually adapts, strong enough to change what the model says."""
        random = numpy.random.default_rng(5)
        weights = load_file(MODEL / "model.safetensors")
        folder = self.folder / "adapter"
        folder.mkdir()
        tensors = {}
        for name, weight in weights.items():
            if weight.ndim == 2 and ".layers." in name:
                module = "base_model.model." + name.removesuffix(".weight")
                tensors[module + ".lora_A.weight"] = random.standard_normal((3, weight.shape[1]), dtype="f4")
                tensors[module + ".lora_B.weight"] = random.standard_normal((weight.shape[0], 3), dtype="f4") * 0.1
        save_file(tensors, folder / "adapter_model.safetensors")
        config = {"peft_type": "LORA", "r": 3, "lora_alpha": scale, "use_rslora": True}
        (folder / "adapter_config.json").write_text(json.dumps(config), "utf-8")
        return folder, weights, tensors

    def test_merged_weights_are_the_sum(self):
        adapter, weights, tensors = self.random_adapter(2)
        merged = self.folder / "merged.gguf"
        back = self.folder / "merged.safetensors"
        ingot("convert", MODEL, "--lora", adapter, "-o", merged, "--encoding", "f32")
        ingot("export", merged, "-o", back)
        found = load_file(back)
        self.assertEqual(set(found), set(weights))
        for name, weight in weights.items():
            module = "base_model.model." + name.removesuffix(".weight")
            if module + ".lora_A.weight" in tensors:
                a, b = (tensors[f"{module}.lora_{it}.weight"].astype("f8") for it in "AB")
                weight = weight + b @ a * (2 / 3**0.5)
            numpy.testing.assert_allclose(found[name], weight, rtol=0, atol=2e-6, err_msg=name)

    def test_llama_cpp_adds_the_file_of_an_adapter(self):
        adapter, _, _ = self.random_adapter(2)
        base, merged, file = (self.folder / it for it in ("base.gguf", "merged.gguf", "adapter.gguf"))
        ingot("convert", MODEL, "-o", base, "--encoding", "f32")
        ingot("convert", MODEL, "--lora", adapter, "-o", merged, "--encoding", "f32")
        ingot("convert", MODEL, "--lora", adapter, "--adapter", "-o", file)
        plain = [it["tokens"] for it in llama.completions(base, PROMPTS)]
        expected = [it["tokens"] for it in llama.completions(merged, PROMPTS)]
        found = [it["tokens"] for it in llama.completions(base, PROMPTS, adapter=file)]
        self.assertNotEqual(plain, expected, "the adapter changes nothing")
        self.assertEqual(found, expected)


if __name__ == "__main__":
    unittest.main()
