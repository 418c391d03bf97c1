"""Real models of ONNX: every tensor is what the onnx library reads, and what TorchScript and safetensors of the same model hold."""

import hashlib
import json
import unittest

import numpy

from oracle import ROOT, Test, ingot, ingot_json, package_file

PUBLISHED = json.loads((ROOT / "testdata/onnx/published.json").read_text("utf-8"))
CHECKPOINTS = json.loads((ROOT / "testdata/checkpoints/published.json").read_text("utf-8"))
STORED = {"F32": "<f4", "I64": "<i8"}


def published(name):
    package, *parts = PUBLISHED[name]["file"].split("/")
    return package_file(package, *parts)


class ONNXTest(Test):
    def values(self, path):
        """The tensors as a conversion with their names and precision stores them: shape, type and digest by name."""
        output = self.folder / f"{path.name}.gguf"
        ingot("convert", path, "-o", output, "--family", "generic")
        found = ingot_json("info", path)["tensors"]
        # The conversion may shorten names; the order stays.
        converted = ingot_json("info", output)["tensors"]
        data = output.read_bytes()
        result = {}
        for tensor, stored in zip(found, converted, strict=True):
            values = numpy.frombuffer(data, STORED[stored["type"]], stored["values"], stored["offset"])
            digest = hashlib.sha256(values.tobytes()).hexdigest()[:16]
            result[tensor["name"]] = [tensor["shape"], tensor["type"], digest]
        return result

    def test_silero_every_tensor_is_what_the_library_reads(self):
        for name, expected in PUBLISHED.items():
            with self.subTest(name):
                found = self.values(published(name))
                self.assertEqual(len(found), expected["count"])
                for key, entry in expected["tensors"].items():
                    self.assertEqual(found[key], entry, key)
                lines = "".join(f"{json.dumps([key, *found[key]])}\n" for key in sorted(found))
                self.assertEqual(hashlib.sha256(lines.encode()).hexdigest()[:16], expected["digest"])

    def test_silero_torchscript_holds_the_same_weights(self):
        found = self.values(published("silero_vad.onnx"))
        branches = {"_model": "then_branch", "_model_8k": "else_branch"}
        expected = CHECKPOINTS["silero-vad"]["tensors"]
        self.assertEqual(len(expected), 30)
        for key, (shape, _, digest) in expected.items():
            model, name = key.split(".", 1)
            branch = branches[model]
            tensor = found[f"If_0_outputs_0.{branch}.If_0_{branch}__Inline_0__{name}"]
            self.assertEqual([shape, digest], [tensor[0], tensor[2]], key)

    def test_silero_safetensors_holds_the_same_basis(self):
        # Of the two only this is not trained; the weights are those of another version.
        tensors = self.values(package_file("silero_vad", "data", "silero_vad_16k.safetensors"))
        model = self.values(published("silero_vad_half.onnx"))
        self.assertEqual(tensors["stft_conv.weight"], model["stft.forward_basis_buffer"])

    def test_silero_export_brings_the_tensors_back(self):
        path = published("silero_vad_op18_ifless.onnx")
        container, back = self.folder / "a.gguf", self.folder / "back.safetensors"
        ingot("convert", path, "-o", container, "--family", "generic")
        ingot("export", container, "-o", back)
        self.assertEqual(self.values(back), self.values(path))

    def test_every_type_comes_back(self):
        models = json.loads((ROOT / "testdata/onnx/expected.json").read_text("utf-8"))
        del models["sparse"]
        for name, expected in models.items():
            container, back = self.folder / f"{name}.gguf", self.folder / f"{name}.safetensors"
            ingot("convert", ROOT / "testdata/onnx" / expected["file"], "-o", container, "--family", "generic")
            ingot("export", container, "-o", back)
            data = back.read_bytes()
            found = {tensor["name"]: tensor for tensor in ingot_json("info", back)["tensors"]}
            self.assertEqual(set(found), set(expected["tensors"]))
            for key, entry in expected["tensors"].items():
                with self.subTest(f"{name} {key}"):
                    tensor = found[key]
                    values = data[tensor["offset"] : tensor["offset"] + tensor["byteCount"]]
                    digest = hashlib.sha256(values).hexdigest()[:16]
                    self.assertEqual([tensor["shape"], tensor["type"], digest], entry)

    def test_what_is_not_read_is_shown_and_refused(self):
        path = ROOT / "testdata/onnx/sparse.onnx"
        report = json.loads(ingot("info", path, "--json", expect=1))
        self.assertEqual([tensor["name"] for tensor in report["tensors"]], ["dense"])
        self.assertEqual([refusal["code"] for refusal in report["refused"]], ["FEATURE"])
        self.assertIn("FEATURE", ingot("convert", path, "-o", self.folder / "x.gguf", "--json", expect=1))

    def test_values_of_a_tensor_of_an_inner_graph(self):
        path = ROOT / "testdata/onnx/graphs.onnx"
        output = self.folder / "step.npy"
        ingot("extract", path, "looped.body.step", "-o", output)
        self.assertEqual(numpy.load(output).tolist(), [1, -2, 3])


if __name__ == "__main__":
    unittest.main()
