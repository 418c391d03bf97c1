"""Clauses S5 to S6: the values of a safetensors file, and where they are."""

from corpus import change, cut, insert
from safetensors import DTYPES, checkpoint, entry, header, values


def add(section):
    element_types(section)
    coverage(section)


def element_types(section):
    for dtype, bits in DTYPES.items():
        count = 24 // bits if bits in (4, 6, 8) else 3
        if bits == 6:
            count = 4
        elif bits == 4:
            count = 6
        size = count * bits // 8
        file = checkpoint(
            header(entry("a", dtype, [count], 0, size), entry("none", dtype, [0, 2], size, size)), values(size)
        )
        section.valid("S5.1", dtype.lower(), f"Values of {dtype}, and none.", file)
    section.valid(
        "S5.1", "scalar", "A tensor without dimensions.", checkpoint(header(entry("a", "F32", [], 0, 4)), values(4))
    )
    flags = section.valid(
        "S5.1", "flags", "Four booleans.", checkpoint(header(entry("a", "BOOL", [4], 0, 4)), values(4))
    )
    start = flags.file.header_end
    for byte, place in [(2, 0), (2, 3), (255, 1), (128, 2)]:
        section.broken(
            "S5.1",
            f"flag-{byte}-{place}",
            "A boolean that is neither 0 nor 1.",
            flags,
            change(start + place, bytes([byte])),
            ("S5.1-VALUE", start + place),
        )
    section.broken(
        "S5.1",
        "flags-all",
        "Four wrong booleans: the first is reported.",
        flags,
        change(start, b"\4\3\2\xff"),
        ("S5.1-VALUE", start),
    )
    patterns = {
        "F16": [b"\0\x7c", b"\0\xfc", b"\1\x7c", b"\xff\xff"],
        "BF16": [b"\x80\x7f", b"\x80\xff", b"\x81\x7f"],
        "F32": [b"\0\0\x80\x7f", b"\0\0\x80\xff", b"\1\0\x80\x7f", b"\0\0\xc0\x7f"],
        "F64": [b"\0" * 6 + b"\xf0\x7f", b"\0" * 6 + b"\xf0\xff", b"\xff" * 8],
        "F8_E4M3": [b"\x7f", b"\xff"],
        "F8_E5M2": [b"\x7c", b"\xfc", b"\x7d", b"\x7f"],
        "F8_E8M0": [b"\xff"],
        "F8_E4M3FNUZ": [b"\x80"],
        "F8_E5M2FNUZ": [b"\x80"],
        "C64": [b"\0\0\x80\x7f\0\0\0\0", b"\0\0\0\0\0\0\xc0\x7f"],
    }
    highest = {
        "F8_E4M3": b"\x7e",
        "F8_E5M2": b"\x7b",
        "F8_E8M0": b"\xfe",
        "F8_E4M3FNUZ": b"\x7f",
        "F8_E5M2FNUZ": b"\xff",
    }
    for dtype, values_ in patterns.items():
        size = DTYPES[dtype] // 8
        base = section.valid(
            "S5.7",
            dtype.lower(),
            f"Three finite {dtype}.",
            checkpoint(header(entry("a", dtype, [3], 0, 3 * size)), values(3 * size)),
        )
        start = base.file.header_end
        for i, value in enumerate(values_):
            section.broken(
                "S5.7",
                f"{dtype.lower()}-{i}",
                f"A {dtype} that is NaN or infinite.",
                base,
                change(start + size, value),
                ("S5.7-NOT_FINITE", start + size),
            )
        if dtype in highest:
            section.valid(
                "S5.7",
                f"{dtype.lower()}-highest",
                f"The {dtype} next to NaN or infinity.",
                checkpoint(header(entry("a", dtype, [1], 0, 1)), highest[dtype]),
            )
    two = section.valid(
        "S5.7",
        "two-tensors",
        "Two tensors.",
        checkpoint(header(entry("a", "F32", [1], 0, 4), entry("b", "F32", [1], 4, 8)), values(8)),
    )
    start = two.file.header_end
    section.broken(
        "S5.7",
        "both",
        "A NaN in each of two tensors.",
        two,
        [change(start + 2, b"\xc0\x7f"), change(start + 6, b"\x80\xff")],
        ("S5.7-NOT_FINITE", start),
        ("S5.7-NOT_FINITE", start + 4),
    )


def coverage(section):
    two = section.valid(
        "S6.1",
        "two-tensors",
        "Two tensors of four bytes.",
        checkpoint(header(entry("a", "U8", [4], 0, 4), entry("b", "U8", [4], 4, 8)), values(8)),
    )
    file, start = two.file, two.file.header_end
    end = len(two.data)
    section.broken(
        "S6.1", "byte-after", "A byte after the last tensor.", two, insert(end, b"\1"), ("S6.1-COVERAGE", end)
    )
    section.broken("S6.1", "byte-missing", "The last byte is missing.", two, cut(end - 1), ("S6.1-TRUNCATED", end - 1))
    section.broken(
        "S6.1",
        "tensor-missing",
        "The last tensor's bytes are missing.",
        two,
        cut(end - 4, 4),
        ("S6.1-TRUNCATED", end - 4),
    )
    for name, old, new, offset, about in [
        ("overlap", "[4,8]", "[3,7]", [3, 7], "An overlap, and a byte at the end that is no tensor's"),
        ("overlap-whole", "[4,8]", "[0,4]", [0, 4], "Two tensors of one range"),
        ("hole-first", "[0,4]", "[1,5]", [0, 4], "A hole at the start, and an overlap"),
    ]:
        section.broken(
            "S6.1", name, about + ".", two, file.swap(old, new), *[("S6.1-COVERAGE", start + at) for at in offset]
        )
    holed = section.valid(
        "S6.1",
        "neighbour",
        "Three tensors, the second of one byte.",
        checkpoint(
            header(
                *[
                    entry(name, "U8", [end - begin], begin, end)
                    for name, begin, end in [("a", 0, 3), ("b", 3, 4), ("c", 4, 6)]
                ]
            ),
            values(6),
        ),
    )
    begin = holed.file.header_end
    section.broken(
        "S6.1",
        "hole",
        "A hole of one byte.",
        holed,
        [*holed.file.swap("[1]", "[0]"), *holed.file.swap("[3,4]", "[3,3]")],
        ("S6.1-COVERAGE", begin + 3),
    )
    section.broken(
        "S6.1",
        "hole-at-end",
        "A hole before the end.",
        holed,
        [*holed.file.swap("[2]", "[1]"), *holed.file.swap("[4,6]", "[4,5]")],
        ("S6.1-COVERAGE", begin + 5),
    )
    section.broken(
        "S6.1",
        "hole-at-start",
        "A hole at the start.",
        holed,
        [*holed.file.swap("[3]", "[2]"), *holed.file.swap("[0,3]", "[1,3]")],
        ("S6.1-COVERAGE", begin),
    )
    section.broken(
        "S6.1",
        "overlap-of-one",
        "An overlap of one byte.",
        holed,
        [*holed.file.swap("[3]", "[4]"), *holed.file.swap("[0,3]", "[0,4]")],
        ("S6.1-COVERAGE", begin + 3),
    )
    none = section.valid("S6.1", "no-tensor", "A file without data.", checkpoint("{}"))
    section.broken(
        "S6.1",
        "data-without-tensor",
        "Data, and no tensor.",
        none,
        insert(len(none.data), b"\1\2"),
        ("S6.1-COVERAGE", len(none.data)),
    )
    for name, places in [("first", (0, 0)), ("between", (4, 4)), ("last", (8, 8))]:
        file = checkpoint(
            header(entry("a", "U8", [4], 0, 4), entry("b", "U8", [4], 4, 8), entry("none", "F64", [0], *places)),
            values(8),
        )
        section.valid("S6.2", name, "A tensor without elements.", file)
    between = section.corpus.cases[-2]
    at = between.file.header_end + 3
    section.broken(
        "S6.2",
        "within",
        "A tensor without elements within another's data.",
        between,
        between.file.swap("[4,4]", "[3,3]"),
        ("S6.1-COVERAGE", at),
    )
    section.valid(
        "S6.2",
        "alone",
        "Tensors without elements and nothing else.",
        checkpoint(header(entry("a", "F32", [0], 0, 0), entry("b", "F32", [2, 0], 0, 0))),
    )
