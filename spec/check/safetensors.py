"""A reader and a judge of one safetensors file, written from safetensors.md, conformance.md and limits.md alone."""

from dataclasses import dataclass, field

import container
import json_text
import numpy as np

# S5.1: bits, and the encoding that holds every value
TYPES = {
    "BOOL": (8, "I8"), "U8": (8, "I16"), "I8": (8, "I8"), "U16": (16, "I32"), "I16": (16, "I16"),
    "U32": (32, "I64"), "I32": (32, "I32"), "U64": (64, "I64"), "I64": (64, "I64"), "F16": (16, "F16"),
    "BF16": (16, "BF16"), "F32": (32, "F32"), "F64": (64, "F64"), "F8_E4M3": (8, "F16"),
    "F8_E5M2": (8, "F16"), "F8_E8M0": (8, "BF16"), "F8_E4M3FNUZ": (8, "F16"), "F8_E5M2FNUZ": (8, "F16"),
    "F6_E2M3": (6, "F16"), "F6_E3M2": (6, "F16"), "F4": (4, "F16"), "C64": (64, "F32"),
}  # fmt: skip
# S5.7: the layout of an element, and the bits of its exponent; or the codes of 8 bits that are not finite
EXPONENTS = {"F16": ("<u2", 0x7C00), "BF16": ("<u2", 0x7F80), "F32": ("<u4", 0x7F800000), "C64": ("<u4", 0x7F800000)}
EXPONENTS |= {"F64": ("<u8", 0x7FF0000000000000), "F8_E5M2": ("u1", 0x7C)}
NOT_FINITE = {"F8_E4M3": [0x7F, 0xFF], "F8_E8M0": [0xFF], "F8_E4M3FNUZ": [0x80], "F8_E5M2FNUZ": [0x80]}
WARNINGS = {"S4.1-FIELD"}
SYNTAX = {"JSON": "S2.2-JSON", "UTF8": "S2.2-UTF8", "NESTING": "S2.3-NESTING", "LIMIT": "S2.3-LIMIT"}


@dataclass
class Limits:
    """limits.md, the table of checkpoints."""

    header_byte_count: int = 100000000
    nesting: int = 8
    text_byte_count: int = 16777216
    tensor_count: int = 1000000
    dimension_count: int = 64
    shard_count: int = 10000

    lowered = classmethod(container.Limits.lowered.__func__)


class CheckpointError(container.ContainerError):
    pass


@dataclass
class Tensor:
    name: str
    type: "str | None"
    shape: "list | None"
    range: "list | None"
    data: bytes = b""


@dataclass
class Checkpoint:
    words: dict = field(default_factory=dict)
    tensors: dict = field(default_factory=dict)  # in the order of the header
    findings: list = field(default_factory=list)
    data_start: int = 0
    is_whole: bool = False


class Reader:
    def __init__(self, data, limits, strict):
        self.data, self.limits, self.strict = data, limits or Limits(), strict
        self.file = Checkpoint()

    def fault(self, rule, offset, ends=False):
        self.file.findings.append((rule, offset))
        if self.strict and rule not in WARNINGS:
            raise CheckpointError(rule, offset)
        if ends:
            raise container.End

    def walk(self):
        data = self.data
        if len(data) <= 8 or data[8] != ord("{") or 0 not in data[:8]:  # S1.3
            self.fault("C2-MAGIC", 0, ends=True)
        length = int.from_bytes(data[:8], "little")
        if length > len(data) - 8:
            self.fault("S1.1-TRUNCATED", 0, ends=True)
        if length > self.limits.header_byte_count:
            self.fault("S1.2-LIMIT", 0, ends=True)
        self.file.data_start = end = 8 + length
        self.text = json_text.Text(
            data, 8, end, lambda code, at: self.fault(SYNTAX[code], at, ends=True), self.limits.nesting,
            self.limits.text_byte_count,
        )  # fmt: skip
        seen = set()
        for name, at in self.text.members():
            self.member(name, at, name not in seen)
            seen.add(name)
        for at in range(self.text.at, end):
            if data[at] != ord(" "):
                self.fault("S2.1-JSON", at, ends=True)
        self.file.is_whole = True
        self.coverage()

    def member(self, name, at, is_new):
        if not is_new:
            self.fault("S3.2-DUPLICATE", at)
        if name == "__metadata__":
            self.words(is_new)
            return
        if is_new and len(self.file.tensors) == self.limits.tensor_count:
            self.fault("S3.1-LIMIT", at, ends=True)
        tensor = self.entry(name)
        if is_new:
            self.file.tensors[name] = tensor

    def object(self, rule):
        """The members of an object; anything else is passed over, and a fault."""
        if self.text.visible() == ord("{"):
            yield from self.text.members()
        else:
            self.fault(rule, self.text.value().at)

    def words(self, is_new):
        for key, at in self.object("S3.3-JSON"):
            value = self.text.value()
            if is_new and key in self.file.words:
                self.fault("S3.2-DUPLICATE", at)
            elif value.kind != "text":
                self.fault("S3.3-JSON", value.at)
            elif is_new:
                self.file.words[key] = value.value

    def entry(self, name):
        self.text.visible()
        start, fields, places = self.text.at, {}, {}
        is_object = self.data[start] == ord("{") if start < len(self.data) else False
        readers = {"dtype": self.dtype, "shape": self.shape, "data_offsets": self.range}
        for key, at in self.object("S4.1-JSON"):
            if key not in readers:
                self.fault("S4.1-FIELD", at)
            value = self.text.value()
            if key in fields:
                self.fault("S3.2-DUPLICATE", at)
            elif key in readers:
                fields[key], places[key] = readers[key](value), value.at
        if is_object and len(fields) < 3:
            self.fault("S4.1-JSON", start)
        tensor = Tensor(name, fields.get("dtype"), fields.get("shape"), fields.get("data_offsets"))
        self.size(tensor, places)
        return tensor

    def dtype(self, value):
        if value.kind == "text" and value.value in TYPES:
            return value.value
        self.fault("S4.2-DTYPE", value.at)

    def whole(self, value, bits):
        """A whole number that is written in digits alone, or None."""
        if value.kind == "number" and value.value.isdigit() and int(value.value) < 2**bits:
            return int(value.value)
        self.fault("S4.3-JSON", value.at)

    def shape(self, value):
        if value.kind != "array":
            return self.fault("S4.3-JSON", value.at)
        if len(value.value) > self.limits.dimension_count:
            return self.fault("S4.3-LIMIT", value.value[self.limits.dimension_count].at)
        dims = [self.whole(it, 63) for it in value.value]
        return None if None in dims else dims

    def range(self, value):
        if value.kind != "array":
            return self.fault("S4.3-JSON", value.at)
        ends = [self.whole(it, 64) for it in value.value[:2]]
        if len(value.value) < 2:
            return self.fault("S4.3-JSON", value.end)
        if len(value.value) > 2:
            return self.fault("S4.3-JSON", value.value[2].at)
        return None if None in ends else ends

    def size(self, tensor, places):
        """S5.5 and S5.6"""
        if tensor.type is None or tensor.shape is None:
            return
        bits, product = TYPES[tensor.type][0], 1
        for dim in tensor.shape:
            product *= dim or 1
        elements = 0 if 0 in tensor.shape else product
        if product >= 2**63 or elements * bits >= 2**63:
            self.fault("S5.5-OVERFLOW", places["shape"])
        elif tensor.range is not None:
            begin, end = tensor.range
            if elements * bits % 8 or end - begin != elements * bits // 8:
                self.fault("S5.6-SIZE", places["data_offsets"])
            if end < begin:
                tensor.range = None

    def coverage(self):
        """S6.1, over entries whose ranges are known."""
        file, start, length = self.file, self.file.data_start, len(self.data)
        known = sorted((it for it in file.tensors.values() if it.range is not None), key=lambda it: it.range)
        is_complete = len(known) == len(file.tensors)
        covered = 0
        for tensor in known:
            begin, end = tensor.range
            if is_complete and begin < min(covered, length - start):
                self.fault("S6.1-COVERAGE", start + begin)
            if end > length - start:
                self.fault("S6.1-TRUNCATED", length)
            elif is_complete and begin > covered:
                self.fault("S6.1-COVERAGE", start + covered)
            covered = max(covered, end)
            tensor.data = self.data[start + begin : start + end]
        if is_complete and covered < length - start:
            self.fault("S6.1-COVERAGE", start + covered)


def not_finite(type, data):
    """The byte of the first value that is NaN or infinite, or None."""
    if type in EXPONENTS:
        layout, exponent = EXPONENTS[type]
        wrong = np.flatnonzero((np.frombuffer(data, layout) & exponent) == exponent)
        size = TYPES[type][0] // 8
        return int(wrong[0]) * np.dtype(layout).itemsize // size * size if len(wrong) else None
    return next((i for i, byte in enumerate(data) if byte in NOT_FINITE.get(type, [])), None)


def judge_data(file):
    """S5.1 and S5.7, of a file without faults of its structure that make its data unknown (F7)."""
    wrong = {rule for rule, _ in file.findings if rule.startswith(("S4", "S5", "S6"))}
    findings = []
    if not file.is_whole or wrong - WARNINGS:
        return findings
    for tensor in file.tensors.values():
        start = file.data_start + tensor.range[0]
        flag = next((i for i, byte in enumerate(tensor.data) if byte > 1), None) if tensor.type == "BOOL" else None
        if flag is not None:
            findings.append(("S5.1-VALUE", start + flag))
        value = not_finite(tensor.type, tensor.data)
        if value is not None:
            findings.append(("S5.7-NOT_FINITE", start + value))
    return findings


def open_file(data, limits=None):
    """The file; one that breaks a clause is refused."""
    reader = Reader(data, limits, strict=True)
    reader.walk()
    return reader.file


def judge(data, limits=None):
    """What is found at the level of the structure, and of the file what is known."""
    reader = Reader(data, limits, strict=False)
    try:
        reader.walk()
    except container.End:
        pass
    return reader.file


def ordered(file):
    """The tensors in their order (S6.3)."""
    return sorted(file.tensors.values(), key=lambda it: it.range)


def read(data, limits=None):
    """The texts of __metadata__ and the tensors in their order."""
    file = open_file(data, limits)
    return file.words, ordered(file)
