"""Files built by hand, and what a reader says of each."""

import json
import random
import struct

import container
import numpy as np
import safetensors
import tensor_encodings as encodings


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


# Every element type, and names and shapes that the container lacks (M3).
MIXED = [
    ("BOOL", [4]), ("U8", [2, 3]), ("I8", [5]), ("U16", [3]), ("I16", [2, 2]), ("U32", [2]), ("I32", [3]),
    ("U64", [2]), ("I64", [1, 2]), ("F16", [2, 32]), ("BF16", [4, 64]), ("F32", [2, 256]), ("F64", [2, 32]),
    ("F8_E4M3", [2, 32]), ("F8_E5M2", [32]), ("F8_E8M0", [1, 8]), ("F8_E4M3FNUZ", [2, 33]),
    ("F8_E5M2FNUZ", [2, 8]), ("F4", [2, 32]), ("C64", [2, 3]), ("F32", []), ("F32", [2, 1, 2, 1, 32]),
    ("C64", [2, 3, 1, 2]), ("F32", [0, 4]), ("F32", [1, 1, 7]), ("F16", [3]), ("F16", [3, 32]),
]  # fmt: skip
NAMES = {
    9: "half.norms.weight", 10: "blk.0.ffn_gate_inp.weight", 11: "norm.layernorm2.bias", 12: "q.normal.weight",
    19: "complex." + "é" * 40, 20: "scalar", 21: "folded", 22: "", 23: "zero\0byte", 24: "n" * 63, 25: "n" * 64,
    26: "x.Layer_Norm_1.weight",
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
