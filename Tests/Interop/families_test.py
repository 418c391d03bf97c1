"""Folders of Hugging Face: what ingot makes of them is what the reference converter makes of them, and it refuses broken ones."""

import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import gguf
from safetensors.numpy import load_file, save_file

import llama
from oracle import INGOT, ROOT, Test, ingot, ingot_json

FOLDERS = sorted(it.parent for it in (ROOT / "testdata/huggingface").glob("*/expected.json"))
LLAMA = ROOT / "testdata/huggingface/llama-spm-f32"
SHARDED = ROOT / "testdata/huggingface/mistral-spm-sharded-bf16"


def deliberate_differences():
    """The keys in the table of M18 of spec/metadata.md."""
    clause = (ROOT / "spec/metadata.md").read_text("utf-8").split("**M18.")[1].split("**M19.")[0]
    return set(re.findall(r"^\| `([^`]+)` \|", clause, re.MULTILINE))


def lines(elements):
    """The digest of an array: each element followed by a newline."""
    digest = hashlib.sha256()
    for it in elements:
        digest.update(str(it).encode() + b"\n")
    return digest.hexdigest()


def described(field):
    """A key and its value, as expected.json describes them."""
    types = [it.name for it in field.types]
    value = field.contents()
    if types[0] != "ARRAY":
        return {"key": field.name, "type": types[0], "value": value}
    return {
        "key": field.name, "type": "ARRAY", "element": types[-1], "count": len(value), "sha256_of_lines": lines(value),
    }


class FamiliesTest(Test):
    def test_conversions_are_those_of_the_reference(self):
        deliberate = deliberate_differences()
        self.assertGreater(len(FOLDERS), 0)
        for folder in FOLDERS:
            for encoding, expected in json.loads((folder / "expected.json").read_text("utf-8")).items():
                with self.subTest(folder.name, encoding=encoding):
                    output = self.folder / f"{folder.name}-{encoding}.gguf"
                    ingot("convert", folder, "-o", output, "--encoding", encoding, "--effort", "fast")
                    reader = gguf.GGUFReader(output)
                    ours = {it.name: described(it) for it in reader.fields.values() if not it.name.startswith("GGUF.")}
                    theirs = {it["key"]: it for it in expected["metadata"]}
                    for key in sorted((ours.keys() | theirs.keys()) - deliberate):
                        self.assertEqual(ours.get(key), theirs.get(key), key)
                    self.assert_tensors(reader, expected["tensors"])

    def assert_tensors(self, reader, expected):
        ours = {
            it.name: (it.shape.tolist(), it.tensor_type.name, hashlib.sha256(it.data.tobytes()).hexdigest())
            for it in reader.tensors
        }
        theirs = {it["name"]: (it["shape"], it["type"], it["sha256"]) for it in expected}
        self.assertEqual(set(ours), set(theirs))
        for name, tensor in theirs.items():
            self.assertEqual(ours[name], tensor, name)

    def test_what_convert_writes_is_a_valid_model_of_equal_values(self):
        for folder in FOLDERS:
            with self.subTest(folder.name):
                output = self.folder / f"{folder.name}.gguf"
                ingot("convert", folder, "-o", output, "--encoding", "f32")
                answer = ingot_json("validate", output, "--level", "model")
                troubles = [it for file in answer["files"] for it in file["findings"] if it["severity"] != "note"]
                self.assertEqual(troubles, [])
                answer = ingot_json("compare", folder, output)
                self.assertEqual(answer["total"]["largestAbsoluteError"], 0)
                self.assertEqual(answer["total"]["signalToNoiseRatio"], "Infinity")
                for key in ("differentShapes", "onlyInReference", "onlyInOther", "notDecodable"):
                    self.assertEqual(answer[key], [], key)

    def test_llama_cpp_runs_what_convert_writes(self):
        # Of a model called Phi 3 it expects a token "<|endoftext|>", which the vocabulary of that folder does not have; an
        # encoder continues no text; the vocabularies of the quantized folders have no token for most bytes.
        for folder in FOLDERS:
            config = json.loads((folder / "config.json").read_text("utf-8"))
            if folder.name.startswith(("phi3", "bert")) or "quantization_config" in config:
                continue
            with self.subTest(folder.name):
                output = self.folder / f"{folder.name}.gguf"
                ingot("convert", folder, "-o", output, "--encoding", "q8_0")
                answer = llama.completions(output, ["Random weights say"], count=4)[0]
                self.assertGreater(len(answer["tokens"]), 0)


class BrokenFolderTest(Test):
    """One error, which names the file, the tensor and what was expected; nothing is written."""

    def copy(self, folder):
        return pathlib.Path(shutil.copytree(folder, pathlib.Path(tempfile.mkdtemp(dir=self.folder), "model")))

    def with_tensors(self, change):
        """A copy of a model whose tensors were changed."""
        model = self.copy(LLAMA)
        tensors = load_file(model / "model.safetensors")
        change(tensors)
        save_file(tensors, model / "model.safetensors")
        return model

    def with_configuration(self, **members):
        model = self.copy(LLAMA)
        configuration = json.loads((model / "config.json").read_text())
        (model / "config.json").write_text(json.dumps(configuration | members))
        return model

    def assert_refused(self, model, code, *words):
        target = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        for options in ([], ["--dry-run"]):
            run = subprocess.run(
                [INGOT, "convert", model, "-o", target / "out.gguf", "--json", *options],
                capture_output=True, text=True, check=False)
            self.assertEqual(run.returncode, 1, run.stderr)
            error = json.loads(run.stdout)["error"]
            self.assertEqual(error["code"], code, error)
            for word in words:
                self.assertIn(word, error["message"])
            self.assertEqual(list(target.iterdir()), [])

    def test_missing_shard(self):
        model = self.copy(SHARDED)
        (model / "model-00002-of-00004.safetensors").unlink()
        self.assert_refused(model, "SHARD", "model.safetensors.index.json", "model-00002-of-00004.safetensors")

    def test_wrong_shape(self):
        name = "model.layers.1.mlp.up_proj.weight"
        model = self.with_tensors(lambda it: it.update({name: it[name][:-1].copy()}))
        self.assert_refused(model, "SHAPE", "model.safetensors", name, "[159, 64]", "[160, 64]")

    def test_unknown_tensor(self):
        name = "model.layers.0.self_attn.extra.weight"
        model = self.with_tensors(lambda it: it.update({name: it["model.norm.weight"]}))
        self.assert_refused(model, "UNKNOWN_TENSOR", "model.safetensors", name)

    def test_missing_tensor(self):
        name = "model.layers.1.post_attention_layernorm.weight"
        model = self.with_tensors(lambda it: it.pop(name))
        self.assert_refused(model, "MISSING_TENSOR", "model.safetensors", name, "[64]")

    def test_missing_tokenizer(self):
        for folder in FOLDERS:
            with self.subTest(folder.name):
                model = self.copy(folder)
                names = [it for it in ("tokenizer.model", "tokenizer.json", "vocab.txt") if (model / it).exists()]
                for name in names:
                    (model / name).unlink()
                self.assert_refused(model, "TOKENIZER", str(model), *names)

    def test_missing_merges(self):
        model = self.copy(ROOT / "testdata/huggingface/gpt2-bpe-f32")
        tokenizer = json.loads((model / "tokenizer.json").read_text("utf-8"))
        (model / "vocab.json").write_text(json.dumps(tokenizer["model"]["vocab"]), "utf-8")
        (model / "tokenizer.json").unlink()
        (model / "tokenizer_config.json").write_text('{"tokenizer_class": "GPT2Tokenizer"}')
        self.assert_refused(model, "TOKENIZER", str(model), "merges.txt")

    def test_width_that_contradicts_the_shapes(self):
        model = self.with_configuration(hidden_size=128)
        self.assert_refused(model, "SHAPE", "config.json", "model.safetensors", "lm_head.weight", "[700, 64]", "[700, 128]")

    def test_more_blocks_than_there_are(self):
        model = self.with_configuration(num_hidden_layers=3)
        self.assert_refused(model, "MISSING_TENSOR", "model.safetensors", "model.layers.2.")

    def test_fewer_blocks_than_there_are(self):
        model = self.with_configuration(num_hidden_layers=1)
        self.assert_refused(model, "UNKNOWN_TENSOR", "model.safetensors", "model.layers.1.", "config.json")

    def test_another_vocabulary(self):
        model = self.with_configuration(vocab_size=701)
        self.assert_refused(model, "SHAPE", "config.json", "model.safetensors", "lm_head.weight", "[700, 64]", "[701, 64]")


if __name__ == "__main__":
    unittest.main()
