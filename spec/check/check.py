"""Holds the specification to account: an implementation that was written from these pages alone meets the golden files,
containers built by hand, and, where the environment variable INGOT names the command, what that makes of checkpoints.

usage: [INGOT=path] python spec/check/check.py [arguments of unittest]
"""

import json
import os
import pathlib
import random
import re
import struct
import subprocess
import sys
import tempfile
import unittest

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import container  # noqa: E402
import conversion  # noqa: E402
import safetensors  # noqa: E402
import tensor_encodings as encodings  # noqa: E402

SPEC = pathlib.Path(__file__).resolve().parents[1]
TESTDATA = SPEC.parent / "testdata"
INGOT = os.environ.get("INGOT")


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

    def test_metadata_types(self):
        """C9"""
        names = {int(c[0]): c[1] for c in rows_of_table("container.md", 3) if c[0].isdigit()}
        self.assertEqual(names, {id: name for id, (name, _) in container.TYPES.items()})

    def test_limits(self):
        """limits.md"""
        defaults = [int(c[1]) for c in rows_of_table("limits.md", 5) if c[1].isdigit()]
        limits = container.Limits()
        self.assertEqual(defaults, list(vars(limits).values()))

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
        self.assertEqual(encodings.encode("Q4_0", np.zeros(32)), b"\x00\x80" + b"\x88" * 16)

    def test_ternary_bytes(self):
        """E14.2, E14.3: digits packed and unpacked are the same."""
        x = np.random.default_rng(1).integers(-1, 2, 2560).astype(np.float32)
        self.assertEqual(encodings.decode("TQ1_0", encodings.encode("TQ1_0", x)).tolist(), x.tolist())


def u32(n):
    return struct.pack("<I", n)


def u64(n):
    return struct.pack("<Q", n)


def sized(text):
    text = text.encode() if isinstance(text, str) else text
    return u64(len(text)) + text


def entry(key, type, value):
    return sized(key) + u32(type) + value


def tensor(name, dims, encoding, offset, count=None):
    count = len(dims) if count is None else count
    return sized(name) + u32(count) + b"".join(map(u64, dims)) + u32(encoding) + u64(offset)


def file(entries=(), tensors=(), data=b"", version=3, alignment=32, counts=None):
    tensor_count, key_count = counts or (len(tensors), len(entries))
    head = b"GGUF" + u32(version) + u64(tensor_count) + u64(key_count) + b"".join([*entries, *tensors])
    return head.ljust(container.up(len(head), alignment), b"\0") + data


def strings(*values):
    return u32(8) + u64(len(values)) + b"".join(map(sized, values))


def string(value):
    return sized(value)


# A row has 39 bytes: "t", one dimension; its n-dims at +9, dim at +13, encoding at +21, offset at +25.
T = tensor("t", [8], 0, 0)
DATA = bytes(range(32))
NESTED = u32(9) + u64(1)  # the begin of an array of one array

# What a reader says of it: clause, bytes, and code and offset, or None for a file that reads.
CASES = [
    ("C1 whole", file([entry("k", 8, string("v"))], [T], DATA), None),
    ("C1 empty model", file(), None),
    ("C1 version cut", b"GGUF\3\0", ("TRUNCATED", 4)),
    ("C1 tensor count cut", b"GGUF" + u32(3) + b"\0", ("TRUNCATED", 8)),
    ("C1 key count cut", b"GGUF" + u32(3) + u64(0) + bytes(7), ("TRUNCATED", 16)),
    ("C1 key longer than the file", file([u64(100) + bytes(16)]), ("TRUNCATED", 24)),
    ("C1 string longer than the file", file([entry("k", 8, u64(99))]), ("TRUNCATED", 37)),
    ("C1 value cut", file([entry("key", 10, b"")], alignment=1), ("TRUNCATED", 39)),
    ("C1 offset cut", file([], [T[:-1]], alignment=1), ("TRUNCATED", 24 + 25)),
    ("C2 magic", b"GGUX" + u32(3) + bytes(16), ("MAGIC", 0)),
    ("C2 empty", b"", ("MAGIC", 0)),
    ("C2 cut", b"GGU", ("TRUNCATED", 0)),
    ("C2 short", b"GX", ("MAGIC", 0)),
    ("C3 version 2", file(version=2), None),
    ("C3 version 1", file(version=1), ("VERSION", 4)),
    ("C3 version 0", file(version=0), ("VERSION", 4)),
    ("C3 version 4", file(version=4), ("VERSION", 4)),
    ("C3 big-endian", file(version=0x03000000), ("ENDIAN", 4)),
    ("C3 version with low bits", file(version=0x00010003), ("VERSION", 4)),
    ("C4 tensors", file(counts=(1000001, 0)), ("LIMIT", 8)),
    ("C4 keys", file(counts=(0, 100001)), ("LIMIT", 16)),
    ("C4 tensors that do not fit", file(counts=(1000, 0)), ("TRUNCATED", 8)),
    ("C4 keys that do not fit", file(counts=(0, 1000)), ("TRUNCATED", 16)),
    ("C6 long key", file([entry("k" * 65536, 0, b"\1")]), ("LIMIT", 24)),
    ("C6 longest key", file([entry("k" * 65535, 0, b"\1")]), None),
    ("C6 empty key", file([entry("", 10, u64(0))]), ("KEY", 24)),
    ("C6 NUL", file([entry("a\0b", 0, b"\1")]), ("KEY", 33)),
    ("C6 not ASCII", file([entry("ab\xe9".encode("latin-1"), 0, b"\1")]), ("KEY", 34)),
    ("C6 control byte", file([entry("a\x7f\x01 B", 0, b"\1")]), None),
    ("C7 twice", file([entry("k", 0, b"\1"), entry("k", 1, b"\2")]), ("DUPLICATE", 24 + 14)),
    ("C7 case", file([entry("k", 0, b"\1"), entry("K", 1, b"\2")]), None),
    ("C8 type", file([entry("general.alignment", 10, u64(32))]), ("ALIGN", 24 + 25)),
    ("C8 zero", file([entry("general.alignment", 4, u32(0))]), ("ALIGN", 24 + 29)),
    ("C8 not a power", file([entry("general.alignment", 4, u32(24))]), ("ALIGN", 24 + 29)),
    ("C8 too large", file([entry("general.alignment", 4, u32(2**21))]), ("ALIGN", 24 + 29)),
    ("C8 one", file([entry("general.alignment", 4, u32(1))], [T], DATA, alignment=1), None),
    ("C8 64", file([entry("general.alignment", 4, u32(64))], [T], DATA, alignment=64), None),
    ("C9 type", file([entry("k", 13, bytes(8))]), ("TYPE", 24 + 9)),
    ("C9 element type", file([entry("k", 9, u32(13) + u64(0))]), ("TYPE", 24 + 13)),
    ("C10 boolean", file([entry("k", 7, b"\2")]), ("VALUE", 24 + 13)),
    ("C10 boolean in array", file([entry("k", 9, u32(7) + u64(3) + b"\1\0\3")]), ("VALUE", 24 + 27)),
    ("C10 NaN", file([entry("k", 6, b"\1\0\x80\x7f"), entry("l", 12, b"\xff" * 8)]), None),
    ("C11 long", file([entry("k", 8, u64(2**24 + 1) + bytes(2**24 + 1))]), ("LIMIT", 24 + 13)),
    ("C11 overlong", file([entry("k", 8, string(b"ab\xc0\x80"))]), ("UTF8", 24 + 23)),
    ("C11 surrogate", file([entry("k", 8, string(b"a\xed\xa0\x80"))]), ("UTF8", 24 + 22)),
    ("C11 too high", file([entry("k", 8, string(b"\xf4\x90\x80\x80"))]), ("UTF8", 24 + 21)),
    ("C11 cut", file([entry("k", 8, string(b"\xc3\xa9\xe2\x82"))]), ("UTF8", 24 + 23)),
    ("C11 cut within", file([entry("k", 8, string(b"\xe2\x82A"))]), ("UTF8", 24 + 21)),
    ("C11 NUL", file([entry("k", 8, string(b"a\0b"))]), None),
    ("C11 in an array", file([entry("k", 9, strings(b"a", b"\xff"))]), ("UTF8", 24 + 13 + 12 + 9 + 8)),
    ("C12 count", file([entry("k", 9, u32(0) + u64(67108865))]), ("LIMIT", 24 + 17)),
    ("C12 count that does not fit", file([entry("k", 9, u32(10) + u64(50) + bytes(99))]), ("TRUNCATED", 41)),
    ("C12 strings that do not fit", file([entry("k", 9, u32(8) + u64(9) + bytes(16))]), ("TRUNCATED", 41)),
    ("C12 four levels", file([entry("k", 9, NESTED * 3 + u32(0) + u64(0))]), None),
    ("C12 five levels", file([entry("k", 9, NESTED * 4 + u32(0) + u64(0))]), ("NESTING", 24 + 13 + 36)),
    ("C12 five levels, empty", file([entry("k", 9, NESTED * 3 + u32(9) + u64(0))]), ("NESTING", 73)),
    ("C12 inner types", file([entry("k", 9, u32(9) + u64(2) + strings("a") + u32(0) + u64(0))]), None),
    ("C14 empty", file([], [tensor("", [8], 0, 0)], DATA), ("NAME", 24)),
    ("C14 NUL", file([], [tensor("a\0", [8], 0, 0)], DATA), ("NAME", 33)),
    ("C14 UTF-8", file([], [tensor(b"ab\xff", [8], 0, 0)], DATA), ("UTF8", 34)),
    ("C14 long", file([], [tensor("n" * 65536, [8], 0, 0)], DATA), ("LIMIT", 24)),
    ("C14 64 bytes", file([], [tensor("n" * 64, [8], 0, 0)], DATA), None),
    ("C14 twice", file([], [T, tensor("t", [8], 0, 32)], DATA * 2), ("DUPLICATE", 24 + 33)),
    ("C14 scalars", file([], [tensor("é", [8], 0, 0), tensor("e\u0301", [8], 0, 32)], DATA * 2), None),
    ("C15 five", file([], [tensor("t", [1] * 5, 0, 0)], DATA), ("DIMS", 33)),
    ("C15 none", file([], [tensor("t", [], 0, 0)], DATA), None),
    ("C15 large", file([], [tensor("t", [1, 2**63], 0, 0)], DATA), ("DIMS", 37 + 8)),
    ("C15 zero", file([], [tensor("t", [0, 3], 0, 0), tensor("u", [8], 0, 0)], DATA), None),
    ("C16 product", file([], [tensor("t", [2**32, 2, 2**30], 0, 0)], DATA), ("OVERFLOW", 37 + 16)),
    ("C16 behind a zero", file([], [tensor("t", [0, 2**32, 2**31], 0, 0)], DATA), ("OVERFLOW", 37 + 16)),
    ("C17 unknown", file([], [tensor("t", [8], 43, 0)], DATA), ("ENCODING", 45)),
    ("C17 removed", file([], [tensor("t", [32], 4, 0)], DATA), ("ENCODING", 45)),
    ("C17 block", file([], [tensor("t", [33, 32], 8, 0)], bytes(2048)), ("BLOCK", 37)),
    ("C17 no dimensions", file([], [tensor("t", [], 8, 0)], DATA), ("BLOCK", 33)),
    ("C17 size", file([], [tensor("t", [2**62], 0, 0)], DATA), ("OVERFLOW", 33)),
    ("C17 padded size", file([], [tensor("t", [2**63 - 1], 24, 0)], DATA), ("OVERFLOW", 33)),
    ("C18 first", file([], [tensor("t", [8], 0, 32)], DATA * 2), ("OFFSET", 49)),
    ("C18 gap", file([], [T, tensor("u", [8], 0, 64)], DATA * 3), ("OFFSET", 24 + 33 + 25)),
    ("C18 overlap", file([], [T, tensor("u", [8], 0, 0)], DATA * 2), ("OFFSET", 24 + 33 + 25)),
    ("C18 misaligned", file([], [tensor("t", [1], 0, 0), tensor("u", [1], 0, 4)], DATA), ("OFFSET", 82)),
    ("C19 end", file([], [T], DATA[:-1]), ("BOUNDS", 49)),
    ("C19 second", file([], [T, tensor("u", [8], 0, 32)], DATA + DATA[:4]), ("BOUNDS", 24 + 33 + 25)),
    ("C19 overflow", file([], [tensor("t", [2**63 - 64], 24, 0)], DATA), ("OVERFLOW", 24 + 33)),
    ("C20 last padding", file([], [tensor("t", [1], 0, 0)], bytes(4)), None),
    ("C20 no data", file([], [tensor("t", [0], 0, 0)])[: 24 + 33], None),
    ("C21 more", file([], [T], DATA + b"seal"), None),
]


def verdict(data, read, error):
    try:
        read(data)
        return None
    except error as refusal:
        return refusal.code, getattr(refusal, "offset", None)


class Containers(unittest.TestCase):
    def test_verdicts(self):
        """C1 to C21, C24"""
        for name, data, expected in CASES:
            with self.subTest(name):
                self.assertEqual(verdict(data, container.read, container.ContainerError), expected)

    def test_values(self):
        """C9, C12, C19, C21"""
        entries = [
            entry("a", 2, b"\1\2"), entry("b", 9, strings("x", "yz")), entry("c", 7, b"\1"),
            entry("d", 11, b"\xfe" + b"\xff" * 7), entry("e", 8, string("é")),
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
        self.assertTrue(container.is_canonical(data, read))
        self.assertFalse(container.is_canonical(data[:-1] + b"\1", read))

    def test_split_names(self):
        """C23"""
        good = {"a-00001-of-00002.gguf": ("a", 1, 2), "a-99999-of-100000.gguf": ("a", 99999, 100000)}
        for name in good:
            self.assertEqual(container.split_name(name), good[name])
        for name in ["a-0001-of-0002.gguf", "a-00000-of-00002.gguf", "a-000001-of-000002.gguf", "a.gguf"]:
            self.assertIsNone(container.split_name(name))


def checkpoint(members, data=b"", words=None):
    header = {"__metadata__": words} if words else {}
    header |= {name: dict(zip(["dtype", "shape", "data_offsets"], it)) for name, it in members.items()}
    return with_header(json.dumps(header, ensure_ascii=False), data)


def with_header(header, data=b""):
    header = header.encode() if isinstance(header, str) else header
    return u64(len(header)) + header + data


ENTRY = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'
DEEP = "[" * 7 + "]" * 7

CHECKPOINTS = [
    ("S1.1 frame", u64(9) + b"{}", "TRUNCATED"),
    ("S2.1 spaces", with_header("{}   "), None),
    ("S2.1 newline", with_header("{}\n"), "JSON"),
    ("S2.2 UTF-8", with_header(b'{"a\xff":' + ENTRY.encode() + b"}", bytes(4)), "UTF8"),
    ("S2.2 surrogate", with_header('{"\\ud800":' + ENTRY + "}", bytes(4)), "JSON"),
    ("S2.2 comma", with_header('{"a":' + ENTRY + ",}", bytes(4)), "JSON"),
    ("S2.2 zero", with_header('{"a":' + ENTRY.replace("0,4", "00,4") + "}", bytes(4)), "JSON"),
    ("S2.3 nesting", with_header('{"a":' + ENTRY[:-1] + ',"x":' + DEEP + "}}", bytes(4)), "NESTING"),
    ("S3.2 twice", with_header('{"a":' + ENTRY + ',"\\u0061":' + ENTRY + "}", bytes(4)), "DUPLICATE"),
    ("S3.3 words", with_header('{"__metadata__":{"a":1}}'), "JSON"),
    ("S4.1 missing", with_header('{"a":{"dtype":"F32","shape":[]}}', bytes(4)), "JSON"),
    ("S4.1 more", with_header('{"a":' + ENTRY[:-1] + ',"x":1}}', bytes(4)), None),
    ("S4.2 type", checkpoint({"a": ("f32", [1], [0, 4])}, bytes(4)), "DTYPE"),
    ("S4.3 float", with_header('{"a":' + ENTRY.replace("[1]", "[1.0]") + "}", bytes(4)), "JSON"),
    ("S4.3 negative", with_header('{"a":' + ENTRY.replace("[1]", "[-1]") + "}", bytes(4)), "JSON"),
    ("S4.3 dimensions", checkpoint({"a": ("F32", [1] * 65, [0, 4])}, bytes(4)), "LIMIT"),
    ("S5.5 product", checkpoint({"a": ("U8", [0, 2**32, 2**32], [0, 0])}), "OVERFLOW"),
    ("S5.6 size", checkpoint({"a": ("F32", [2], [0, 4])}, bytes(4)), "SIZE"),
    ("S5.6 bits", checkpoint({"a": ("F4", [3], [0, 1])}, bytes(1)), "SIZE"),
    ("S5.6 backwards", checkpoint({"a": ("U8", [0], [1, 0])}, bytes(1)), "SIZE"),
    ("S6.1 hole", checkpoint({"a": ("U8", [1], [1, 2])}, bytes(2)), "COVERAGE"),
    ("S6.1 overlap", checkpoint({"a": ("U8", [2], [0, 2]), "b": ("U8", [2], [1, 3])}, bytes(3)), "COVERAGE"),
    ("S6.1 more", checkpoint({"a": ("U8", [1], [0, 1])}, bytes(2)), "COVERAGE"),
    ("S6.1 end", checkpoint({"a": ("U8", [3], [0, 3])}, bytes(2)), "TRUNCATED"),
    ("S6.2 empty", checkpoint({"a": ("U8", [1], [0, 1]), "b": ("U8", [0], [1, 1])}, bytes(1)), None),
]


class Checkpoints(unittest.TestCase):
    def test_verdicts(self):
        """S1 to S6"""
        for name, data, code in CHECKPOINTS:
            with self.subTest(name):
                found = verdict(data, safetensors.read, safetensors.CheckpointError)
                self.assertEqual(found and found[0], code)


# Every element type, and names and shapes that the container lacks (M3).
MIXED = [
    ("BOOL", [4]), ("U8", [2, 3]), ("I8", [5]), ("U16", [3]), ("I16", [2, 2]), ("U32", [2]), ("I32", [3]),
    ("U64", [2]), ("I64", [1, 2]), ("F16", [2, 32]), ("BF16", [4, 64]), ("F32", [2, 256]), ("F64", [2, 32]),
    ("F8_E4M3", [2, 32]), ("F8_E5M2", [32]), ("F8_E8M0", [1, 8]), ("F8_E4M3FNUZ", [2, 33]),
    ("F8_E5M2FNUZ", [2, 8]), ("F4", [2, 32]), ("C64", [2, 3]), ("F32", []), ("F32", [2, 1, 2, 1, 32]),
    ("C64", [2, 3, 1, 2]), ("F32", [0, 4]), ("F32", [1, 1, 7]), ("F16", [3]), ("F16", [3, 32]),
]  # fmt: skip
NAMES = {
    19: "complex." + "é" * 40, 20: "scalar", 21: "folded", 22: "", 23: "zero\0byte", 24: "n" * 63, 25: "n" * 64,
    26: "x.Layer_Norm_1.weight", 9: "half.norms.weight", 10: "q.normal.weight", 11: "norm.layernorm2.bias",
}  # fmt: skip


def mixed_checkpoint():
    generator, members, data = random.Random(20), {}, b""
    for i, (kind, shape) in enumerate(MIXED):
        count = int(np.prod(shape, dtype=object)) if shape else 1
        if kind in ("F16", "BF16", "F32", "F64", "C64"):
            values = np.array([generator.gauss(0, 1) for _ in range(count * (2 if kind == "C64" else 1))])
            if kind == "F64":
                part = values.astype("<f8").tobytes()
            else:
                part = encodings.encode("F32" if kind == "C64" else kind, values)
        else:
            # Codes without NaN, and of U64 without the numbers from 2^63 on.
            highest = 1 if kind == "BOOL" else 100
            part = bytes(generator.randint(0, highest) for _ in range(count * safetensors.TYPES[kind][0] // 8))
        members[NAMES.get(i, f"{kind.lower()}.{i}")] = (kind, shape, [len(data), len(data) + len(part)])
        data += part
    return checkpoint(members, data, {"format": "pt", "b": "é\n", "a": ""})


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
        found = [(it["key"], it["type"], it.get("elementType"), it["value"]) for it in info["metadata"]]
        expected = [(key, it.type, it.element_type, plain(it)) for key, it in read.metadata.items()]
        self.assertEqual(found, expected)

    def test_container_verdicts(self):
        """C1 to C21, C24, K1: the command refuses with the code and the offset of the clause."""
        for name, data, expected in CASES:
            with self.subTest(name):
                path = self.write("case.gguf", data)
                status, answer = ingot("info", path)
                if expected is None:
                    self.assertInfo(path, data, container.read(data))
                elif expected in [("MAGIC", 0), ("TRUNCATED", 0)]:
                    self.assertEqual(status, 1)  # a file of unknown kind
                else:
                    self.assertEqual(status, 1)
                    self.assertEqual((answer["error"]["code"], answer["error"].get("offset")), expected)

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
        for name, data, code in CHECKPOINTS:
            with self.subTest(name):
                _, answer = ingot("info", self.write("case.safetensors", data))
                self.assertEqual(answer.get("error", {}).get("code"), code)

    def assertConverts(self, source, wanted, *options, alignment=32):
        """V1 to V4, M1 to M5, C22, E9.3 to E15.3, K2"""
        words, tensors = safetensors.read(source.read_bytes())
        expected = conversion.plan(tensors, wanted)
        output = self.folder / "output.gguf"
        arguments = ["convert", source, "--encoding", (wanted or "auto").lower(), *options]
        status, planned = ingot(*arguments, "--dry-run")
        self.assertEqual(status, 0, planned)
        status, summary = ingot(*arguments, "--force", "-o", output)
        self.assertEqual(status, 0, summary)

        data = output.read_bytes()
        read = container.read(data)
        self.assertTrue(container.is_canonical(data, read), "C22")
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
                found = container.data_of(data, read, tensor)
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

    def test_canonical_files_are_copied(self):
        """V4, M2, C22: `auto` gives the identical file; version 2 and missing padding become canonical."""
        entries = [entry("general.alignment", 4, u32(32)), entry("x", 6, b"\1\0\x80\x7f")]
        tensors = [tensor("t", [32, 2], 8, 0), tensor("u", [3], 1, 96)]
        data = file(entries, tensors, bytes(68 + 28) + bytes(32))
        for source in [data, file(entries, tensors, bytes(68 + 28 + 6), version=2)]:
            output = self.folder / "copy.gguf"
            status, answer = ingot("convert", self.write("a.gguf", source), "--force", "-o", output)
            self.assertEqual(status, 0, answer)
            self.assertEqual(output.read_bytes(), data)

    def test_refused_values(self):
        """V3.4, E2.6: the tensor, the row and the column"""
        values = np.zeros((4, 64), "<f4")
        values[2, 33] = np.nan
        source = self.write("a.safetensors", checkpoint({"weight": ("F32", [4, 64], [0, 1024])}, values.tobytes()))
        status, answer = ingot("convert", source, "--encoding", "q8_0", "-o", self.folder / "a.gguf")
        self.assertEqual((status, answer["error"]["code"]), (2, "NOT_FINITE"))
        for fact in ["weight", "row 2", "column 33"]:
            self.assertIn(fact, answer["error"]["message"])
        self.assertFalse((self.folder / "a.gguf").exists())


def plain(value):
    """A value as JSON has it: NaN and infinity are texts."""
    if value.type in ("FLOAT32", "FLOAT64") and not np.isfinite(value.value):
        return "NaN" if np.isnan(value.value) else "Infinity" if value.value > 0 else "-Infinity"
    return value.value


if __name__ == "__main__":
    unittest.main()
