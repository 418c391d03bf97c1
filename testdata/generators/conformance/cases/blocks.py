"""Clause E17: what a block may hold."""

import struct

from container import ENCODINGS, Tensor, container
from corpus import change

# The byte of a block at which each scale or minimum of 16 bits stands.
HALVES = {
    "Q4_0": [0],
    "Q4_1": [0, 2],
    "Q5_0": [0],
    "Q5_1": [0, 2],
    "Q8_0": [0],
    "Q8_1": [0, 2],
    "Q2_K": [80, 82],
    "Q3_K": [108],
    "Q4_K": [0, 2],
    "Q5_K": [0, 2],
    "Q6_K": [208],
    "IQ2_XXS": [0],
    "IQ2_XS": [0],
    "IQ3_XXS": [0],
    "IQ1_S": [0],
    "IQ4_NL": [0],
    "IQ3_S": [0],
    "IQ2_S": [0],
    "IQ4_XS": [0],
    "TQ1_0": [52],
    "TQ2_0": [64],
    "Q1_0": [0],
    "Q2_0": [0],
}


def add(section):
    scales(section)
    floats(section)
    ternary(section)


def scales(section):
    rule = "E17.1-NOT_FINITE"
    for name in HALVES | {"Q8_K": [0], "IQ1_M": [48], "MXFP4": [0], "NVFP4": [0, 1, 2, 3]}:
        _, values, size = ENCODINGS[name]
        slug = name.lower()
        base = section.valid("E17.1", slug, f"Three blocks of {name}.", container([], [Tensor("t", [values, 3], name)]))
        second = base.at("t", "data") + size

        def broken(kind, about, edits, offset, base=base, name=name):
            section.broken("E17.1", f"{name.lower()}-{kind}", about, base, edits, (rule, offset))

        for place in HALVES.get(name, []):
            at = second + place
            suffix = f"-{place}" if len(HALVES[name]) > 1 else ""
            broken(f"nan{suffix}", "A scale that is NaN.", change(at + 1, b"\x7e"), at)
            broken(f"infinity{suffix}", "A scale that is infinite.", change(at, b"\0\xfc"), at)
        if name == "Q8_K":
            broken("nan", "A scale that is NaN.", change(second + 2, b"\xc0\x7f"), second)
            broken("infinity", "A scale that is infinite.", change(second, struct.pack("<f", float("inf"))), second)
        if name == "IQ1_M":
            # The scale stands in the high four bits of four words.
            at = second + 48
            broken("nan", "A scale that is NaN.", [change(at + 5, b"\xe0"), change(at + 7, b"\x7f")], at)
            broken(
                "infinity",
                "A scale that is infinite.",
                [change(at + 2 * i + 1, b) for i, b in enumerate([b"\x0f", b"\x0f", b"\xcf", b"\x7f"])],
                at,
            )
        if name == "MXFP4":
            broken("nan", "A scale that is NaN.", change(second, b"\xff"), second)
        if name == "NVFP4":
            for i in range(4):
                broken(f"nan-{i}", f"Scale {i} is NaN.", change(second + i, b"\x7f"), second + i)
    half = section.valid(
        "E17.1",
        "q8_0-largest",
        "The largest scale, and the smallest.",
        container([], [Tensor("t", [32, 2], "Q8_0", b"\xff\x7b" + b"\x7f" * 32 + b"\1\x80" + b"\x80" * 32)]),
    )
    at = half.at("t", "data")
    section.broken(
        "E17.1",
        "q8_0-next",
        "The pattern after the largest scale is infinity.",
        half,
        change(at, b"\0\x7c"),
        (rule, at),
    )
    section.broken(
        "E17.1",
        "q8_0-all",
        "Every scale is NaN: the first is reported.",
        half,
        [change(at, b"\1\x7c"), change(at + 34, b"\xff\xff")],
        (rule, at),
    )
    two = section.valid(
        "E17.1", "two-tensors", "Two tensors of blocks.", container([], [Tensor(it, [32], "Q4_0") for it in "tu"])
    )
    places = [two.at(it, "data") for it in "tu"]
    section.broken(
        "E17.1",
        "two-tensors-nan",
        "A scale of each of two tensors is NaN.",
        two,
        [change(at + 1, b"\x7e") for at in places],
        *[(rule, at) for at in places],
    )
    highest = section.valid(
        "E17.1",
        "mxfp4-highest",
        "The highest scale.",
        container([], [Tensor("t", [32], "MXFP4", b"\xfe" + b"\x77" * 16)]),
    )
    section.broken(
        "E17.1",
        "mxfp4-next",
        "The scale after the highest is NaN.",
        highest,
        change(highest.at("t", "data"), b"\xff"),
        (rule, highest.at("t", "data")),
    )
    section.valid(
        "E17.1",
        "nvfp4-codes",
        "Scales next to NaN; bit 7 has no meaning.",
        container([], [Tensor("t", [64], "NVFP4", b"\x7e\xff\x80\0" + b"\x77" * 32)]),
    )
    section.valid(
        "E17.1",
        "q6_k-codes",
        "Codes that would be NaN as halves.",
        container([], [Tensor("t", [256], "Q6_K", b"\xff" * 208 + b"\0\x3c")]),
    )


def floats(section):
    rule = "E17.2-NOT_FINITE"
    for name, layout, patterns in [
        ("F32", "<I", [0x7F800000, 0xFF800000, 0x7F800001, 0x7FC00000]),
        ("F16", "<H", [0x7C00, 0xFC00, 0x7C01, 0xFFFF]),
        ("BF16", "<H", [0x7F80, 0xFF80, 0x7F81]),
        ("F64", "<Q", [0x7FF << 52, 0xFFF << 52, 0x7FF0000000000001]),
    ]:
        size = ENCODINGS[name][2]
        largest = struct.pack(layout, patterns[0] - 1)
        base = section.valid(
            "E17.2",
            name.lower(),
            f"The largest {name}, its negative, and zeros.",
            container(
                [],
                [
                    Tensor(
                        "t",
                        [5],
                        name,
                        largest + bytes(3 * size) + struct.pack(layout, (patterns[0] - 1) | 1 << (8 * size - 1)),
                    )
                ],
            ),
        )
        start = base.at("t", "data")
        for i, pattern in enumerate(patterns):
            at = start + [0, 4, 1, 2][i] * size
            section.broken(
                "E17.2",
                f"{name.lower()}-{i}",
                f"A {name} that is NaN or infinite.",
                base,
                change(at, struct.pack(layout, pattern)),
                (rule, at),
            )
    for name in ["I8", "I16", "I32", "I64"]:
        section.valid(
            "E17.2",
            name.lower(),
            "Integers of any bits.",
            container([], [Tensor("t", [2], name, b"\xff\x7f" * ENCODINGS[name][2])]),
        )


def ternary(section):
    digits = {-(-256 * n // 243) for n in range(243)}
    block = bytes(sorted(digits)[4 * i] for i in range(52)) + b"\0\x3c"
    base = section.valid("E17.3", "tq1_0", "Bytes of five digits.", container([], [Tensor("t", [256], "TQ1_0", block)]))
    start = base.at("t", "data")
    for i, byte in enumerate(sorted(set(range(256)) - digits)):
        at = start + 4 * i
        section.broken(
            "E17.3",
            f"tq1_0-{byte:02x}",
            f"The byte {byte:02X}, which no digits give.",
            base,
            change(at, bytes([byte])),
            ("E17.3-DIGITS", at),
        )
    section.broken(
        "E17.3",
        "tq1_0-two",
        "Two such bytes: the first is reported.",
        base,
        [change(start + 7, b"\1"), change(start + 51, b"\xed")],
        ("E17.3-DIGITS", start + 7),
    )
    section.broken(
        "E17.3",
        "tq1_0-and-scale",
        "Such a byte, and a scale that is NaN.",
        base,
        [change(start, b"\1"), change(start + 53, b"\x7e")],
        ("E17.3-DIGITS", start),
        ("E17.1-NOT_FINITE", start + 52),
    )
    codes = bytes([0x00, 0x15, 0x2A, 0xAA, 0x55, 0x84, 0x91, 0x62] * 8) + b"\0\x3c"
    base = section.valid(
        "E17.4", "tq2_0", "Codes 0, 1 and 2.", container([], [Tensor("t", [256, 2], "TQ2_0", codes * 2)])
    )
    start = base.at("t", "data")
    for i in range(4):
        at = start + 66 * (i % 2) + 16 * i
        section.broken(
            "E17.4",
            f"tq2_0-{i}",
            f"The code 3 in bits {2 * i} and {2 * i + 1}.",
            base,
            change(at, bytes([3 << 2 * i])),
            ("E17.4-CODE", at),
        )
    section.valid(
        "E17.4",
        "q2_0",
        "The code 3 of Q2_0 means 2 d.",
        container([], [Tensor("t", [64], "Q2_0", b"\0\x3c" + b"\xff" * 16)]),
    )
