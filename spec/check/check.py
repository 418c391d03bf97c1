"""Holds the specification to account: an implementation that was written from these pages alone meets the golden files,
containers built by hand, and, where the environment variable INGOT names the command, what that makes of checkpoints.

usage: [INGOT=path] python spec/check/check.py [arguments of unittest]
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

import container
import corpus
import kaitai
import numpy as np
import safetensors
import sets
import stored_data
import tensor_encodings as encodings
from cases import entry, file, sized, strings, tensor, verdict
from command import Command  # noqa: F401, its tests run with the others
from corpus import CHECKPOINTS, CONTAINERS, SETS
from description import describe
from seal import Seal, SealCommand, SealVerdicts  # noqa: F401, their tests run with the others
from seal_changes import SealChanges  # noqa: F401, its tests run with the others
from ternary import Ternary  # noqa: F401, its tests run with the others

SPEC = pathlib.Path(__file__).resolve().parents[1]
TESTDATA = SPEC.parent / "testdata"


def rows_of_table(page, columns):
    """The cells of the rows of all tables of a page that have that many columns."""
    for line in (SPEC / page).read_text().splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == columns:
            yield cells


class Pages(unittest.TestCase):
    """What was copied from the pages by hand is what they say."""

    def test_encodings(self):
        """E1.1"""
        rows = [
            encodings.Encoding(int(c[0]), c[1], int(c[2]), int(c[3]), int(c[5]) if c[5] != "none" else None)
            for c in rows_of_table("encodings.md", 6)
            if c[0].isdigit()
        ]
        self.assertEqual(rows, encodings.TABLE)

    def test_fallbacks(self):
        """E3.1"""
        pairs = {}
        for asked, taken in rows_of_table("encodings.md", 2):
            if taken in encodings.BY_NAME:
                pairs |= dict.fromkeys(asked.split(", "), taken)
        self.assertEqual(pairs, encodings.FALLBACK)

    def test_scales(self):
        """E17.1"""
        names = {it.name for it in encodings.TABLE}
        rows = {c[0]: (c[1], c[2]) for c in rows_of_table("encodings.md", 4) if c[0] in names}
        self.assertEqual(set(rows), names)
        scales = {
            name: {int(at): type for at in places.split(", ")}
            for name, (places, type) in rows.items()
            if type != "none"
        }
        self.assertEqual(scales, stored_data.SCALES)

    def test_metadata_types(self):
        """C9"""
        names = {int(c[0]): c[1] for c in rows_of_table("container.md", 3) if c[0].isdigit()}
        self.assertEqual(names, {id: name for id, (name, _) in container.TYPES.items()})

    def test_limits(self):
        """limits.md"""
        defaults = {c[2]: int(c[1]) for c in rows_of_table("limits.md", 5) if c[1].isdigit()}
        self.assertEqual(container.Limits.lowered(defaults), container.Limits())
        self.assertEqual(len(defaults), len(vars(container.Limits())))

    def test_element_types(self):
        """S5.1"""
        types = {
            c[0]: (int(c[1]), c[3].removeprefix("2 × "))
            for c in rows_of_table("safetensors.md", 5)
            if c[1].isdigit()
        }
        self.assertEqual(types, safetensors.TYPES)


class Encodings(unittest.TestCase):
    GOLDEN = ["f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "q2_0", "q1_0", "tq1_0", "tq2_0"]

    def golden(self, name):
        return (TESTDATA / "encodings" / name).read_bytes()

    def test_decoders_give_the_golden_bits(self):
        """E4.1 to E15.2"""
        for name in self.GOLDEN:
            with self.subTest(name):
                values = encodings.decode(name.upper(), self.golden(f"{name}.decode.bin"))
                self.assertEqual(values.tobytes(), self.golden(f"{name}.decode.f32"))

    def test_reference_encoders_give_the_golden_bytes(self):
        """E4.1 to E15.3"""
        values = np.frombuffer(self.golden("input.f32"), "<f4")
        for name in self.GOLDEN:
            with self.subTest(name):
                self.assertEqual(encodings.encode(name.upper(), values), self.golden(f"{name}.plain.bin"))

    def test_halves(self):
        """E2.3"""
        cases = {
            0x3F800000: 0x3C00, 0x80000000: 0x8000, 0x477FEFFF: 0x7BFF, 0x477FF000: 0x7C00,
            0x33000000: 0x0000, 0x33000001: 0x0001, 0x33C00000: 0x0002, 0x387FE000: 0x0400,
            0x7F800000: 0x7C00, 0x7F800001: 0x7E00, 0xFFC12345: 0xFE00,
        }  # fmt: skip
        for bits, expected in cases.items():
            v = np.array([bits], np.uint32).view(np.float32)
            self.assertEqual(int(encodings.half(v)[0]), expected, hex(bits))
        h = np.array([0x7C01, 0xFE00, 0x0001, 0xFC00], np.uint16)
        bits = encodings.from_half(h).view(np.uint32).tolist()
        self.assertEqual(bits, [0x7FC02000, 0xFFC00000, 0x33800000, 0xFF800000])

    def test_brain_floats(self):
        """E2.4"""
        cases = {
            0x3F808000: 0x3F80, 0x3F818000: 0x3F82, 0x7F7F7FFF: 0x7F7F, 0x7F7F8000: 0x7F80,
            0x7F800001: 0x7FC0, 0xFFFFFFFF: 0xFFFF, 0x00008001: 0x0001,
        }  # fmt: skip
        for bits, expected in cases.items():
            v = np.array([bits], np.uint32).view(np.float32)
            self.assertEqual(int(encodings.bfloat(v)[0]), expected, hex(bits))

    def test_refusals(self):
        """E2.6"""
        block = np.zeros(512, np.float32)
        for name in ["Q8_0", "Q4_0", "Q4_1", "Q2_0", "Q1_0", "TQ1_0", "TQ2_0"]:
            for position, value, code in [(300, np.nan, "NOT_FINITE"), (7, 3e38, "OVERFLOW")]:
                x = block.copy()
                x[position] = value
                with self.subTest(f"{name} {value}"), self.assertRaises(encodings.EncodingError) as caught:
                    encodings.encode(name, x)
                self.assertEqual((caught.exception.code, caught.exception.index), (code, position))
        for name, value, code in [
            ("F16", 65520, "OVERFLOW"), ("BF16", 3.4e38, "OVERFLOW"), ("I8", 128, "OVERFLOW"),
            ("I64", 2.0**63, "OVERFLOW"), ("I32", 0.5, "INEXACT"), ("I16", np.inf, "NOT_FINITE"),
        ]:  # fmt: skip
            with self.subTest(f"{name} {value}"), self.assertRaises(encodings.EncodingError) as caught:
                encodings.encode(name, [0, value])
            self.assertEqual((caught.exception.code, caught.exception.index), (code, 1))

    def test_tiny_blocks(self):
        """E2.8: the scale as a half is zero; the codes are those of the section."""
        tiny = np.full(256, 2.0**-130, np.float32)
        self.assertEqual(encodings.encode("Q4_0", tiny[:32]), b"\x00\x80" + bytes(16))
        self.assertEqual(encodings.encode("Q2_0", tiny[:64]), bytes(18))
        self.assertEqual(encodings.encode("TQ2_0", tiny), b"\x55" * 64 + bytes(2))
        self.assertEqual(encodings.encode("Q4_0", np.zeros(32, np.float32)), b"\x00\x80" + b"\x88" * 16)

    def test_double_precision(self):
        """E7.1"""
        doubles = np.array([0x7FF0000000000001, 0xFFF4000020000000, 0x47EFFFFFF0000000], "<u8").tobytes()
        bits = encodings.decode("F64", doubles).view(np.uint32).tolist()
        self.assertEqual(bits, [0x7FC00000, 0xFFE00001, 0x7F800000])
        nan = np.array([0x7F800001], "<u4").view("<f4")
        self.assertEqual(encodings.encode("F64", nan), struct.pack("<Q", 0x7FF8000020000000))

    def test_ternary_bytes(self):
        """E14.2, E14.3: digits packed and unpacked are the same."""
        x = np.random.default_rng(1).integers(-1, 2, 2560).astype(np.float32)
        self.assertEqual(encodings.decode("TQ1_0", encodings.encode("TQ1_0", x)).tolist(), x.tolist())


class Corpus(unittest.TestCase):
    def test_generator(self):
        """The corpus is what its generator makes, byte for byte."""
        with tempfile.TemporaryDirectory() as folder:
            again = pathlib.Path(folder) / "conformance"
            generator = TESTDATA / "generators" / "conformance"
            subprocess.run([sys.executable, "-B", generator, again], check=True, stdout=subprocess.DEVNULL)
            made, kept = (
                {str(it.relative_to(root)): it.read_bytes() for it in root.rglob("*") if it.is_file()}
                for root in (again, corpus.FOLDER)
            )
        self.assertEqual(sorted(made), sorted(kept))
        self.assertEqual([name for name in made if made[name] != kept[name]], [])

    def test_files_are_tiny(self):
        """Each is at most 4 KiB, and most are below 500 bytes."""
        sizes = [it.stat().st_size for it in corpus.FOLDER.rglob("*") if it.is_file() and it.name != "verdicts.json"]
        self.assertLessEqual(max(sizes), 4096)
        self.assertLess(sum(size >= 500 for size in sizes), len(sizes) / 10)


class Containers(unittest.TestCase):
    def test_verdicts(self):
        """C1 to C21, C24"""
        for case in CONTAINERS:
            with self.subTest(case.name):
                limits = container.Limits.lowered(case.limits)
                found = verdict(case.data, lambda data: container.read(data, limits), container.ContainerError)
                self.assertEqual(found, case.reader and case.reader[:2])

    def test_findings(self):
        """C1 to C21, E17, F1 to F7: all that is found, level by level."""
        for case in CONTAINERS:
            with self.subTest(case.name):
                data = case.data
                file = container.judge(data, container.Limits.lowered(case.limits))
                found = {"structure": file.findings, "data": stored_data.judge(data, file)}
                for level, findings in found.items():
                    expected = [it[:2] for it in case.findings[level]]
                    self.assertEqual(sorted(findings, key=str), expected, level)

    def test_descriptions(self):
        """What is printed of a file has the findings, and a header where it opens."""
        for case in CONTAINERS:
            if not case.limits:
                answer = json.loads(json.dumps(describe(case.path)))
                self.assertEqual("header" in answer, case.reader is None, case.name)
                self.assertEqual(len(answer["findings"]), sum(map(len, case.findings.values())), case.name)

    def test_every_bit_of_real_headers(self):
        """F1: a file that is cut anywhere has a finding; one with a flipped bit has one, or another header."""
        for case in CONTAINERS:
            if not case.name.startswith("real/"):
                continue
            data, read = case.data, container.judge(case.data)
            for length in range(len(data)):
                self.assertTrue(container.judge(data[:length]).findings, length)
            expected = repr(read)
            for at in range(read.data_start):
                for bit in range(8):
                    flipped = data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]
                    found = container.judge(flipped)
                    is_told = found.findings or stored_data.judge(flipped, found) or repr(found) != expected
                    self.assertTrue(is_told, (case.name, at, bit))

    def test_values(self):
        """C9, C12, C19, C21"""
        entries = [
            entry("a", 2, b"\1\2"), entry("b", 9, strings("x", "yz")), entry("c", 7, b"\1"),
            entry("d", 11, b"\xfe" + b"\xff" * 7), entry("e", 8, sized("é")),
        ]  # fmt: skip
        data = file(entries, [tensor("t", [32, 2], 8, 0), tensor("u", [3], 0, 96)], bytes(96 + 32))
        read = container.read(data)
        values = {key: (it.type, it.value) for key, it in read.metadata.items()}
        expected = {
            "a": ("UINT16", 513), "b": ("ARRAY", ["x", "yz"]), "c": ("BOOL", True), "d": ("INT64", -2),
            "e": ("STRING", "é"),
        }  # fmt: skip
        self.assertEqual(values, expected)
        self.assertEqual([it.size for it in read.tensors], [68, 12])
        self.assertEqual((read.data_start % 32, read.body_end), (0, len(data)))
        self.assertTrue(stored_data.is_canonical(data, read))
        self.assertFalse(stored_data.is_canonical(data[:-1] + b"\1", read))

class Kaitai(unittest.TestCase):
    """ingot.ksy shows what the pages say."""

    DEFINITION = kaitai.Definition()

    def test_names(self):
        """C9, E1.1"""
        types = {id: name.lower() for id, (name, _) in container.TYPES.items()}
        self.assertEqual(self.DEFINITION.enums["value_type"], types)
        names = {it.id: it.name.lower() for it in encodings.TABLE}
        self.assertEqual(self.DEFINITION.enums["encoding"], names)

    def test_headers(self):
        """Of every file that opens, the same header."""
        for case in CONTAINERS:
            if case.reader or case.limits:
                continue
            with self.subTest(case.name):
                expected, read = container.read(case.data), self.DEFINITION.read(case.data)
                metadata = {it["key"]: (it["value_type"].upper(), kaitai.plain(it["value"])) for it in read["entries"]}
                values = {key: (it.type, it.value) for key, it in expected.metadata.items()}
                self.assertEqual(repr(metadata), repr(values))  # NaN is not equal to itself
                tensors = [(it["name"]["text"], it["dims"], it["encoding"], it["offset"]) for it in read["tensors"]]
                rows = [(it.name, it.dims, it.encoding.name.lower(), it.offset) for it in expected.tensors]
                self.assertEqual((read["version"], tensors), (expected.version, rows))

    def test_refusals(self):
        """Files that end within the header, and of another magic or version."""
        count, seen = 0, {"C1-TRUNCATED", "C2-MAGIC", "C2-TRUNCATED", "C3-VERSION", "C3-ENDIAN", "C4-TRUNCATED"}
        for case in CONTAINERS:
            if seen & {rule for rule, _, _ in case.findings["structure"]}:
                with self.subTest(case.name), self.assertRaises(kaitai.Refusal):
                    self.DEFINITION.read(case.data)
                count += 1
        self.assertGreater(count, 50)


class Checkpoints(unittest.TestCase):
    def test_verdicts(self):
        """S1 to S6"""
        for case in CHECKPOINTS:
            with self.subTest(case.name):
                limits = safetensors.Limits.lowered(case.limits)
                found = verdict(case.data, lambda data: safetensors.read(data, limits), safetensors.CheckpointError)
                errors = [(rule.partition("-")[2], at) for rule, at, _ in case.findings["structure"]]
                self.assertEqual(found is None, case.reader is None)
                if found:  # of several errors a reader gives any
                    self.assertIn(found, errors)

    def test_findings(self):
        """S1 to S6, F1 to F7: all that is found, level by level."""
        for case in CHECKPOINTS:
            with self.subTest(case.name):
                file = safetensors.judge(case.data, safetensors.Limits.lowered(case.limits))
                found = {"structure": file.findings, "data": safetensors.judge_data(file)}
                for level, findings in found.items():
                    self.assertEqual(sorted(findings, key=str), [it[:2] for it in case.findings[level]], level)


class Sets(unittest.TestCase):
    def test_findings(self):
        """C23, S7, S8, F8"""
        for case in SETS:
            with self.subTest(case.name):
                found = sets.judge(case.path, case.limits)
                self.assertEqual(sorted(found.structure, key=str), case.findings["structure"])
                self.assertEqual(sorted(found.data, key=str), case.findings["data"])

    def test_split_names(self):
        """C23"""
        good = {"a-00001-of-00002.gguf": ("a", 1, 2), "a-99999-of-100000.gguf": ("a", 99999, 100000)}
        for name in good:
            self.assertEqual(sets.split_name(name), good[name])
        for name in ["a-0001-of-0002.gguf", "a-00000-of-00002.gguf", "a-000001-of-000002.gguf", "a.gguf"]:
            self.assertIsNone(sets.split_name(name))


if __name__ == "__main__":
    unittest.main()
