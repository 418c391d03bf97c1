"""What a conversion makes of a safetensors checkpoint, from conversion.md and metadata.md alone."""

import json
import re
from dataclasses import dataclass

import numpy as np
import safetensors
import tensor_encodings as encodings

# The float and quantized encodings that can be asked for
CHOICES = [name for name in encodings.ENCODERS if name not in ("I8", "I16", "I32", "I64")]

# The types of a checkpoint that the container has too (M3.4)
SAME = {"I8", "I16", "I32", "I64", "F16", "BF16", "F32", "F64"}
REAL = {name for name in safetensors.TYPES if name[0] in "FB" and name != "BOOL"}


# V2.8
UNQUANTIZED = {"ffn_gate_inp", "position_embd", "token_types", "attn_rel_b", "ssm_conv1d", "shortconv"}
UNQUANTIZED |= {
    f"time_mix_{end}"
    for end in "first w0 w1 w2 v0 v1 v2 a0 a1 a2 g1 g2 decay_w1 decay_w2 lerp_fused".split()
}


@dataclass
class Planned:
    source: safetensors.Tensor
    name: str
    dims: list
    encoding: str
    reason: str
    folded: bool

    @property
    def transform(self):
        if self.source.type == self.encoding:
            return "copy"
        return "widen" if self.encoding == safetensors.TYPES[self.source.type][1] else "encode"

    @property
    def changed(self):
        wider = self.encoding == "F32" and self.source.type in ("F16", "BF16")
        wider = wider and self.reason in ("oneDimension", "norm", "reader")  # M3.5
        return self.name != self.source.name or self.folded or wider or self.source.type not in SAME


def digest(data):
    """FNV-1a of 64 bits (M3.1)."""
    h = 0xCBF29CE484222325
    for byte in data:
        h = (h ^ byte) * 0x100000001B3 % 2**64
    return h


def stored_name(name, taken):
    """M3.1; a name that others have is digested with a number after it."""
    whole = name.encode()
    if 1 <= len(whole) <= 63 and 0 not in whole:
        return name
    beginning, number = "", 0
    for scalar in name.replace("\0", ""):
        if len((beginning + scalar).encode()) > 63 - 17:
            break
        beginning += scalar
    while True:
        result = f"{beginning}~{digest(whole + bytes([number] if number else [])):016x}"
        if result not in taken:
            return result
        number += 1


def stored_dims(tensor):
    """M3.2 and M3.3: the dimensions, and whether M3.2 did more than reverse them."""
    dims = [2] * (tensor.type == "C64") + tensor.shape[::-1]
    if len(dims) <= 4:
        return dims or [1], not dims
    last = 1
    for dim in dims[3:]:
        last *= dim
    return dims[:3] + [last], True


def encoding_of(tensor, dims, wanted):
    """V2 without rules: the encoding and the reason. Wanted is None under `auto`."""
    kind, own = tensor.type, safetensors.TYPES[tensor.type][1]
    if kind not in REAL:
        return own, "exact"
    components = tensor.name.split(".")
    if wanted or own in ("F16", "BF16"):
        if sum(dim != 1 for dim in tensor.shape) <= 1:
            return "F32", "oneDimension"
        if any(re.search(r"norm[0-9_]*\Z", component, re.I) for component in components):
            return "F32", "norm"
    if wanted and encodings.BY_NAME[wanted].values > 1 and UNQUANTIZED.intersection(components):
        return "F32", "reader"
    if not wanted:
        return own, "own"
    taken = encodings.for_rows(wanted, dims[0])
    return taken, "asked" if taken == wanted else "fallback"


def plan(tensors, wanted):
    # Names that are kept are kept, so those that change give way to them.
    taken = {it.name for it in tensors if stored_name(it.name, ()) == it.name}
    result = []
    for tensor in tensors:
        name = tensor.name if tensor.name in taken else stored_name(tensor.name, taken)
        taken.add(name)
        dims, folded = stored_dims(tensor)
        result.append(Planned(tensor, name, dims, *encoding_of(tensor, dims, wanted), folded))
    return result


def file_type(plan, wanted):
    """`general.file_type` of M1."""
    if wanted is None:
        values = {}
        for it in plan:
            if it.reason != "exact":
                values[it.encoding] = values.get(it.encoding, 0) + int(np.prod(it.dims, dtype=object))
        order = [encoding.name for encoding in encodings.TABLE if encoding.name in values]
        wanted = max(order, key=values.get, default="I8")  # I8 has no number
    return encodings.BY_NAME[wanted].file_type


def metadata(name, words, plan, wanted, alignment=32):
    """The keys of M1, M5 and M4 with their types, in their order."""
    keys = {
        "general.architecture": ("STRING", "generic"),
        "general.name": ("STRING", name),
        "general.file_type": ("UINT32", file_type(plan, wanted)),
        "general.quantization_version": ("UINT32", 2),
    }
    if keys["general.file_type"][1] is None:
        del keys["general.file_type"]
    if words:
        keys["ingot.checkpoint.metadata.keys"] = ("ARRAY", list(words))
        keys["ingot.checkpoint.metadata.values"] = ("ARRAY", list(words.values()))
    changed = [it for it in plan if it.changed]
    if changed:
        keys["ingot.original.stored"] = ("ARRAY", [it.name for it in changed])
        keys["ingot.original.names"] = ("ARRAY", [it.source.name for it in changed])
        keys["ingot.original.types"] = ("ARRAY", [it.source.type for it in changed])
        shapes = [json.dumps(it.source.shape, separators=(",", ":")) for it in changed]
        keys["ingot.original.shapes"] = ("ARRAY", shapes)
    if alignment != 32:
        keys["general.alignment"] = ("UINT32", alignment)
    return keys


def tiny_float(exponents, fractions, bias, nans, infinite=False):
    """The Float32 of every code of a small float of S5.1: sign, exponent, fraction."""
    values = []
    for code in range(2 ** (1 + exponents + fractions)):
        sign = -1.0 if code >> (exponents + fractions) else 1.0
        e, f = code >> fractions & (2**exponents - 1), code & (2**fractions - 1)
        if code in nans:
            values.append(np.nan)
        elif infinite and e == 2**exponents - 1:
            values.append(sign * np.inf)
        elif e:
            values.append(sign * 2.0 ** (e - bias) * (1 + f / 2**fractions))
        else:
            values.append(sign * 2.0 ** (1 - bias) * f / 2**fractions)
    return np.array(values, np.float32)


SMALL = {
    "F8_E4M3": tiny_float(4, 3, 7, {0x7F, 0xFF}),
    "F8_E5M2": tiny_float(5, 2, 15, {0x7D, 0x7E, 0x7F, 0xFD, 0xFE, 0xFF}, infinite=True),
    "F8_E8M0": np.array([2.0 ** (code - 127) for code in range(255)] + [np.nan], np.float32),
    "F8_E4M3FNUZ": tiny_float(4, 3, 8, {0x80}),
    "F8_E5M2FNUZ": tiny_float(5, 2, 16, {0x80}),
    "F4": tiny_float(2, 1, 1, set()),
}
INTEGERS = {"BOOL": "u1", "U8": "u1", "U16": "<u2", "U32": "<u4", "U64": "<u8"}


def values(tensor):
    """The values of a tensor: Float32 of a float, whole numbers of the rest."""
    kind, data = tensor.type, tensor.data
    if kind in INTEGERS:
        return np.frombuffer(data, INTEGERS[kind])
    if kind == "F4":
        codes = np.frombuffer(data, np.uint8)
        return SMALL["F4"][np.stack([codes & 15, codes >> 4], 1).reshape(-1)]
    if kind in SMALL:
        return SMALL[kind][np.frombuffer(data, np.uint8)]
    return encodings.decode("F32" if kind == "C64" else kind, data)


def stored_bytes(planned):
    """V3: the bytes of a tensor in the output."""
    tensor, encoding = planned.source, planned.encoding
    if tensor.type == encoding or tensor.type == "C64":
        return tensor.data
    if encoding[0] == "I" and encoding[1] != "Q":
        bits = encodings.BY_NAME[encoding].bytes
        return values(tensor).astype(f"<i{bits}").tobytes()
    return encodings.encode(encoding, values(tensor))
