"""Sealed files in readers that know no seals: the same metadata, tensors and answers."""

import json
import shutil

import gguf
import llama

from oracle import ROOT, Test, ingot, minilm, minilm_folder, smollm2
from smollm2_test import digest, generate


class SealTest(Test):
    def test_a_sealed_model_is_the_same_to_others(self):
        path = self.folder / "model.gguf"
        shutil.copyfile(smollm2(), path)
        original, plain = digest(path), generate(path)
        ingot("keygen", "-o", self.folder / "key.pem")
        ingot("seal", path, "--sign", self.folder / "key.pem", "--name", "smollm2", "--counter", "1")
        self.assertIn("authentic", ingot("verify", path, "--key", self.folder / "key.pub.pem"))

        ours, theirs = gguf.GGUFReader(path), gguf.GGUFReader(smollm2())
        self.assertEqual(list(ours.fields), list(theirs.fields))
        for left, right in zip(ours.tensors, theirs.tensors, strict=True):
            self.assertEqual((left.name, left.data_offset), (right.name, right.data_offset))
            self.assertTrue((left.data == right.data).all(), left.name)
        self.assertEqual(generate(path), plain)

        del ours, theirs
        ingot("unseal", path)
        self.assertEqual(digest(path), original)

    def test_what_convert_seals_loads_with_its_seal(self):
        path = self.folder / "minilm.gguf"
        ingot("convert", minilm(), "-o", path, "--encoding", "q8_0")
        self.assertIn("undamaged", ingot("verify", path))
        names = [it.name for it in gguf.GGUFReader(path).tensors]
        sealed = path.read_bytes()
        ingot("unseal", path)
        self.assertEqual([it.name for it in gguf.GGUFReader(path).tensors], names)
        self.assertTrue(sealed.startswith(path.read_bytes()))

    def test_sealed_embeddings_are_those_of_the_unsealed_file(self):
        texts = [it["text"] for it in json.loads((ROOT / "testdata/embeddings/minilm.json").read_text("utf-8"))]
        path = self.folder / "minilm.gguf"
        ingot("convert", minilm_folder(), "-o", path, "--encoding", "f16", "--seal", "none")
        plain, counts = llama.embeddings(path, texts)
        body = path.read_bytes()
        ingot("keygen", "-o", self.folder / "key.pem")
        for options in (["--digest", "crc32"], ["--digest", "sha256"], ["--sign", self.folder / "key.pem"]):
            with self.subTest(options[1]):
                ingot("seal", path, "--force", *options)
                self.assertGreater(path.stat().st_size, len(body))
                vectors, again = llama.embeddings(path, texts)
                self.assertEqual(again, counts)
                self.assertTrue((vectors == plain).all())
        ingot("unseal", path)
        self.assertEqual(path.read_bytes(), body)
