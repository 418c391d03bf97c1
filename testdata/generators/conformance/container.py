"""Builds containers, and notes where each field stands."""

import struct
from dataclasses import dataclass

from corpus import File

U8, I8, U16, I16, U32, I32, F32, BOOL, STRING, ARRAY, U64, I64, F64 = range(13)
TYPE_NAMES = [
    "uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "bool", "string", "array", "uint64",
    "int64", "float64",
]  # fmt: skip
FORMATS = {
    U8: "<B", I8: "<b", U16: "<H", I16: "<h", U32: "<I", I32: "<i", F32: "<f", BOOL: "<B", U64: "<Q", I64: "<q",
    F64: "<d",
}  # fmt: skip

# Id, values and bytes of a block of every encoding.
ENCODINGS = {
    "F32": (0, 1, 4), "F16": (1, 1, 2), "Q4_0": (2, 32, 18), "Q4_1": (3, 32, 20), "Q5_0": (6, 32, 22),
    "Q5_1": (7, 32, 24), "Q8_0": (8, 32, 34), "Q8_1": (9, 32, 36), "Q2_K": (10, 256, 84),
    "Q3_K": (11, 256, 110), "Q4_K": (12, 256, 144), "Q5_K": (13, 256, 176), "Q6_K": (14, 256, 210),
    "Q8_K": (15, 256, 292), "IQ2_XXS": (16, 256, 66), "IQ2_XS": (17, 256, 74), "IQ3_XXS": (18, 256, 98),
    "IQ1_S": (19, 256, 50), "IQ4_NL": (20, 32, 18), "IQ3_S": (21, 256, 110), "IQ2_S": (22, 256, 82),
    "IQ4_XS": (23, 256, 136), "I8": (24, 1, 1), "I16": (25, 1, 2), "I32": (26, 1, 4), "I64": (27, 1, 8),
    "F64": (28, 1, 8), "IQ1_M": (29, 256, 56), "BF16": (30, 1, 2), "TQ1_0": (34, 256, 54),
    "TQ2_0": (35, 256, 66), "MXFP4": (39, 32, 17), "NVFP4": (40, 64, 36), "Q1_0": (41, 128, 18),
    "Q2_0": (42, 64, 18),
}  # fmt: skip

# Bytes that every encoding may hold anywhere: no float of them is NaN or infinite, none has a code 3 of two bits, and
# each is five digits of TQ1_0.
PLAIN = bytes([0x15, 0x02, 0x2A, 0x09, 0x20, 0x06, 0x24, 0x11, 0x22, 0x05, 0x1A])


def u32(n):
    return struct.pack("<I", n)


def u64(n):
    return struct.pack("<Q", n)


def sized(text):
    text = text.encode() if isinstance(text, str) else text
    return u64(len(text)) + text


def scalar(type, value):
    return struct.pack(FORMATS[type], value)


@dataclass
class Entry:
    key: "str | bytes"
    type: int
    value: bytes


def number(key, type, value):
    return Entry(key, type, scalar(type, value))


def boolean(key, value=1):
    return Entry(key, BOOL, bytes([value]))


def text(key, value):
    return Entry(key, STRING, sized(value))


def array_value(type, values):
    """The value of an array; that of an array of arrays is made of such values."""
    make = sized if type == STRING else bytes if type == ARRAY else lambda it: scalar(type, it)
    return u32(type) + u64(len(values)) + b"".join(map(make, values))


def array(key, type, values):
    return Entry(key, ARRAY, array_value(type, values))


def alignment(value):
    return number("general.alignment", U32, value)


@dataclass
class Tensor:
    name: "str | bytes"
    dims: list
    encoding: str = "F32"
    data: "bytes | None" = None

    @property
    def size(self):
        _, values, size = ENCODINGS[self.encoding]
        elements = 1
        for dim in self.dims:
            elements *= dim
        return elements // values * size

    @property
    def bytes(self):
        if self.data is not None:
            assert len(self.data) == self.size
            return self.data
        return (PLAIN * (self.size // len(PLAIN) + 1))[: self.size]


def up(n, multiple):
    return -(-n // multiple) * multiple


def container(entries=(), tensors=(), alignment=32, version=3, counts=None):
    """A canonical file, unless the version or the counts are others than they should be."""
    marks, data = {}, bytearray(b"GGUF")

    def put(field, name, part):
        marks[name, part] = len(data)
        data.extend(field)

    tensor_count, key_count = counts or (len(tensors), len(entries))
    put(u32(version), "file", "version")
    put(u64(tensor_count), "file", "tensors")
    put(u64(key_count), "file", "keys")
    for entry in entries:
        put(sized(entry.key)[:8], entry.key, "length")
        put(sized(entry.key)[8:], entry.key, "text")
        put(u32(entry.type), entry.key, "type")
        put(entry.value, entry.key, "value")
    offset = 0
    for it in tensors:
        put(sized(it.name)[:8], it.name, "length")
        put(sized(it.name)[8:], it.name, "text")
        put(u32(len(it.dims)), it.name, "dims")
        for i, dim in enumerate(it.dims):
            put(u64(dim), it.name, f"dim {i}")
        put(u32(ENCODINGS[it.encoding][0]), it.name, "encoding")
        put(u64(offset), it.name, "offset")
        offset += up(it.size, alignment)
    put(b"", "file", "table end")
    data.extend(bytes(up(len(data), alignment) - len(data)))
    for it in tensors:
        put(it.bytes, it.name, "data")
        put(b"", it.name, "end")
        data.extend(bytes(up(it.size, alignment) - it.size))
    put(b"", "file", "end")
    return File(bytes(data), marks)
