"""A real encoder: all-MiniLM-L6-v2 from its folder, whose sentence embeddings llama.cpp computes as the original does."""

import json
import unittest

import llama
from oracle import ROOT, Test, ingot, minilm_folder


class MiniLMTest(Test):
    def assert_embeddings(self, encoding, least):
        """The cosine of each sentence with what the float model gives, and the number of its tokens."""
        output = self.folder / f"minilm-{encoding}.gguf"
        ingot("convert", minilm_folder(), "-o", output, "--encoding", encoding)
        sentences = json.loads((ROOT / "testdata/embeddings/minilm.json").read_text("utf-8"))
        vectors, counts = llama.embeddings(output, [it["text"] for it in sentences])
        for sentence, vector, count in zip(sentences, vectors, counts, strict=True):
            with self.subTest(sentence["text"]):
                self.assertEqual(count, len(sentence["tokens"]))
                self.assertGreaterEqual(vector @ sentence["embedding"], least)

    def test_f32_gives_the_embeddings_of_the_original(self):
        self.assert_embeddings("f32", 0.9999)

    def test_q8_0_gives_nearly_the_embeddings_of_the_original(self):
        self.assert_embeddings("q8_0", 0.999)


if __name__ == "__main__":
    unittest.main()
