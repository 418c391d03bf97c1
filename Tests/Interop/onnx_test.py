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
        found = self.values(published("silero_vad_op18_ifless.onnx"))
        compared = 0
        for key, (shape, _, digest) in CHECKPOINTS["silero-vad"]["tensors"].items():
            # `_model.encoder.0…` of one is `model.encoder.0…` of the other.
            self.assertEqual([shape, digest], [found[key[1:]][0], found[key[1:]][2]], key)
            compared += 1
        self.assertEqual(compared, 30)

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

    def test_values_of_a_tensor_of_an_inner_graph(self):
        path = ROOT / "testdata/onnx/graphs.onnx"
        output = self.folder / "step.npy"
        ingot("extract", path, "looped.body.step", "-o", output)
        self.assertEqual(numpy.load(output).tolist(), [1, -2, 3])


if __name__ == "__main__":
    unittest.main()
