"""A reader and a judge of containers, written from container.md, conformance.md and limits.md alone."""

import re
import struct
from dataclasses import dataclass, field, fields

import tensor_encodings as table

TYPES = {
    0: ("UINT8", "<B"), 1: ("INT8", "<b"), 2: ("UINT16", "<H"), 3: ("INT16", "<h"), 4: ("UINT32", "<I"),
    5: ("INT32", "<i"), 6: ("FLOAT32", "<f"), 7: ("BOOL", "B"), 8: ("STRING", None), 9: ("ARRAY", None),
    10: ("UINT64", "<Q"), 11: ("INT64", "<q"), 12: ("FLOAT64", "<d"),
}  # fmt: skip
UINT32, BOOL, STRING, ARRAY = 4, 7, 8, 9
LEAST = {STRING: 8, ARRAY: 12}
WARNINGS = {"C3-OLD", "C6-STYLE", "C8-SMALL", "C14-LONG", "C15-SCALAR", "C20-MISSING", "C21-TRAILING"}
USUAL_KEY = re.compile(rb"[a-z0-9_-]+(\.[a-z0-9_-]+)*")


@dataclass
class Limits:
    """limits.md, the first table; a limit has the name that stands there, with underscores."""

    key_byte_count: int = 65535
    name_byte_count: int = 65535
    string_byte_count: int = 16777216
    array_count: int = 67108864
    array_nesting: int = 4
    key_count: int = 100000
    tensor_count: int = 1000000
    metadata_byte_count: int = 268435456
    alignment: int = 1048576

    @classmethod
    def lowered(cls, named):
        """The limits, some of them by the names of limits.md."""
        own = {it.name for it in fields(cls)}
        lowered = {re.sub("[A-Z]", lambda it: "_" + it[0].lower(), name): n for name, n in (named or {}).items()}
        return cls(**{name: n for name, n in lowered.items() if name in own})


class ContainerError(Exception):
    def __init__(self, rule, offset):
        super().__init__(f"{rule} at {offset}")
        self.rule, self.code, self.offset = rule, rule.partition("-")[2], offset


class End(Exception):
    """The walk of a file that is judged ends here (F2)."""


@dataclass
class Value:
    """A value, of a number also its bytes (C10: the bits of a NaN stay); of an array its element type."""

    type: str
    value: object
    data: bytes = b""
    element_type: str | None = None
    at: int = 0


@dataclass
class Tensor:
    name: str
    dims: list
    encoding: "table.Encoding | None"
    offset: int
    size: "int | None"  # None where the entry does not say it (F5)
    entry: int  # where its entry begins
    field: int  # where its offset field stands

    @property
    def elements(self):
        product = 1
        for dim in self.dims:
            product *= dim
        return product


@dataclass
class Container:
    version: int = 3
    metadata: dict = field(default_factory=dict)
    tensors: list = field(default_factory=list)
    alignment: int = 32
    table_end: int = 0
    data_start: int = 0
    body_end: int = 0
    findings: list = field(default_factory=list)
    is_whole: bool = False  # whether the walk reached the end of the table


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
    """One walk over a file. A strict one ends with the first error, another goes on after it (F2 to F6)."""

    def __init__(self, data, limits, strict):
        self.data, self.limits, self.strict, self.at = data, limits or Limits(), strict, 0
        self.metadata_end = None  # where the limit of C5 ends
        self.blame = None  # the count of the array that is read: C5 blames it
        self.file = Container()

    def fault(self, rule, offset, ends=False):
        self.file.findings.append((rule, offset))
        if self.strict and rule not in WARNINGS:
            raise ContainerError(rule, offset)
        if ends:
            raise End

    def take(self, count, blame=None):
        """The next bytes; a field that the file ends within is TRUNCATED at its start (C1)."""
        start = self.at if blame is None else blame
        if count > len(self.data) - self.at:
            self.fault("C1-TRUNCATED", start, ends=True)
        if self.metadata_end is not None and self.at + count > self.metadata_end:
            self.fault("C5-LIMIT", start if self.blame is None else self.blame, ends=True)
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, layout):
        return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]

    def sized(self, clause, limit):
        """Where a length stands, where its bytes start, and the bytes."""
        start = self.at
        length = self.number("<Q")
        if length > limit:
            self.fault(f"{clause}-LIMIT", start, ends=True)
        return start, self.at, self.take(length, blame=start)

    def key(self):
        start, first, text = self.sized("C6", self.limits.key_byte_count)
        wrong = next((i for i, byte in enumerate(text) if byte == 0 or byte >= 0x80), None)
        if not text:
            self.fault("C6-KEY", start)
        elif wrong is not None:
            self.fault("C6-KEY", first + wrong)
        elif not USUAL_KEY.fullmatch(text):
            self.fault("C6-STYLE", start)
        return start, text.decode("latin-1")

    def type(self, rule):
        start = self.at
        id = self.number("<I")
        if id not in TYPES:
            self.fault(rule, start, ends=True)
        return id

    def text(self):
        _, first, text = self.sized("C11", self.limits.string_byte_count)
        wrong = first_ill_formed(text)
        if wrong is not None:
            self.fault("C11-UTF8", first + wrong)
        return text.decode("utf-8", "replace")

    def value(self, type, level=1):
        if type == STRING:
            return self.text(), b""
        if type == ARRAY:
            return self.array(level)[1], b""
        start, layout = self.at, TYPES[type][1]
        data = self.take(struct.calcsize(layout))
        value = struct.unpack(layout, data)[0]
        if type == BOOL:
            if value > 1:
                self.fault("C10-VALUE", start)
            value = bool(value)
        return value, data

    def array(self, level):
        start = self.at
        type = self.type("C12-TYPE")
        if type == ARRAY and level >= self.limits.array_nesting:
            self.fault("C12-NESTING", start, ends=True)
        start = self.at
        count = self.number("<Q")
        if count > self.limits.array_count:
            self.fault("C12-LIMIT", start, ends=True)
        least = LEAST.get(type) or struct.calcsize(TYPES[type][1])
        if count * least > len(self.data) - self.at:
            self.fault("C12-TRUNCATED", start, ends=True)
        if level == 1:
            self.blame = start
        if type == BOOL:
            values = self.booleans(count)
        else:
            values = [self.value(type, level + 1)[0] for _ in range(count)]
        if level == 1:
            self.blame = None
        return type, values

    def booleans(self, count):
        """Of an array of booleans only the first wrong byte is a fault (F3)."""
        start, values = self.at, self.take(count)
        wrong = next((i for i, value in enumerate(values) if value > 1), None)
        if wrong is not None:
            self.fault("C10-VALUE", start + wrong)
        return [bool(value) for value in values]

    def entry(self):
        start, key = self.key()
        is_new = key not in self.file.metadata
        if not is_new:
            self.fault("C7-DUPLICATE", start)
        type_at = self.at
        type = self.type("C9-TYPE")
        value_at = self.at
        if type == ARRAY:
            element, values = self.array(1)
            value = Value("ARRAY", values, element_type=TYPES[element][0], at=value_at)
        else:
            value = Value(TYPES[type][0], *self.value(type), at=value_at)
        if is_new:
            self.file.metadata[key] = value
            if key == "general.alignment":
                self.align(type, value.value, type_at, value_at)

    def align(self, type, value, type_at, value_at):
        """C8. The alignment is unknown where it is stated wrongly (F4)."""
        self.file.alignment = None
        if type != UINT32:
            self.fault("C8-ALIGN", type_at)
        elif value.bit_count() != 1 or value > self.limits.alignment:
            self.fault("C8-ALIGN", value_at)
        else:
            self.file.alignment = value
            if value < 8:
                self.fault("C8-SMALL", value_at)

    def name(self, names):
        start, first, text = self.sized("C14", self.limits.name_byte_count)
        wrong = first_ill_formed(text)
        if not text:
            self.fault("C14-NAME", start)
        elif 0 in text:
            self.fault("C14-NAME", first + text.index(0))
        elif wrong is not None:
            self.fault("C14-UTF8", first + wrong)
        if text and text in names:
            self.fault("C14-DUPLICATE", start)
        if len(text) >= 64:
            self.fault("C14-LONG", start)
        names.add(text)
        return text.decode("utf-8", "replace")

    def dims(self):
        """The dims, and whether the number of elements is known (C15, C16)."""
        count_at = self.at
        count = self.number("<I")
        if count > 4:
            self.fault("C15-DIMS", count_at, ends=True)
        if count == 0:
            self.fault("C15-SCALAR", count_at)
        dims, product, is_known = [], 1, True
        for _ in range(count):
            dim_at = self.at
            dims.append(self.number("<Q"))
            if dims[-1] >= 2**63:
                self.fault("C15-DIMS", dim_at)
                is_known = False
            elif is_known:
                product *= dims[-1] or 1
                if product >= 2**63:
                    self.fault("C16-OVERFLOW", dim_at)
                    is_known = False
        return count_at, dims, is_known

    def size(self, count_at, dims, encoding, is_known):
        """The size in bytes, or None where it is not known (C17)."""
        if encoding is None or not is_known:
            return None
        if (dims[0] if dims else 1) % encoding.values:
            self.fault("C17-BLOCK", count_at + 4 if dims else count_at)
            return None
        elements = 1
        for dim in dims:
            elements *= dim
        size = elements // encoding.values * encoding.bytes
        if size >= 2**63:
            self.fault("C17-OVERFLOW", count_at)
            return None
        return size

    def tensor(self, names, sum):
        """One row of the table (C14 to C18). The sum is that of the padded sizes before it, or None (F5)."""
        entry_at = self.at
        name = self.name(names)
        count_at, dims, is_known = self.dims()
        encoding_at = self.at
        encoding = table.BY_ID.get(self.number("<I"))
        if encoding is None:
            self.fault("C17-ENCODING", encoding_at)
        size = self.size(count_at, dims, encoding, is_known)
        offset_at = self.at
        offset = self.number("<Q")
        alignment = self.file.alignment
        if sum is None:
            sum = offset
        elif alignment is not None and offset != sum:
            self.fault("C18-OFFSET", offset_at)
        if alignment is None:
            end = None
        elif size is not None and sum + up(size, alignment) >= 2**63:
            self.fault("C17-OVERFLOW", count_at)
            size = end = None
        else:
            end = None if size is None else sum + up(size, alignment)
        self.file.tensors.append(Tensor(name, dims, encoding, sum, size, entry_at, offset_at))
        return end

    def preamble(self):
        """C2 to C4: the numbers of tensors and of keys."""
        data = self.data
        if data and len(data) < 4 and b"GGUF".startswith(data):
            self.fault("C2-TRUNCATED", 0, ends=True)
        if data[:4] != b"GGUF":
            self.fault("C2-MAGIC", 0, ends=True)
        self.at = 4
        self.file.version = version = self.number("<I")
        if version and version & 0xFFFF == 0:
            self.fault("C3-ENDIAN", 4, ends=True)
        if version not in (2, 3):
            self.fault("C3-VERSION", 4, ends=True)
        if version == 2:
            self.fault("C3-OLD", 4)
        counts, limits = [], (self.limits.tensor_count, self.limits.key_count)
        for limit in limits:
            start = self.at
            counts.append(self.number("<Q"))
            if counts[-1] > limit:
                self.fault("C4-LIMIT", start, ends=True)
        for count, least, at in zip(counts, (25, 14), (8, 16)):
            if count * least > len(data) - 24:
                self.fault("C4-TRUNCATED", at, ends=True)
        return counts

    def walk(self):
        tensor_count, key_count = self.preamble()
        self.metadata_end = self.at + self.limits.metadata_byte_count
        for _ in range(key_count):
            self.entry()
        self.metadata_end = None
        names, sum = set(), 0
        for _ in range(tensor_count):
            sum = self.tensor(names, sum)
        self.layout(sum)
        self.file.is_whole = True

    def layout(self, sum):
        """C19 to C21, as far as alignment and sizes are known."""
        file, length = self.file, len(self.data)
        file.table_end = self.at
        if file.alignment is None:
            return
        file.data_start = up(self.at, file.alignment)
        file.body_end = None if sum is None else file.data_start + sum
        if sum is not None and file.body_end >= 2**63:
            self.fault("C19-OVERFLOW", file.table_end, ends=True)
        for tensor in file.tensors:
            if tensor.size and file.data_start + tensor.offset + tensor.size > length:
                self.fault("C19-BOUNDS", tensor.field)
                return
        if sum is not None and length < file.body_end:
            self.fault("C20-MISSING", length)
        elif sum is not None and length > file.body_end:
            self.fault("C21-TRAILING", file.body_end)


def read(data, limits=None):
    """The header of a file (C1 to C21); a file that breaks a clause is refused."""
    reader = Reader(data, limits, strict=True)
    reader.walk()
    return reader.file


def judge(data, limits=None):
    """What is found in a file at the level of its structure, and of the file what is known (F1 to F6)."""
    reader = Reader(data, limits, strict=False)
    try:
        reader.walk()
    except End:
        pass
    return reader.file
