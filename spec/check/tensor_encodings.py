"""The encodings, written from encodings.md alone. Arrays of values are Float32; blocks are the rows of an array."""

from dataclasses import dataclass

import numpy as np

F32 = np.float32


@dataclass(frozen=True)
class Encoding:
    id: int
    name: str
    values: int
    bytes: int
    file_type: int | None


# E1.1
TABLE = [
    Encoding(*row)
    for row in [
        (0, "F32", 1, 4, 0), (1, "F16", 1, 2, 1), (2, "Q4_0", 32, 18, 2), (3, "Q4_1", 32, 20, 3),
        (6, "Q5_0", 32, 22, 8), (7, "Q5_1", 32, 24, 9), (8, "Q8_0", 32, 34, 7), (9, "Q8_1", 32, 36, None),
        (10, "Q2_K", 256, 84, 10), (11, "Q3_K", 256, 110, 11), (12, "Q4_K", 256, 144, 14),
        (13, "Q5_K", 256, 176, 16), (14, "Q6_K", 256, 210, 18), (15, "Q8_K", 256, 292, None),
        (16, "IQ2_XXS", 256, 66, 19), (17, "IQ2_XS", 256, 74, 20), (18, "IQ3_XXS", 256, 98, 23),
        (19, "IQ1_S", 256, 50, 24), (20, "IQ4_NL", 32, 18, 25), (21, "IQ3_S", 256, 110, 26),
        (22, "IQ2_S", 256, 82, 28), (23, "IQ4_XS", 256, 136, 30), (24, "I8", 1, 1, None),
        (25, "I16", 1, 2, None), (26, "I32", 1, 4, None), (27, "I64", 1, 8, None), (28, "F64", 1, 8, None),
        (29, "IQ1_M", 256, 56, 31), (30, "BF16", 1, 2, 32), (34, "TQ1_0", 256, 54, 36),
        (35, "TQ2_0", 256, 66, 37), (39, "MXFP4", 32, 17, 38), (40, "NVFP4", 64, 36, 39),
        (41, "Q1_0", 128, 18, 40), (42, "Q2_0", 64, 18, 41),
    ]
]
BY_ID = {encoding.id: encoding for encoding in TABLE}
BY_NAME = {encoding.name: encoding for encoding in TABLE}

# E3.1
FALLBACK = {
    **dict.fromkeys(["Q2_K", "Q3_K", "TQ1_0", "TQ2_0", "Q2_0", "Q1_0"], "Q4_0"),
    "Q4_K": "Q5_0",
    "Q5_K": "Q5_1",
    "Q6_K": "Q8_0",
    **dict.fromkeys(
        ["IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ3_XXS", "IQ3_S", "IQ4_XS"], "IQ4_NL"
    ),
    "NVFP4": "MXFP4",
    **dict.fromkeys(
        ["Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q8_1", "Q8_K", "IQ4_NL", "MXFP4"], "F16"
    ),
}


def for_rows(name, row_length):
    """The encoding that rows of a length get: the one asked for, or its fallback (E3)."""
    while row_length % BY_NAME[name].values:
        name = FALLBACK[name]
    return name


class EncodingError(Exception):
    """A refusal of E2.6: its code and the position of the value."""

    def __init__(self, code, index):
        super().__init__(f"{code} at value {index}")
        self.code, self.index = code, index


# MARK: conversions of E2


def half(v):
    """E2.3, as 16 bits."""
    v = np.asarray(v, F32)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        bits = v.astype(np.float16).view(np.uint16)
    sign = (v.view(np.uint32) >> 16 & 0x8000).astype(np.uint16)
    return np.where(np.isnan(v), sign + np.uint16(0x7E00), bits).astype(np.uint16)


def from_half(h):
    """float(h) of E2.3."""
    h = np.asarray(h, np.uint16)
    fraction = h.astype(np.uint32) & 0x3FF
    nan = ((h & 0x7C00) == 0x7C00) & (fraction != 0)
    payload = (h.astype(np.uint32) & 0x8000) << 16 | np.uint32(0x7FC00000) | fraction << 13
    bits = np.where(nan, np.uint16(0), h).view(np.float16).astype(F32).view(np.uint32)
    return np.where(nan, payload, bits).astype(np.uint32).view(F32)


def bfloat(v):
    """E2.4, as 16 bits."""
    bits = np.asarray(v, F32).view(np.uint32).astype(np.uint64)
    rounded = bits + 0x7FFF + (bits >> 16 & 1)
    return np.where(np.isnan(v), bits >> 16 | 0x40, rounded >> 16).astype(np.uint16)


def away(v):
    """E2.7."""
    whole = np.trunc(v)
    return np.where(np.abs(v - whole) >= F32(0.5), whole + np.copysign(F32(1), v), whole).astype(np.int64)


def down(v):
    return np.floor(v).astype(np.int64)


def factor(d):
    """The factor of each scale, and which blocks are tiny (E2.8)."""
    with np.errstate(divide="ignore", over="ignore"):
        f = np.where(d == 0, F32(0), F32(1) / d)
    return np.where(np.isinf(f), F32(0), f)[:, None], np.isinf(f)[:, None]


def bits16(column):
    return np.ascontiguousarray(column, "<u2").view(np.uint8).reshape(-1, 2)


def scale_at(blocks, at):
    return from_half(np.ascontiguousarray(blocks[:, at : at + 2]).view("<u2"))


def refuse(x, halves=()):
    """E2.6 for quantized blocks: values that are not finite, then scales whose half is infinite."""
    bad = ~np.isfinite(x)
    over = np.zeros(len(x), bool)
    for h in halves:
        over |= (h & 0x7FFF) == 0x7C00
    blocks = np.flatnonzero(bad.any(1) | over)
    if len(blocks):
        b = blocks[0]
        code = "NOT_FINITE" if bad[b].any() else "OVERFLOW"
        j = np.argmax(bad[b]) if bad[b].any() else np.argmax(np.abs(x[b]))
        raise EncodingError(code, int(b * x.shape[1] + j))


# MARK: E9 to E15, each a decoder from (blocks, bytes) to (blocks, values) and an encoder the other way


def decode_q8_0(b):
    return b[:, 2:].view(np.int8).astype(F32) * scale_at(b, 0)


def encode_q8_0(x):
    d = np.abs(x).max(1) / F32(127)
    refuse(x, [half(d)])
    f, tiny = factor(d)
    q = np.where(tiny, 0, away(x * f))
    return np.hstack([bits16(half(d)), q.astype(np.int8).view(np.uint8)])


def nibbles(bytes_):
    return np.hstack([bytes_ & 15, bytes_ >> 4]).astype(F32)


def pack_nibbles(q):
    return (q[:, :16] | q[:, 16:] << 4).astype(np.uint8)


def decode_q4_0(b):
    return (nibbles(b[:, 2:]) - F32(8)) * scale_at(b, 0)


def encode_q4_0(x):
    e = x[np.arange(len(x)), np.abs(x).argmax(1)]
    e = np.where(e == 0, F32(0), e)
    d = e / F32(-8)
    refuse(x, [half(d)])
    f, tiny = factor(d)
    q = np.where(tiny, 0, down(np.minimum(F32(15), x * f + F32(8.5))))
    return np.hstack([bits16(half(d)), pack_nibbles(q)])


def decode_q4_1(b):
    return nibbles(b[:, 4:]) * scale_at(b, 0) + scale_at(b, 2)


def encode_q4_1(x):
    m = x[np.arange(len(x)), x.argmin(1)]  # the first of equal ones, and -0 == 0
    h = x.max(1)
    d = np.where((h == 0) & (m == 0), F32(0), (h - m) / F32(15))
    refuse(x, [half(d), half(m)])
    f, tiny = factor(d)
    q = np.where(tiny, 0, down(np.minimum(F32(15), (x - m[:, None]) * f + F32(0.5))))
    return np.hstack([bits16(half(d)), bits16(half(m)), pack_nibbles(q)])


def ternary_codes(x, tiny_code):
    """What Q2_0, TQ1_0 and TQ2_0 have in common: codes and scales."""
    d = np.abs(x).max(1)
    refuse(x, [half(d)])
    f, tiny = factor(d)
    return np.where(tiny, tiny_code, away(x * f) + 1), bits16(half(d))


def decode_q2_0(b):
    q = b[:, 2:, None] >> np.array([0, 2, 4, 6], np.uint8) & 3
    return (q.reshape(len(b), 64).astype(F32) - F32(1)) * scale_at(b, 0)


def encode_q2_0(x):
    q, d = ternary_codes(x, 0)
    q = q.reshape(-1, 16, 4) << np.array([0, 2, 4, 6])
    return np.hstack([d, q.sum(2).astype(np.uint8)])


def decode_q1_0(b):
    s = (b[:, 2:, None] >> np.arange(8, dtype=np.uint8) & 1).reshape(len(b), 128)
    d = scale_at(b, 0).view(np.uint32)
    return np.where(s == 1, d, d ^ np.uint32(0x80000000)).view(F32)


def encode_q1_0(x):
    total = np.zeros(len(x), F32)
    for j in range(128):
        total = total + np.abs(x[:, j])
    d = total / F32(128)
    refuse(x, [half(d)])
    s = (x >= 0).reshape(-1, 16, 8) << np.arange(8)
    return np.hstack([bits16(half(d)), s.sum(2).astype(np.uint8)])


# E14.1: the value that digit k of byte i is
TQ1_0_DIGITS = [[i + 32 * k for k in range(5)] for i in range(32)]
TQ1_0_DIGITS += [[160 + (i - 32) + 16 * k for k in range(5)] for i in range(32, 48)]
TQ1_0_DIGITS += [[240 + (i - 48) + 4 * k for k in range(4)] for i in range(48, 52)]


def decode_tq1_0(b):
    t = np.zeros((len(b), 256), F32)
    for i, places in enumerate(TQ1_0_DIGITS):
        for k, j in enumerate(places):
            t[:, j] = 3 * (b[:, i].astype(np.int64) * 3**k % 256) // 256
    return (t - F32(1)) * scale_at(b, 52)


def encode_tq1_0(x):
    t, d = ternary_codes(x, 1)
    codes = np.zeros((len(x), 52), np.uint8)
    for i, places in enumerate(TQ1_0_DIGITS):
        n = np.zeros(len(x), np.int64)
        for k in range(5):
            n = n * 3 + (t[:, places[k]] if k < len(places) else 0)
        codes[:, i] = (256 * n + 242) // 243
    return np.hstack([codes, d])


def decode_tq2_0(b):
    q = np.zeros((len(b), 256), F32)
    for half_block in range(2):
        for k in range(4):
            at = 128 * half_block + 32 * k
            q[:, at : at + 32] = b[:, 32 * half_block : 32 * half_block + 32] >> (2 * k) & 3
    return (q - F32(1)) * scale_at(b, 64)


def encode_tq2_0(x):
    q, d = ternary_codes(x, 1)
    q = q.reshape(-1, 2, 4, 32) << np.array([0, 2, 4, 6])[:, None]
    return np.hstack([q.sum(2).reshape(-1, 64).astype(np.uint8), d])


# MARK: E4 to E8


def raw(values, kind):
    return np.ascontiguousarray(values, kind).view(np.uint8).reshape(len(values), -1)


def encode_narrow(to16):
    def encode(x):
        h = to16(x)
        limit = 0x7C00 if to16 is half else 0x7F80
        over = np.isfinite(x) & ((h & 0x7FFF) == limit)
        if over.any():
            raise EncodingError("OVERFLOW", int(np.argmax(over)))
        return raw(h, "<u2")

    return encode


def encode_integer(bits):
    def encode(x):
        for i, v in enumerate(x[:, 0].tolist()):
            if not np.isfinite(v):
                raise EncodingError("NOT_FINITE", i)
            if v != int(v):
                raise EncodingError("INEXACT", i)
            if not -(2 ** (bits - 1)) <= v < 2 ** (bits - 1):
                raise EncodingError("OVERFLOW", i)
        return raw(x.astype(f"<i{bits // 8}"), f"<i{bits // 8}")

    return encode


def decode_bf16(b):
    return (b.view("<u2").astype(np.uint32) << 16).view(F32)


def decode_number(kind):
    def decode(b):
        with np.errstate(over="ignore", invalid="ignore"):
            return b.view(kind).astype(F32)

    return decode


DECODERS = {
    "F32": lambda b: b.view("<f4"),
    "F16": lambda b: from_half(b.view("<u2")),
    "BF16": decode_bf16,
    "F64": decode_number("<f8"),
    "I8": decode_number("i1"), "I16": decode_number("<i2"),
    "I32": decode_number("<i4"), "I64": decode_number("<i8"),
    "Q8_0": decode_q8_0, "Q4_0": decode_q4_0, "Q4_1": decode_q4_1, "Q2_0": decode_q2_0,
    "Q1_0": decode_q1_0, "TQ1_0": decode_tq1_0, "TQ2_0": decode_tq2_0,
}  # fmt: skip

ENCODERS = {
    "F32": lambda x: raw(x, "<f4"),
    "F16": encode_narrow(half),
    "BF16": encode_narrow(bfloat),
    "F64": lambda x: raw(x.astype("<f8"), "<f8"),
    "I8": encode_integer(8), "I16": encode_integer(16), "I32": encode_integer(32), "I64": encode_integer(64),
    "Q8_0": encode_q8_0, "Q4_0": encode_q4_0, "Q4_1": encode_q4_1, "Q2_0": encode_q2_0,
    "Q1_0": encode_q1_0, "TQ1_0": encode_tq1_0, "TQ2_0": encode_tq2_0,
}  # fmt: skip


def decode(name, data):
    """The values of whole blocks."""
    blocks = np.frombuffer(data, np.uint8).reshape(-1, BY_NAME[name].bytes)
    with np.errstate(all="ignore"):
        return DECODERS[name](blocks).astype(F32, copy=False).reshape(-1)


def encode(name, values):
    """The bytes of whole blocks; refuses as E2.6 says."""
    x = np.ascontiguousarray(values, F32).reshape(-1, BY_NAME[name].values)
    if not len(x):
        return b""
    with np.errstate(all="ignore"):
        return ENCODERS[name](x).tobytes()
