"""Real checkpoints of PyTorch, NumPy and safetensors: every tensor is what their own libraries read."""

import hashlib
import json
import shutil
import sys
import unittest

import numpy
from safetensors.numpy import load_file

from oracle import ROOT, Test, decoded, ingot, ingot_json, package_file

sys.path.append(str(ROOT / "testdata/generators/hostile"))
import archive  # noqa: E402 (it makes archives and pickles byte by byte)
import pickles  # noqa: E402

PUBLISHED = json.loads((ROOT / "testdata/checkpoints/published.json").read_text("utf-8"))
STORED = {"F32": "<f4", "F16": "<f2", "I64": "<i8"}


def published(name):
    package, *parts = PUBLISHED[name]["file"].split("/")
    return package_file(package, *parts)


class CheckpointsTest(Test):
    def check(self, name):
        """Converts the file with the names and the precision that it has, and compares every tensor."""
        output = self.folder / f"{name}.gguf"
        ingot("convert", published(name), "-o", output, "--family", "generic")
        found = {tensor["name"]: tensor for tensor in ingot_json("info", published(name))["tensors"]}
        # The conversion may shorten names; the order stays.
        converted = ingot_json("info", output)["tensors"]
        data = output.read_bytes()
        stored = dict(zip(found, converted, strict=True))
        expected = PUBLISHED[name]["tensors"]
        self.assertLessEqual(set(expected), set(found))
        for key, (shape, dtype, digest) in expected.items():
            with self.subTest(key):
                self.assertEqual(found[key]["shape"], shape)
                tensor = stored[key]
                values = numpy.frombuffer(data, STORED[tensor["type"]], tensor["values"], tensor["offset"])
                self.assertEqual(hashlib.sha256(values.astype(dtype).tobytes()).hexdigest()[:16], digest)
        return found

    def test_rxnmapper_a_stream_with_tied_tensors(self):
        self.assertEqual(len(self.check("rxnmapper")), len(PUBLISHED["rxnmapper"]["tensors"]))

    def test_efficientnet_a_stream_with_strides(self):
        found = self.check("efficientnet-lite0")
        self.assertTrue(any(not tensor["storage"]["isContiguous"] for tensor in found.values()))

    def test_lpips_a_stream_of_python_2(self):
        for name in ("lpips-vgg", "lpips-alex", "lpips-squeeze", "lpips-old-vgg", "lpips-old-alex", "lpips-old-squeeze"):
            self.check(name)

    def test_anarcii_archives(self):
        for part in ("classifii", "antibody", "antibody-2", "tcr", "tcr-2", "shark"):
            self.check(f"anarcii-{part}")

    def test_silero_a_module_of_torchscript(self):
        found = self.check("silero-vad")
        extra = set(found) - set(PUBLISHED["silero-vad"]["tensors"])
        # What a state dictionary leaves out: attributes that are no buffers, and the constants of the code.
        self.assertLess(len(extra), 8, extra)

    def test_g2p_an_archive_of_arrays(self):
        self.assertEqual(len(self.check("g2p-en")), len(PUBLISHED["g2p-en"]["tensors"]))

    def test_wordllama_half_precision(self):
        self.check("wordllama")

    def test_training_arguments_are_refused_by_name(self):
        path = published("rxnmapper").with_name("training_args.bin")
        for verb in (["info"], ["convert", "-o", self.folder / "x.gguf"], ["validate"]):
            with self.subTest(verb[0]):
                text = ingot(*verb, path, "--json", expect=1)
                self.assertIn("GLOBAL", text)
                self.assertIn("argparse.Namespace", text)

    def test_a_folder_with_pytorch_model_is_the_model_of_its_family(self):
        """The same tensors as safetensors and as a file of PyTorch become the same file."""
        source = ROOT / "testdata/huggingface/bert-wordpiece-f32"
        tensors = load_file(source / "model.safetensors")
        members, state = [], {}
        for key, (name, values) in enumerate(tensors.items()):
            kind = {"f": "FloatStorage", "i": "LongStorage"}[values.dtype.kind]
            strides = [stride // values.itemsize for stride in values.strides]
            held = pickles.storage(str(key), values.size, kind)
            state[name] = pickles.tensor(held, 0, values.shape, strides)
            members.append(archive.Member(f"archive/data/{key}", values.tobytes()))
        data, _ = pickles.pickle(*pickles.dictionary(**state))
        folder = self.folder / source.name
        shutil.copytree(source, folder)
        (folder / "model.safetensors").unlink()
        whole = archive.Archive([archive.Member("archive/data.pkl", data), *members]).bytes
        (folder / "pytorch_model.bin").write_bytes(whole)
        for path, output in ((source, "a.gguf"), (folder, "b.gguf")):
            ingot("convert", path, "-o", self.folder / output)
        self.assertEqual((self.folder / "a.gguf").read_bytes(), (self.folder / "b.gguf").read_bytes())

    def test_a_dictionary_is_selected(self):
        path = ROOT / "testdata/checkpoints/written/training.pt"
        output = self.folder / "x.gguf"
        self.assertIn("STATE_DICT", ingot("convert", path, "-o", output, "--json", expect=2))
        ingot("convert", path, "-o", output, "--select", "model_state")
        names = {tensor["name"] for tensor in ingot_json("info", output)["tensors"]}
        self.assertIn("layers.0.weight", names)
        # Without a choice all are shown, by their whole ways.
        values = decoded(path, "model_state.layers.0.weight")
        self.assert_same_bits(values, decoded(output, "layers.0.weight"))


if __name__ == "__main__":
    unittest.main()
