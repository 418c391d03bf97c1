"""A reader of containers, written from container.md and limits.md alone."""

import re
import struct
from dataclasses import dataclass, field

import tensor_encodings as table

TYPES = {
    0: ("UINT8", "<B"), 1: ("INT8", "<b"), 2: ("UINT16", "<H"), 3: ("INT16", "<h"), 4: ("UINT32", "<I"),
    5: ("INT32", "<i"), 6: ("FLOAT32", "<f"), 7: ("BOOL", "B"), 8: ("STRING", None), 9: ("ARRAY", None),
    10: ("UINT64", "<Q"), 11: ("INT64", "<q"), 12: ("FLOAT64", "<d"),
}  # fmt: skip
UINT32, BOOL, STRING, ARRAY = 4, 7, 8, 9


@dataclass
class Limits:
    """limits.md, the first table."""

    key_bytes: int = 65535
    name_bytes: int = 65535
    string_bytes: int = 16777216
    array_count: int = 67108864
    array_nesting: int = 4
    keys: int = 100000
    tensors: int = 1000000
    metadata_bytes: int = 268435456
    alignment: int = 1048576


class ContainerError(Exception):
    def __init__(self, code, offset):
        super().__init__(f"{code} at {offset}")
        self.code, self.offset = code, offset


@dataclass
class Value:
    """A value, of a number also its bytes (C10: the bits of a NaN stay); of an array its element type."""

    type: str
    value: object
    data: bytes = b""
    element_type: str | None = None


@dataclass
class Tensor:
    name: str
    dims: list
    encoding: table.Encoding
    offset: int
    size: int
    field: int  # where its offset field stands

    @property
    def elements(self):
        product = 1
        for dim in self.dims:
            product *= dim
        return product


@dataclass
class Container:
    version: int
    metadata: dict = field(default_factory=dict)
    tensors: list = field(default_factory=list)
    alignment: int = 32
    table_end: int = 0
    data_start: int = 0
    body_end: int = 0
    warnings: list = field(default_factory=list)


def up(n, multiple):
    return -(-n // multiple) * multiple


def first_ill_formed(text):
    """The index of the first byte of the first ill-formed sequence, or None (C11)."""
    try:
        text.decode("utf-8")
        return None
    except UnicodeDecodeError as error:
        return error.start


class Reader:
    def __init__(self, data, limits):
        self.data, self.limits, self.at = data, limits, 0
        self.metadata_end = None  # where the limit of C5 ends

    def take(self, count, blame=None):
        """The next bytes; a field that the file ends within is TRUNCATED at its start (C1)."""
        start = self.at if blame is None else blame
        if count > len(self.data) - self.at:
            raise ContainerError("TRUNCATED", start)
        if self.metadata_end is not None and self.at + count > self.metadata_end:
            raise ContainerError("LIMIT", start)
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, layout):
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def sized(self, limit):
        """A length and its bytes, which start at the second result."""
        start = self.at
        length = self.number("<Q")
        if length > limit:
            raise ContainerError("LIMIT", start)
        return start, self.at, self.take(length, blame=start)

    def key(self):
        start, first, text = self.sized(self.limits.key_bytes)
        if not text:
            raise ContainerError("KEY", start)
        for i, byte in enumerate(text):
            if byte == 0 or byte >= 0x80:
                raise ContainerError("KEY", first + i)
        return start, text.decode("ascii")

    def type(self):
        start = self.at
        id = self.number("<I")
        if id not in TYPES:
            raise ContainerError("TYPE", start)
        return id

    def value(self, type, level=1):
        if type == STRING:
            _, first, text = self.sized(self.limits.string_bytes)
            bad = first_ill_formed(text)
            if bad is not None:
                raise ContainerError("UTF8", first + bad)
            return text.decode("utf-8"), b""
        if type == ARRAY:
            return self.array(level)[1], b""
        start, layout = self.at, TYPES[type][1]
        data = self.take(struct.calcsize(layout))
        value = struct.unpack(layout, data)[0]
        if type == BOOL:
            if value > 1:
                raise ContainerError("VALUE", start)
            value = bool(value)
        return value, data

    def array(self, level):
        start = self.at
        type = self.type()
        if type == ARRAY and level >= self.limits.array_nesting:
            raise ContainerError("NESTING", start)
        start = self.at
        count = self.number("<Q")
        if count > self.limits.array_count:
            raise ContainerError("LIMIT", start)
        least = {STRING: 8, ARRAY: 12}.get(type) or struct.calcsize(TYPES[type][1])
        if count * least > len(self.data) - self.at:
            raise ContainerError("TRUNCATED", start)
        return type, [self.value(type, level + 1)[0] for _ in range(count)]

    def entry(self, file):
        start, key = self.key()
        if key in file.metadata:
            raise ContainerError("DUPLICATE", start)
        type_at = self.at
        type = self.type()
        value_at = self.at
        if key == "general.alignment" and type != UINT32:
            raise ContainerError("ALIGN", type_at)
        if type == ARRAY:
            element, values = self.array(1)
            file.metadata[key] = Value("ARRAY", values, element_type=TYPES[element][0])
        else:
            file.metadata[key] = Value(TYPES[type][0], *self.value(type))
        if key == "general.alignment":
            file.alignment = file.metadata[key].value
            if file.alignment.bit_count() != 1 or file.alignment > self.limits.alignment:
                raise ContainerError("ALIGN", value_at)
            if file.alignment < 8:
                file.warnings.append("C8")

    def name(self, names):
        start, first, text = self.sized(self.limits.name_bytes)
        if not text:
            raise ContainerError("NAME", start)
        if 0 in text:
            raise ContainerError("NAME", first + text.index(0))
        bad = first_ill_formed(text)
        if bad is not None:
            raise ContainerError("UTF8", first + bad)
        if text in names:
            raise ContainerError("DUPLICATE", start)
        names.add(text)
        return text

    def tensor(self, file, names, sum):
        """One row of the table; the sum is that of the padded sizes before it (C14 to C18)."""
        name = self.name(names)
        if len(name) >= 64:
            file.warnings.append("C14")
        count_at = self.at
        count = self.number("<I")
        if count > 4:
            raise ContainerError("DIMS", count_at)
        if count == 0:
            file.warnings.append("C15")
        dims, product = [], 1
        for _ in range(count):
            dim_at = self.at
            dims.append(self.number("<Q"))
            if dims[-1] >= 2**63:
                raise ContainerError("DIMS", dim_at)
            product *= dims[-1] or 1
            if product >= 2**63:
                raise ContainerError("OVERFLOW", dim_at)
        encoding_at = self.at
        encoding = table.BY_ID.get(self.number("<I"))
        if encoding is None:
            raise ContainerError("ENCODING", encoding_at)
        row = dims[0] if dims else 1
        if row % encoding.values:
            raise ContainerError("BLOCK", count_at + 4 if dims else count_at)
        size = 0 if 0 in dims else product // encoding.values * encoding.bytes
        if size >= 2**63 or sum + up(size, file.alignment) >= 2**63:
            raise ContainerError("OVERFLOW", count_at)
        offset_at = self.at
        offset = self.number("<Q")
        if offset != sum:
            raise ContainerError("OFFSET", offset_at)
        file.tensors.append(Tensor(name.decode(), dims, encoding, offset, size, offset_at))
        return sum + up(size, file.alignment)


def read(data, limits=None):
    """The header of a file (C1 to C21)."""
    limits = limits or Limits()
    reader = Reader(data, limits)
    if len(data) < 4:
        raise ContainerError("TRUNCATED" if data and b"GGUF".startswith(data) else "MAGIC", 0)
    if reader.take(4) != b"GGUF":
        raise ContainerError("MAGIC", 0)
    version = reader.number("<I")
    if version and version & 0xFFFF == 0:
        raise ContainerError("ENDIAN", 4)
    if version not in (2, 3):
        raise ContainerError("VERSION", 4)
    tensor_count, key_count = reader.number("<Q"), reader.number("<Q")
    for count, limit, least, at in [
        (tensor_count, limits.tensors, 25, 8),
        (key_count, limits.keys, 14, 16),
    ]:
        if count > limit:
            raise ContainerError("LIMIT", at)
        if count * least > len(data) - 24:
            raise ContainerError("TRUNCATED", at)

    file = Container(version)
    reader.metadata_end = reader.at + limits.metadata_bytes
    for _ in range(key_count):
        reader.entry(file)
    reader.metadata_end = None
    names, sum = set(), 0
    for _ in range(tensor_count):
        sum = reader.tensor(file, names, sum)

    file.table_end = reader.at
    file.data_start = up(reader.at, file.alignment)
    file.body_end = file.data_start + sum
    if file.body_end >= 2**63:
        raise ContainerError("OVERFLOW", file.table_end)
    for tensor in file.tensors:
        if tensor.size and file.data_start + tensor.offset + tensor.size > len(data):
            raise ContainerError("BOUNDS", tensor.field)
    if len(data) < file.body_end:
        file.warnings.append("C20")
    return file


def padding_faults(data, file):
    """Where padding is not zero bytes (C20): the offsets of such bytes."""
    gaps = [(file.table_end, file.data_start)]
    for tensor in file.tensors:
        end = file.data_start + tensor.offset + tensor.size
        gaps.append((end, file.data_start + tensor.offset + up(tensor.size, file.alignment)))
    return [at for start, end in gaps for at in range(start, min(end, len(data))) if data[at]]


def data_of(data, file, tensor):
    start = file.data_start + tensor.offset
    return data[start : start + tensor.size]


def is_canonical(data, file):
    """C22, of a file that reads."""
    return (
        file.version == 3
        and len(data) == file.body_end
        and not padding_faults(data, file)
        and all(tensor.dims and len(tensor.name.encode()) < 64 for tensor in file.tensors)
    )


def split_name(name):
    """Prefix, number and count of the name of a file of a split set, or None (C23)."""
    match = re.fullmatch(r"(.*)-(\d{5,})-of-(\d{5,})\.gguf", name, re.ASCII | re.DOTALL)
    if not match or any(len(digits) > 5 and digits[0] == "0" for digits in match.groups()[1:]):
        return None
    number, count = int(match[2]), int(match[3])
    return (match[1], number, count) if 1 <= number <= count else None
