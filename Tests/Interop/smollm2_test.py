"""A real language model: SmolLM2 135M, as Q4_1 with a Q8_0 token table, through ingot, gguf-py and llama.cpp."""

import hashlib
import unittest

import gguf

import llama
from oracle import Test, decoded, ingot, smollm2

PROMPT = "The capital of France is"


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def generate(path, count=16):
    """What llama.cpp says after the prompt, always taking the likeliest token."""
    return llama.completions(path, [PROMPT], count)[0]["text"]


class SmolLM2Test(Test):
    def test_parse_and_write_gives_the_identical_file(self):
        copy = self.folder / "copy.gguf"
        ingot("convert", smollm2(), "-o", copy)
        self.assertEqual(digest(copy), digest(smollm2()))

    def test_every_tensor_decodes_as_in_gguf_py(self):
        output = self.folder / "f32.gguf"
        ingot("convert", smollm2(), "-o", output, "--encoding", "f32")
        ours = {tensor.name: tensor.data for tensor in gguf.GGUFReader(output).tensors}
        theirs = gguf.GGUFReader(smollm2()).tensors
        self.assertEqual(len(ours), len(theirs))
        for tensor in theirs:
            floats = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
            self.assert_same_bits(ours[tensor.name].ravel(), floats.ravel(), tensor.name)

    def test_rows_decoded_on_demand_are_those_of_gguf_py(self):
        reader = gguf.GGUFReader(smollm2())
        for tensor in reader.tensors[:12]:
            floats = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
            self.assert_same_bits(decoded(smollm2(), tensor.name), floats.ravel(), tensor.name)

    def test_llama_cpp_runs_what_convert_writes(self):
        original = generate(smollm2())
        self.assertIn("Paris", original)
        for encoding in ("q8_0", "f16", "bf16", "q4_1"):
            with self.subTest(encoding):
                output = self.folder / f"{encoding}.gguf"
                ingot("convert", smollm2(), "-o", output, "--encoding", encoding)
                self.assertIn("Paris", generate(output))

    def test_llama_cpp_loads_the_small_encodings(self):
        # A model of this size has little left at 4 bits and less without training for them: loading and running is
        # what is tested, not what it says.
        for encoding in ("q4_0", "tq2_0", "tq1_0"):
            with self.subTest(encoding):
                output = self.folder / f"{encoding}.gguf"
                ingot("convert", smollm2(), "-o", output, "--encoding", encoding)
                self.assertIsInstance(generate(output, count=4), str)


if __name__ == "__main__":
    unittest.main()
