"""Second moments: numpy finds less error in the product on real weights, and gguf-py reads the files."""

import unittest

import gguf
import numpy
from oracle import GGML, Test, decoded, ingot, ingot_json, minilm
from safetensors.numpy import load_file, save_file

NAMES = ["encoder.layer.0.attention.self.query.weight", "encoder.layer.0.output.dense.weight"]
# The encoding, its number, and the share of the error that feedback must take away (E40.4).
CASES = [
    ("q4_0", 2, 0.3), ("iq4_nl", 20, 0.3), ("q8_0", 8, 0.3), ("q4_k", 12, 0.2), ("q2_k", 10, 0.2), ("tq2_0", 35, 0.3),
]


class FeedbackTest(Test):
    def setUp(self):
        super().setUp()
        weights = load_file(minilm())
        random = numpy.random.default_rng(40)
        self.weights, self.moments = {}, {}
        for name in NAMES:
            # Rows of whole super-blocks; inputs with outliers that vary mostly in a few directions.
            columns = weights[name].shape[1] // 256 * 256
            self.weights[name] = numpy.ascontiguousarray(weights[name][:48, :columns], "<f4")
            mixing = random.standard_normal((columns // 6, columns)) * random.gamma(1, 1, columns)
            inputs = random.standard_normal((4 * columns, columns // 6)) @ mixing
            inputs += 0.3 * inputs.std() * random.standard_normal(inputs.shape)
            self.moments[name] = inputs.T @ inputs / len(inputs)
        self.checkpoint = self.folder / "model.safetensors"
        save_file(self.weights, self.checkpoint)

    def convert(self, encoding, *options):
        output = self.folder / "out.gguf"
        output.unlink(missing_ok=True)
        return output, ingot_json(
            "convert", self.checkpoint, "-o", output, "--encoding", encoding, "--effort", "best", *options
        )

    def error(self, name, values):
        errors = values.reshape(self.weights[name].shape).astype("f8") - self.weights[name]
        return numpy.einsum("ri,ij,rj->r", errors, self.moments[name], errors, optimize=True)

    def file(self, type="<f8"):
        path = self.folder / "moments.safetensors"
        save_file({name: moments.astype(type) for name, moments in self.moments.items()}, path)
        return path

    def test_the_error_of_the_product_falls_and_no_row_is_worse(self):
        ggml, file = GGML(), self.file()
        diagonal = self.folder / "diagonal.safetensors"
        save_file({name: numpy.diag(numpy.diag(it)) for name, it in self.moments.items()}, diagonal)
        for encoding, number, least in CASES:
            with self.subTest(encoding):
                path, _ = self.convert(encoding, "--second-moments", diagonal)
                weighted = {name: self.error(name, decoded(path, name)) for name in NAMES}
                path, _ = self.convert(encoding)
                plain = {name: self.error(name, decoded(path, name)) for name in NAMES}
                path, report = self.convert(encoding, "--second-moments", file)
                reported = {it["name"]: it for it in report["secondMoments"]["tensors"]}
                tensors = {it.name: it for it in gguf.GGUFReader(path).tensors}
                for name in NAMES:
                    values = decoded(path, name)
                    read = gguf.dequantize(tensors[name].data, tensors[name].tensor_type)
                    self.assert_same_bits(read.astype("<f4"), values, encoding)
                    found = self.error(name, values)
                    self.assertTrue((found <= weighted[name] * (1 + 1e-9)).all())
                    self.assertLess(found.sum(), (1 - least) * weighted[name].sum())
                    theirs = self.error(name, ggml.decode(number, ggml.encode(number, self.weights[name]))).sum()
                    self.assertLess(found.sum(), (1 - least) * theirs)
                    self.assertAlmostEqual(reported[name]["error"] / found.sum(), 1, places=6)
                    self.assertAlmostEqual(reported[name]["plainError"] / weighted[name].sum(), 1, places=6)
                    print(
                        f"\n{encoding} {name.split('.')[-2]}: of ggml's error {plain[name].sum() / theirs:.3f} plain, "
                        f"{weighted[name].sum() / theirs:.3f} weighted, {found.sum() / theirs:.3f} with feedback", end=""
                    )

    def test_threads_change_nothing_and_single_precision_little(self):
        one, _ = self.convert("q4_k", "--second-moments", self.file(), "--threads", "1")
        first = one.read_bytes()
        two, _ = self.convert("q4_k", "--second-moments", self.file(), "--threads", "7")
        self.assertTrue(first == two.read_bytes())
        exact = sum(self.error(name, decoded(two, name)).sum() for name in NAMES)
        rounded, _ = self.convert("q4_k", "--second-moments", self.file("<f4"))
        self.assertLess(abs(sum(self.error(name, decoded(rounded, name)).sum() for name in NAMES) / exact - 1), 0.05)

    def test_moments_need_the_best_effort(self):
        output = self.folder / "out.gguf"
        ingot("convert", self.checkpoint, "-o", output, "--second-moments", self.file(), expect=64)
        self.assertFalse(output.exists())


if __name__ == "__main__":
    unittest.main()
