"""Errors in decibels, weighted and not, are those that numpy finds between the values that gguf-py decodes."""

import unittest

import gguf
import numpy
from gguf.quants import dequantize
from importance_test import WeightedCheckpoint
from oracle import ingot, ingot_json


class CompareTest(WeightedCheckpoint):
    def errors(self, path):
        """Of each tensor the squares of reference and error, and the weight of each value or nothing."""
        found = {}
        for tensor in gguf.GGUFReader(path).tensors:
            reference = self.tensors[tensor.name].astype("f8")
            error = dequantize(tensor.data, tensor.tensor_type).reshape(reference.shape).astype("f8") - reference
            weights = self.weights.get(tensor.name)
            if weights is not None:
                weights = weights[:, None, :] if reference.ndim == 3 else weights
                weights = numpy.broadcast_to(weights, reference.shape).astype("f8")
            found[tensor.name] = reference**2, error**2, weights
        return found

    def assert_ratios(self, found, signal, noise):
        self.assertAlmostEqual(found["signalToNoiseRatio"], 10 * numpy.log10(signal / noise), places=9)
        self.assertAlmostEqual(found["relativeError"], numpy.sqrt(noise / signal), places=12)

    def test_ratios_are_those_of_numpy(self):
        for encoding in ("q8_0", "q4_k", "q2_k", "iq4_xs"):
            with self.subTest(encoding):
                output = self.convert(encoding)
                errors = self.errors(output)
                answers = [
                    ingot_json("compare", self.checkpoint, output, "--histogram", "--importance", matrix)
                    for matrix in (self.gguf(), self.legacy())
                ]
                self.assertEqual(*answers)
                answer = answers[0]
                for tensor in answer["tensors"]:
                    signal, noise, weights = errors[tensor["name"]]
                    self.assert_ratios(tensor["errors"], signal.sum(), noise.sum())
                    self.assertEqual("weightedErrors" in tensor, weights is not None)
                    if weights is not None:
                        self.assert_ratios(tensor["weightedErrors"], (weights * signal).sum(), (weights * noise).sum())
                self.assert_ratios(
                    answer["total"], *(sum(it[part].sum() for it in errors.values()) for part in (0, 1)))
                weighted = [it for it in errors.values() if it[2] is not None]
                self.assert_ratios(
                    answer["importance"]["total"], *(sum((it[2] * it[part]).sum() for it in weighted) for part in (0, 1)))

    def test_levels_are_those_of_numpy(self):
        output = self.convert("q4_k")
        levels = []
        for signal, noise, _ in self.errors(output).values():
            quarters = [numpy.floor(2 * numpy.log2(it)) for it in (noise[noise > 0], signal.mean())]
            levels.append((quarters[0] - quarters[1]).astype(int))
        levels = numpy.concatenate(levels)
        answer = ingot_json("compare", self.checkpoint, output, "--histogram")["histogram"]
        self.assertEqual(answer["lowestLevel"], levels.min())
        self.assertEqual(answer["counts"], numpy.bincount(levels - levels.min()).tolist())
        self.assertEqual(answer["equal"], sum(it.size for it in self.tensors.values()) - levels.size)

    def test_weights_lower_the_weighted_error(self):
        def ratio(*options):
            answer = ingot_json("compare", self.checkpoint, self.convert("q4_k", *options), "--importance", self.gguf())
            return answer["importance"]["total"]["signalToNoiseRatio"]

        self.assertGreater(ratio("--importance", self.gguf()), ratio() + 0.2)

    def test_rows_go_with_neither(self):
        rows = ("compare", self.checkpoint, self.checkpoint, "--tensor", "blk.0.attn_q.weight", "--rows", "0")
        ingot(*rows, "--importance", self.gguf(), expect=64)
        ingot(*rows, "--histogram", expect=64)


if __name__ == "__main__":
    unittest.main()
