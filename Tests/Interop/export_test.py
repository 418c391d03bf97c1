"""What an export writes is what NumPy and safetensors read: values, types and names (spec/export.md, X3 and X4)."""

import json
import random
import shutil
import unittest

import numpy
from safetensors.numpy import load_file, save_file

from oracle import ROOT, Test, ingot, ingot_json


class ExportTest(Test):
    def checkpoint(self, tensors, name="model.safetensors"):
        path = self.folder / name
        save_file(tensors, path)
        return path

    def test_no_number_becomes_infinity(self):
        for value in (1e300, -3.5e38):
            path = self.checkpoint({"x": numpy.array([[1, 2], [3, value]], "f8")})
            for kind in ("f32", "f16", "bf16"):
                output = self.folder / "out.safetensors"
                answer = ingot("export", path, "-o", output, "--type", kind, "--json", expect=2)
                self.assertIn('"OVERFLOW"', answer)
                self.assertIn("row 1, column 1", answer)
        self.assertFalse((self.folder / "out.safetensors").exists())

    def test_what_is_no_number_stays(self):
        path = self.checkpoint({"x": numpy.array([numpy.inf, -numpy.inf, numpy.nan, 0.1], "f8")})
        for kind, dtype in (("f32", "f4"), ("f16", "f2")):
            output = self.folder / f"{kind}.safetensors"
            ingot("export", path, "-o", output, "--type", kind)
            found = load_file(output)["x"]
            self.assertEqual(found.dtype, numpy.dtype(dtype))
            expected = numpy.array([numpy.inf, -numpy.inf, numpy.nan, numpy.float32(0.1)]).astype(dtype)
            numpy.testing.assert_array_equal(found, expected)

    def test_names_in_an_archive(self):
        """NumPy finds each array by its name, or the export is refused; safetensors has all names."""
        pieces = ["a", "w", ":", "\\", "/", ".", "..", "\0", "é", "e\u0301", ".npy", " ", "\n", "kernel:0", "%", '"']
        generator = random.Random(3)
        names = {"".join(generator.choices(pieces, k=generator.randint(0, 5))) for _ in range(60)}
        names |= {"dense/kernel:0", "/abs", "../x", "a//b", "w:0"}
        outcomes = {}
        for name in sorted(names):
            with self.subTest(name):
                path = self.checkpoint({name: numpy.arange(3, dtype="f4")})
                output = self.folder / "out.npz"
                command = ("export", path, "-o", output, "--force", "--json")
                try:
                    ingot(*command)
                except AssertionError:
                    self.assertIn('"LAYOUT"', ingot(*command, expect=2))
                    ingot("export", path, "-o", self.folder / "out.safetensors", "--force")
                    self.assertEqual(list(load_file(self.folder / "out.safetensors")), [name])
                    outcomes[name] = False
                    continue
                with numpy.load(output) as archive:
                    self.assertEqual(archive.files, [name])
                    numpy.testing.assert_array_equal(archive[name], numpy.arange(3, dtype="f4"))
                self.assertEqual([it["name"] for it in ingot_json("info", output)["tensors"]], [name])
                outcomes[name] = True
        self.assertTrue(outcomes["dense/kernel:0"])
        for name in ("/abs", "../x", "a//b", "w:0"):
            self.assertFalse(outcomes[name])
        self.assertGreater(sum(outcomes.values()), 10)

    def test_a_classifier_has_the_names_of_its_class(self):
        """Clause X2.5: all tensors of BertForSequenceClassification but the pooler, which is lost."""
        source = ROOT / "testdata/huggingface/bert-wordpiece-f32"
        folder = self.folder / "model"
        shutil.copytree(source, folder)
        own = load_file(source / "model.safetensors")
        tensors = {f"bert.{name}": values for name, values in own.items()}
        width = own["embeddings.LayerNorm.weight"].size
        tensors["classifier.weight"] = numpy.arange(3 * width, dtype="f4").reshape(3, width)
        tensors["classifier.bias"] = numpy.array([1, 2, 3], "f4")
        (folder / "model.safetensors").unlink()
        save_file(tensors, folder / "model.safetensors")
        configuration = json.loads((source / "config.json").read_text("utf-8"))
        configuration["architectures"] = ["BertForSequenceClassification"]
        configuration["id2label"] = {"0": "a", "1": "b", "2": "c"}
        (folder / "config.json").write_text(json.dumps(configuration), "utf-8")
        ingot("convert", folder, "-o", self.folder / "model.gguf", "--encoding", "f32")
        ingot("export", self.folder / "model.gguf", "-o", self.folder / "out.safetensors")
        found = load_file(self.folder / "out.safetensors")
        self.assertEqual(set(found), {name for name in tensors if not name.startswith("bert.pooler.")})
        for name, values in found.items():
            self.assert_same_bits(values, tensors[name], name)

    def test_a_dictionary_is_selected(self):
        path = ROOT / "testdata/checkpoints/written/training.pt"
        output = self.folder / "out.safetensors"
        self.assertIn("STATE_DICT", ingot("export", path, "-o", output, "--json", expect=2))
        ingot("export", path, "-o", output, "--select", "model_state")
        found = load_file(output)
        self.assertEqual(found["layers.0.weight"].shape, (4, 3))
        self.assertIn("STATE_DICT", ingot("compare", path, output, "--json", expect=2))
        for pair in ((path, output), (output, path)):
            answer = ingot_json("compare", *pair, "--select", "model_state")
            self.assertEqual(len(answer["tensors"]), len(found))
            self.assertEqual(answer["total"]["largestAbsoluteError"], 0)

    def test_the_ending_of_the_output_decides(self):
        path = self.checkpoint({"x": numpy.ones(3, "f4")})
        for name in ("out.gguf", "out.pt", "out.npy", "out.bin", "out.onnx", "out.json"):
            ingot("export", path, "-o", self.folder / name, expect=64)
            self.assertFalse((self.folder / name).exists())
        (self.folder / "taken").write_bytes(b"x")
        self.assertIn("EXISTS", ingot("export", path, "-o", self.folder / "taken", "--force", "--json", expect=2))
        self.assertEqual((self.folder / "taken").read_bytes(), b"x")
        ingot("export", path, "-o", self.folder / "Model-3.2-1B")
        self.assertEqual(list(load_file(self.folder / "Model-3.2-1B/model.safetensors")), ["x"])


if __name__ == "__main__":
    unittest.main()
