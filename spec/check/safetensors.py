"""A reader of one safetensors file, written from safetensors.md alone. Codes are as there; offsets are left out."""

import json
import re
from dataclasses import dataclass

# S5.1: bits, and the encoding that holds every value
TYPES = {
    "BOOL": (8, "I8"), "U8": (8, "I16"), "I8": (8, "I8"), "U16": (16, "I32"), "I16": (16, "I16"),
    "U32": (32, "I64"), "I32": (32, "I32"), "U64": (64, "I64"), "I64": (64, "I64"), "F16": (16, "F16"),
    "BF16": (16, "BF16"), "F32": (32, "F32"), "F64": (64, "F64"), "F8_E4M3": (8, "F16"),
    "F8_E5M2": (8, "F16"), "F8_E8M0": (8, "BF16"), "F8_E4M3FNUZ": (8, "F16"), "F8_E5M2FNUZ": (8, "F16"),
    "F6_E2M3": (6, "F16"), "F6_E3M2": (6, "F16"), "F4": (4, "F16"), "C64": (64, "F32"),
}  # fmt: skip


class CheckpointError(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Whole(str):
    """A number as it is written: S4.3 looks at its digits."""


@dataclass
class Tensor:
    name: str
    type: str
    shape: list
    data: bytes


def members(pairs):
    """An object: no name twice (S3.2)."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise CheckpointError("DUPLICATE")
    return dict(pairs)


def refuse_constant(_):
    raise CheckpointError("JSON")


def parse(text):
    """The JSON of S2. Numbers stay text, so that 2.0 is told from 2."""
    try:
        decoded = text.decode("utf-8")
    except UnicodeDecodeError:
        raise CheckpointError("UTF8") from None
    if not decoded.startswith("{"):
        raise CheckpointError("JSON")
    depth = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', decoded, re.DOTALL):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > 8:
            raise CheckpointError("NESTING")
        if token[0][0] == '"' and len(token[0].encode()) - 2 > 16777216:
            raise CheckpointError("LIMIT")
    try:
        value, end = json.JSONDecoder(
            object_pairs_hook=members, parse_int=Whole, parse_float=Whole, parse_constant=refuse_constant
        ).raw_decode(decoded)
    except ValueError:
        raise CheckpointError("JSON") from None
    if decoded[end:].strip(" "):
        raise CheckpointError("JSON")
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate
        raise CheckpointError("JSON") from None
    return value


def whole(value, bits):
    if type(value) is not Whole or not value.isascii() or not value.isdigit() or int(value) >= 2**bits:
        raise CheckpointError("JSON")
    return int(value)


def entry(name, fields):
    """The type, shape and range of S4 and S5."""
    if type(fields) is not dict or not {"dtype", "shape", "data_offsets"} <= fields.keys():
        raise CheckpointError("JSON")
    if type(fields["dtype"]) is not str or fields["dtype"] not in TYPES:
        raise CheckpointError("DTYPE")
    if type(fields["shape"]) is not list or type(fields["data_offsets"]) is not list:
        raise CheckpointError("JSON")
    shape = [whole(dim, 63) for dim in fields["shape"]]
    ends = [whole(end, 64) for end in fields["data_offsets"]]
    if len(ends) != 2:
        raise CheckpointError("JSON")
    if len(shape) > 64:
        raise CheckpointError("LIMIT")
    bits, product = TYPES[fields["dtype"]][0], 1
    for dim in shape:
        product *= dim or 1
    elements = 0 if 0 in shape else product
    if product >= 2**63 or elements * bits >= 2**63:
        raise CheckpointError("OVERFLOW")
    if elements * bits % 8 or ends[1] - ends[0] != elements * bits // 8:
        raise CheckpointError("SIZE")
    return name, fields["dtype"], shape, ends


def read(data):
    """The texts of __metadata__ and the tensors in their order (S6.3)."""
    if len(data) < 8:
        raise CheckpointError("TRUNCATED")
    length = int.from_bytes(data[:8], "little")
    if length > 100_000_000:
        raise CheckpointError("LIMIT")
    if length > len(data) - 8:
        raise CheckpointError("TRUNCATED")
    header, body = parse(data[8 : 8 + length]), data[8 + length :]
    words = header.pop("__metadata__", {})
    if type(words) is not dict or any(type(word) is not str for word in words.values()):
        raise CheckpointError("JSON")
    if len(header) > 1_000_000:
        raise CheckpointError("LIMIT")
    entries = sorted((entry(*member) for member in header.items()), key=lambda it: it[3])
    at = 0
    for _, _, _, (begin, end) in entries:
        if end > len(body):
            raise CheckpointError("TRUNCATED")
        if begin != at:
            raise CheckpointError("COVERAGE")
        at = end
    if at != len(body):
        raise CheckpointError("COVERAGE")
    return words, [Tensor(name, kind, shape, body[begin:end]) for name, kind, shape, (begin, end) in entries]
