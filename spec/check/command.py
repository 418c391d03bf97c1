"""What the command makes of files and checkpoints, held to the pages. INGOT names it."""

import json
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import unittest

import container
import conversion
import numpy as np
import safetensors
import stored_data
from cases import DATA, T, checkpoint, entry, file, mixed_checkpoint, strings, tensor, u32, verdict
from corpus import CHECKPOINTS, CONTAINERS

TESTDATA = pathlib.Path(__file__).resolve().parents[2] / "testdata"
INGOT = os.environ.get("INGOT")


def ingot(*arguments):
    run = subprocess.run([INGOT, *map(str, arguments), "--json"], capture_output=True, check=False)
    return run.returncode, json.loads(run.stdout)


@unittest.skipUnless(INGOT, "INGOT names no command")
class Command(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def write(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def assertInfo(self, path, data, read):
        """K3: info says what the reader read."""
        status, info = ingot("info", "--full", path)
        self.assertEqual((status, info["format"]), (0, "GGUF"))
        self.assertEqual(
            info["container"],
            {
                "version": read.version,
                "alignment": read.alignment,
                "dataOffset": read.data_start,
                "trailingByteCount": max(0, len(data) - read.body_end),
            },
        )
        self.assertEqual(
            [(it["name"], it["dimensions"], it["type"], it["offset"], it["byteCount"]) for it in info["tensors"]],
            [(it.name, it.dims, it.encoding.name, read.data_start + it.offset, it.size) for it in read.tensors],
        )
        found = [(it["key"], it["type"], it.get("elementType"), numeric(it)) for it in info["metadata"]]
        expected = [(key, it.type, it.element_type, plain(it)) for key, it in read.metadata.items()]
        self.assertEqual(found, expected)

    def test_container_verdicts(self):
        """C1 to C21, C24, K1: the command refuses with the code and the offset of the clause."""
        for case in CONTAINERS:
            if case.limits:  # the command has the defaults
                continue
            with self.subTest(case.name):
                status, answer = ingot("info", case.path)
                if case.reader is None:
                    self.assertInfo(case.path, case.data, container.read(case.data))
                elif case.reader[:2] in [("MAGIC", 0), ("TRUNCATED", 0)]:
                    self.assertEqual(status, 1)  # a file of unknown kind
                else:
                    self.assertEqual(status, 1)
                    self.assertEqual((answer["error"]["code"], answer["error"].get("offset")), case.reader[:2])

    def test_rules_page(self):
        """The table of conformance.md is that of the command's rules."""
        rules = subprocess.run([INGOT, "validate", "--rules", "--json"], capture_output=True, check=False)
        if rules.returncode == 64:
            self.skipTest("this command has no rules")
        script = TESTDATA / "generators" / "conformance" / "rules_page.py"
        arguments = [sys.executable, "-B", script, "--check"]
        check = subprocess.run(arguments, input=rules.stdout, stderr=subprocess.PIPE, check=False)
        self.assertEqual(check.returncode, 0, check.stderr.decode())

    def test_mutations(self):
        """C1 to C21: of a file with one byte changed both readers say the same."""
        entries = [entry("general.alignment", 4, u32(8)), entry("k", 9, strings("a", "é")), entry("b", 7, b"\1")]
        head = file(entries, [tensor("t", [32, 2], 8, 0), tensor("u", [3, 1], 0, 72)], alignment=8)
        for seed in range(150):
            generator = random.Random(seed)
            data = bytearray(head + bytes(72 + 16))
            data[generator.randrange(4, len(head))] = generator.choice([0, 1, 2, 9, 32, 0x7F, 0x80, 0xFF])
            with self.subTest(seed):
                expected = verdict(bytes(data), container.read, container.ContainerError)
                path = self.write("case.gguf", data)
                status, answer = ingot("info", path)
                if expected is None:
                    self.assertInfo(path, data, container.read(bytes(data)))
                else:
                    self.assertEqual((answer["error"]["code"], answer["error"].get("offset")), expected)

    def test_checkpoint_verdicts(self):
        """S1 to S6"""
        for case in CHECKPOINTS:
            if case.limits:
                continue
            with self.subTest(case.name):
                _, answer = ingot("info", case.path)
                error = answer.get("error", {})
                expected = case.reader[:2] if case.reader else (None, None)
                self.assertEqual((error.get("code"), error.get("offset")), expected)

    def assertConverts(self, source, wanted, *options, alignment=32):
        """V1 to V4, M1 to M5, C22, E9.3 to E15.3, K2"""
        words, tensors = safetensors.read(source.read_bytes())
        expected = conversion.plan(tensors, wanted)
        output = self.folder / "output.gguf"
        # What the reference encoder gives is stated byte by byte; a search may find anything with less error.
        encoding = (wanted or "auto").lower()
        arguments = ["convert", source, "--seal", "none", "--encoding", encoding, "--effort", "fast", *options]
        status, planned = ingot(*arguments, "--dry-run")
        self.assertEqual(status, 0, planned)
        status, summary = ingot(*arguments, "--force", "-o", output)
        self.assertEqual(status, 0, summary)

        data = output.read_bytes()
        read = container.read(data)
        self.assertTrue(stored_data.is_canonical(data, read), "C22")
        self.assertEqual((planned["byteCount"], planned["dataOffset"]), (len(data), read.data_start), "K2")
        keys = [
            "sourceName", "sourceType", "sourceShape", "name", "dimensions", "encoding", "transform", "reason",
        ]  # fmt: skip
        for it, tensor, row in zip(expected, read.tensors, planned["tensors"], strict=True):
            row["reason"] = row["reason"]["code"]
            source_facts = [it.source.name, it.source.type, it.source.shape]
            plan = [it.name, it.dims, it.encoding, it.transform, it.reason]
            with self.subTest(f"{wanted} {it.source.name}"):
                self.assertEqual([row[key] for key in keys], source_facts + plan, "V2")
                self.assertEqual([tensor.name, tensor.dims, tensor.encoding.name], plan[:3], "V2, M3")
                found = stored_data.data_of(data, read, tensor)
                self.assertEqual(found, conversion.stored_bytes(it), "V3")
        values = [(key, it.type, it.value) for key, it in read.metadata.items()]
        wanted_keys = conversion.metadata(source.stem, words, expected, wanted, alignment)
        self.assertEqual(values, [(key, *it) for key, it in wanted_keys.items()], "M1, M4, M5")
        self.assertEqual(summary["fallbacks"], sum(it.reason == "fallback" for it in expected), "K2")
        self.assertInfo(output, data, read)
        return data

    def test_conversion_of_real_weights(self):
        """V1 to V4 with every encoding of E1.1 that is decoded and encoded"""
        source = TESTDATA / "checkpoints" / "minilm-part.safetensors"
        for wanted in [None, *conversion.CHOICES]:
            with self.subTest(wanted):
                self.assertConverts(source, wanted)

    def test_conversion_of_every_element_type(self):
        """S5.1, V2, V3.2, M3, M4, M5"""
        source = self.write("mixed.safetensors", mixed_checkpoint())
        for wanted in [None, "Q8_0", "TQ2_0", "F16", "F32"]:
            with self.subTest(wanted):
                self.assertConverts(source, wanted, "--alignment", "64", alignment=64)

    def test_conversion_of_strained_values(self):
        """E2.3 to E2.8, E9.3 to E15.3: every exponent from subnormals to where scales overflow, zeros and ties"""
        generator = np.random.default_rng(7)
        fraction, jump, sign = (generator.integers(0, end, (128, 256), np.uint32) for end in (2**23, 4, 2))
        exponent = np.arange(128, dtype=np.uint32)[:, None] + jump
        bits = sign << 31 | exponent << 23 | fraction
        values = bits.view("<f4").copy()
        values[::5] = np.round(values[::5] / values[::5].max(1, keepdims=True) * 15) * np.float32(0.5)
        values[::7, ::3] = -0.0
        data = checkpoint({"w": ("F32", [128, 256], [0, values.nbytes])}, values.tobytes())
        source = self.write("strained.safetensors", data)
        for wanted in conversion.CHOICES:
            self.assertConverts(source, wanted)

    def test_canonical_files_are_copied(self):
        """V4, M2, C22: `auto` gives the identical file; version 2 and missing padding become canonical."""
        wide = file([entry("general.alignment", 4, u32(64))], [T], DATA + bytes(32), alignment=64)
        entries = [entry("general.alignment", 4, u32(32)), entry("x", 6, b"\1\0\x80\x7f")]
        tensors = [tensor("t", [32, 2], 8, 0), tensor("u", [3], 1, 96)]
        data = file(entries, tensors, bytes(68 + 28) + bytes(32))
        short = file(entries, tensors, bytes(68 + 28 + 6), version=2)
        for source, expected in [(data, data), (short, data), (wide, wide)]:
            output = self.folder / "copy.gguf"
            status, answer = ingot("convert", self.write("a.gguf", source), "--force", "--seal", "none", "-o", output)
            self.assertEqual(status, 0, answer)
            self.assertEqual(output.read_bytes(), expected)

    def test_compare(self):
        """K5.1 to K5.3, I3, I4.3, I4.4"""
        generator = np.random.default_rng(11)
        shapes = {"w": [6, 32], "experts": [2, 3, 16], "norm": [40], "zero": [9], "same": [4, 8]}
        left = {name: generator.standard_normal(shape).astype("<f4") for name, shape in shapes.items()}
        left["zero"][:] = 0
        left["norm"] *= 1000
        right = {name: it + generator.standard_normal(it.shape).astype("<f4") / 32 for name, it in left.items()}
        right["same"] = left["same"]
        right["w"][2, 3:5] = left["w"][2, 3], np.nan
        weights = {"w": generator.random((1, 32), "<f4"), "experts": generator.random((2, 16), "<f4")}
        weights["w"][0, ::3] = 0
        paths = []
        for name, tensors in [("left", left), ("right", right)]:
            entries, data = {}, b"\5" + bytes(7)
            for key, values in tensors.items():
                entries[key] = ("F32", shapes[key], [len(data), len(data) + values.nbytes])
                data += values.tobytes()
            entries["number"] = ("I64", [1], [0, 8])
            paths.append(self.write(name, checkpoint(entries, data)))
        options = ["--importance", self.write("imatrix.dat", importance_matrix(weights)), "--histogram"]
        status, found = ingot("compare", *paths, *options)
        self.assertEqual(status, 0, found)

        def ratios(noise, signal):
            if noise == 0:
                return 0, "Infinity"
            return (np.sqrt(noise / signal), 10 * np.log10(signal / noise)) if signal else ("Infinity", "-Infinity")

        def assertRatios(errors, noise, signal):
            for key, expected in zip(["relativeError", "signalToNoiseRatio"], ratios(noise, signal), strict=True):
                if isinstance(expected, str):
                    self.assertEqual(errors[key], expected)
                else:
                    self.assertAlmostEqual(errors[key], expected, places=9)

        def level(square):
            return np.frexp(np.square(square))[1] - 1

        tensors = {it["name"]: it for it in found["tensors"]}
        total, weighted_total, levels, equal, unscaled = np.zeros(2), np.zeros(2), [], 0, 0
        for name, values in left.items():
            with self.subTest(name):
                reference = values.astype("f8")
                error = right[name].astype("f8") - reference
                finite = np.isfinite(error)
                squares = np.array([np.square(it)[finite].sum() for it in [error, reference]])
                total += squares
                assertRatios(tensors[name]["errors"], *squares)
                errors = error[finite & (error != 0)]
                equal += finite.sum() - len(errors)
                if squares[1]:
                    levels += list(level(np.square(errors)) - level(squares[1] / finite.sum()))
                else:
                    unscaled += len(errors)
                if name in weights:
                    weight = weights[name].astype("f8").reshape((-1, 1, weights[name].shape[-1]))
                    weight = np.broadcast_to(weight, reference.shape if reference.ndim == 3 else (1, *reference.shape))
                    weight = weight.reshape(reference.shape)
                    squares = np.array([(weight * np.square(it))[finite].sum() for it in [error, reference]])
                    weighted_total += squares
                    assertRatios(tensors[name]["weightedErrors"], *squares)
                self.assertEqual(tensors[name].get("importance"), name if name in weights else None)
        assertRatios(found["total"], *total)
        answer = found["importance"]
        assertRatios(answer.pop("total"), *weighted_total)
        unweighted = [name for name in tensors if name not in weights and name != "number"]
        self.assertEqual(answer, {"entries": 2, "weighted": 2, "unweighted": unweighted})
        counts = np.bincount(np.array(levels) - min(levels))
        expected = {"lowestLevel": min(levels), "counts": counts.tolist(), "equal": equal, "unscaled": unscaled}
        self.assertEqual(found["histogram"], expected)

        for bad in [{"another": weights["w"]}, weights | {"norm": weights["w"]}]:
            matrix = self.write("bad.dat", importance_matrix(bad))
            status, answer = ingot("compare", *paths, "--importance", matrix)
            self.assertEqual((status, answer["error"]["code"]), (1, "IMPORTANCE"))

    def test_refused_values(self):
        """V3.4, E2.6: the tensor, the row and the column"""
        values = np.zeros((4, 64), "<f4")
        values[2, 33] = np.nan
        source = self.write("a.safetensors", checkpoint({"weight": ("F32", [4, 64], [0, 1024])}, values.tobytes()))
        status, answer = ingot("convert", source, "--encoding", "q8_0", "--seal", "none", "-o", self.folder / "a.gguf")
        self.assertEqual((status, answer["error"]["code"]), (2, "NOT_FINITE"))
        for fact in ["weight", "row 2", "column 33"]:
            self.assertIn(fact, answer["error"]["message"])
        self.assertFalse((self.folder / "a.gguf").exists())


def importance_matrix(weights):
    """A file of the older format (I3) that states the weights as they are."""
    entries = (
        struct.pack("<i", len(name.encode())) + name.encode() + struct.pack("<ii", 0, it.size) + it.tobytes()
        for name, it in weights.items()
    )
    return struct.pack("<i", len(weights)) + b"".join(entries)


def numeric(entry):
    """A value of info; of a FLOAT32 the shortest digits stand there, which a Float64 reads as another number."""
    value = entry["value"]
    return float(np.float32(value)) if entry["type"] == "FLOAT32" and not isinstance(value, str) else value


def plain(value):
    """A value as JSON has it: NaN and infinity are texts."""
    if value.type in ("FLOAT32", "FLOAT64") and not np.isfinite(value.value):
        return "NaN" if np.isnan(value.value) else "Infinity" if value.value > 0 else "-Infinity"
    return value.value
