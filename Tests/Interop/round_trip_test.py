"""SmolLM2 135M there and back: its GGUF undone to a folder of Hugging Face, and that folder converted by ingot."""

import os
import pathlib
import tempfile
import unittest

import gguf

import huggingface
import llama
from oracle import Test, ingot, smollm2

# None of these answers hangs on two tokens that are nearly level: llama.cpp rounds what Q4_1 is multiplied with, and not
# what F32 is multiplied with.
PROMPTS = [
    "Water boils at 100 degrees",
    "Once upon a time there was a little girl who lived in",
    "<|im_start|>user\nWhat is 7 times 12, and why don't 2 and 3 divide 11?<|im_end|>\n<|im_start|>assistant\n",
]
# With the same bytes in the tensors, this one has the same answer too.
NEARLY_LEVEL = "The capital of France is"


def is_of_the_model(field):
    """Whether a key is about the model itself, and not about where it comes from or how it is stored."""
    return not field.name.startswith(("GGUF.", "general."))


class RoundTripTest(Test):
    @classmethod
    def setUpClass(cls):
        shared = pathlib.Path("/dev/shm")
        folder = tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None)
        cls.addClassCleanup(folder.cleanup)
        source = pathlib.Path(folder.name, "SmolLM2-135M-Instruct")
        source.mkdir()
        huggingface.write_folder(smollm2(), source)
        cls.output = pathlib.Path(folder.name, "smollm2.gguf")
        cls.float = pathlib.Path(folder.name, "f32.gguf")
        ingot("convert", source, "-o", cls.float, "--encoding", "f32")
        cls.small = pathlib.Path(folder.name, "q4_1.gguf")
        options = ["--encoding", "q4_1", "--tensor", "embed_tokens=q8_0", "--effort", "fast"]
        ingot("convert", source, "-o", cls.small, *options)
        (source / "model.safetensors").unlink()

    def tensors(self, path):
        return {it.name: it for it in gguf.GGUFReader(path).tensors}

    def test_every_tensor_has_the_values_of_the_original(self):
        ours, theirs = self.tensors(self.float), self.tensors(smollm2())
        self.assertEqual(set(ours), set(theirs))
        for name, tensor in theirs.items():
            self.assert_same_bits(ours[name].data, gguf.dequantize(tensor.data, tensor.tensor_type), name)

    def test_in_the_encodings_of_the_original_every_tensor_has_its_bytes(self):
        ours, theirs = self.tensors(self.small), self.tensors(smollm2())
        self.assertEqual(set(ours), set(theirs))
        for name, tensor in theirs.items():
            self.assertEqual(ours[name].tensor_type, tensor.tensor_type, name)
            self.assert_same_bits(ours[name].data, tensor.data, name)

    def test_hyperparameters_and_vocabulary_are_those_of_the_original(self):
        ours = {it.name: it for it in gguf.GGUFReader(self.float).fields.values()}
        for field in filter(is_of_the_model, gguf.GGUFReader(smollm2()).fields.values()):
            with self.subTest(field.name):
                self.assertIn(field.name, ours)
                self.assertEqual(ours[field.name].types, field.types)
                self.assertEqual(ours[field.name].contents(), field.contents())

    def test_llama_cpp_generates_the_tokens_of_the_original(self):
        prompts = [*PROMPTS, NEARLY_LEVEL]
        original = llama.completions(smollm2(), prompts)
        self.assertEqual(llama.completions(self.small, prompts), original)
        self.assertEqual(llama.completions(self.float, PROMPTS), original[: len(PROMPTS)])


if __name__ == "__main__":
    unittest.main()
