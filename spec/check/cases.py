"""Files built by hand."""

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


T = tensor("t", [8], 0, 0)
DATA = bytes(range(32))


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
