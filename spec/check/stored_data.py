"""What the data of a container may hold: padding (C20) and the contents of blocks (E17)."""

import struct

import container
import numpy as np

# E17.1: the byte of a block at which each scale or minimum stands, and its type
F16_FIRST = {0: "F16"}
SCALES = {
    "Q4_0": F16_FIRST, "Q4_1": {0: "F16", 2: "F16"}, "Q5_0": F16_FIRST, "Q5_1": {0: "F16", 2: "F16"},
    "Q8_0": F16_FIRST, "Q8_1": {0: "F16", 2: "F16"}, "Q2_K": {80: "F16", 82: "F16"}, "Q3_K": {108: "F16"},
    "Q4_K": {0: "F16", 2: "F16"}, "Q5_K": {0: "F16", 2: "F16"}, "Q6_K": {208: "F16"}, "Q8_K": {0: "F32"},
    "IQ2_XXS": F16_FIRST, "IQ2_XS": F16_FIRST, "IQ3_XXS": F16_FIRST, "IQ1_S": F16_FIRST, "IQ4_NL": F16_FIRST,
    "IQ3_S": F16_FIRST, "IQ2_S": F16_FIRST, "IQ4_XS": F16_FIRST, "IQ1_M": {48: "spread F16"},
    "TQ1_0": {52: "F16"}, "TQ2_0": {64: "F16"}, "MXFP4": {0: "E8M0"}, "Q1_0": F16_FIRST, "Q2_0": F16_FIRST,
    "NVFP4": {0: "UE4M3", 1: "UE4M3", 2: "UE4M3", 3: "UE4M3"},
}  # fmt: skip
FLOATS = {"F32": "<f4", "F16": "<f2", "F64": "<f8"}
DIGITS = {-(-256 * n // 243) for n in range(243)}  # E14.3


def is_finite(type, field):
    """Whether a scale is a finite number; the field is the bytes from its first on."""
    if type == "E8M0":
        return field[0] != 0xFF
    if type == "UE4M3":
        return field[0] != 0x7F
    if type == "F32":
        return struct.unpack("<I", field[:4])[0] >> 23 & 0xFF != 0xFF
    if type == "spread F16":
        words = struct.unpack("<4H", field[:8])
        return sum((word >> 12) << 4 * i for i, word in enumerate(words)) >> 10 & 0x1F != 0x1F
    return struct.unpack("<H", field[:2])[0] >> 10 & 0x1F != 0x1F


def not_finite_values(encoding, data):
    """The indices of values that are NaN or infinite (E17.2)."""
    if encoding == "BF16":
        words = np.frombuffer(data, "<u2")
        return np.flatnonzero(words >> 7 & 0xFF == 0xFF)
    return np.flatnonzero(~np.isfinite(np.frombuffer(data, FLOATS[encoding])))


def first(rule, places):
    """Of one rule only the first place of a tensor is a finding (E17)."""
    return next(([(rule, place)] for place in places), [])


def judge_tensor(encoding, data):
    """The findings of E17, their offsets from the begin of the tensor's data."""
    name, size = encoding.name, encoding.bytes
    if name in FLOATS or name == "BF16":
        return first("E17.2-NOT_FINITE", (int(i) * size for i in not_finite_values(name, data)))
    blocks = range(0, len(data), size)
    findings = first("E17.1-NOT_FINITE", (
        block + at for block in blocks for at, type in SCALES.get(name, {}).items()
        if not is_finite(type, data[block + at : block + size])
    ))  # fmt: skip
    if name == "TQ1_0":
        findings += first("E17.3-DIGITS", (b + i for b in blocks for i in range(52) if data[b + i] not in DIGITS))
    if name == "TQ2_0":
        codes = ((b + i, data[b + i]) for b in blocks for i in range(64))
        findings += first("E17.4-CODE", (at for at, byte in codes if byte & byte >> 1 & 0x55))
    return findings


def padding_faults(data, file):
    """Where padding is not zero bytes (C20): the first such byte of each gap."""
    gaps = [(file.table_end, file.data_start)]
    for tensor in file.tensors:
        end = file.data_start + tensor.offset + tensor.size
        gaps.append((end, file.data_start + tensor.offset + container.up(tensor.size, file.alignment)))
    inside = ((start, data[start : min(end, len(data))]) for start, end in gaps)
    return [start + next(i for i, byte in enumerate(gap) if byte) for start, gap in inside if any(gap)]


def data_of(data, file, tensor):
    start = file.data_start + tensor.offset
    return data[start : start + tensor.size]


ENDS_DATA = {"C8-ALIGN", "C15-DIMS", "C16-OVERFLOW", "C17-ENCODING", "C17-BLOCK", "C17-OVERFLOW", "C18-OFFSET"}
ENDS_DATA |= {"C19-BOUNDS", "C19-OVERFLOW"}


def judge(data, file):
    """What is found at the level of the data, of a file whose structure was judged (F7)."""
    if not file.is_whole or ENDS_DATA & {rule for rule, _ in file.findings}:
        return []
    findings = [("C20-PADDING", at) for at in padding_faults(data, file)]
    for tensor in file.tensors:
        start = file.data_start + tensor.offset
        found = judge_tensor(tensor.encoding, data_of(data, file, tensor))
        findings += [(rule, start + at) for rule, at in found]
    return findings


def is_canonical(data, file):
    """C22, of a file that reads."""
    notable = {"C3-OLD", "C14-LONG", "C15-SCALAR", "C20-MISSING", "C21-TRAILING"}
    return not notable & {rule for rule, _ in file.findings} and not padding_faults(data, file)
