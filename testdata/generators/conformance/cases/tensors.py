"""Clauses C13 to C17, and C19 where sizes overflow: the tensor table."""

from container import (
    ENCODINGS,
    U8,
    U32,
    Tensor,
    container,
    number,
    u32,
    u64,
)
from corpus import change, cut, insert

REMOVED = [4, 5, 31, 32, 33, 36, 37, 38]


def add(section):
    names(section)
    shapes(section)
    encodings(section)
    sizes(section)


def names(section):
    plain = section.valid("C14", "name", "A tensor of a name of four bytes.", container([], [Tensor("abcd", [8])]))
    start = plain.at("abcd")
    for name, text, rule, index in [
        ("nul-first", b"\0bcd", "NAME", 0),
        ("nul-last", b"abc\0", "NAME", 3),
        ("latin-1", b"abc\xe9", "UTF8", 3),
        ("overlong", b"ab\xc0\x80", "UTF8", 2),
        ("surrogate", b"a\xed\xa0\x80", "UTF8", 1),
        ("cut", b"abc\xc3", "UTF8", 3),
        ("above-highest", b"\xf4\x90\x80\x80", "UTF8", 0),
    ]:
        section.broken(
            "C14",
            name,
            "A name that is not UTF-8 without NUL.",
            plain,
            change(start + 8, text),
            (f"C14-{rule}", start + 8 + index),
        )
    short = section.valid("C14", "short-name", "A tensor of a name of one byte.", container([], [Tensor("t", [8])]))
    end = short.at("file", "table end")
    section.broken(
        "C14",
        "empty",
        "A name without a byte.",
        short,
        [change(24, u64(0)), cut(32), insert(end, b"\0")],
        ("C14-NAME", 24),
    )
    for name, text, about in [
        ("utf-8", "é", "A name in UTF-8."),
        ("space", "a b\n", "A name with white space."),
        ("bytes-63", "n" * 63, "A name of 63 bytes."),
        ("emoji", "👩‍🚀.weight", "A name of several scalars."),
    ]:
        section.valid("C14", f"name-{name}", about, container([], [Tensor(text, [8])]))
    # The table ends one byte further, and the padding is one byte less.
    longest = section.valid(
        "C14", "neighbour-63", "A name of 63 bytes, ended by a digit.", container([], [Tensor("n" * 62 + "1", [8])])
    )
    section.broken(
        "C14",
        "bytes-64",
        "A name of 64 bytes.",
        longest,
        [change(24, u64(64)), insert(24 + 8 + 62, b"n"), cut(longest.at("file", "table end"))],
        ("C14-LONG", 24),
    )
    file = container([], [Tensor("é" * 40, [8])])
    section.valid("C14", "bytes-80", "A name of 40 letters, which are 80 bytes.", file, ("C14-LONG", 24))
    section.valid(
        "C14", "key-is-name", "A key and a tensor of one name.", container([number("t", U8, 1)], [Tensor("u", [8])])
    )

    two = section.valid("C14", "two-names", "Two tensors.", container([], [Tensor("t", [8]), Tensor("u", [8])]))
    section.broken(
        "C14",
        "twice",
        "A name that occurs twice.",
        two,
        change(two.at("u", "text"), b"t"),
        ("C14-DUPLICATE", two.at("u")),
    )
    three = section.valid("C14", "three-names", "Three tensors.", container([], [Tensor(it, [4]) for it in "tuv"]))
    section.broken(
        "C14",
        "twice-last",
        "The name of the first tensor occurs again at the end; both take their place.",
        three,
        change(three.at("v", "text"), b"t"),
        ("C14-DUPLICATE", three.at("v")),
    )
    section.broken(
        "C14",
        "thrice",
        "A name that occurs three times.",
        three,
        [change(three.at(it, "text"), b"t") for it in "uv"],
        ("C14-DUPLICATE", three.at("u")),
        ("C14-DUPLICATE", three.at("v")),
    )
    section.valid(
        "C14",
        "not-normal",
        "é in one scalar and in two: different names.",
        container([], [Tensor("é", [8]), Tensor("e\u0301", [8])]),
    )
    section.valid("C14", "case", "Names that differ in case.", container([], [Tensor("t", [8]), Tensor("T", [8])]))

    lowered = section.valid(
        "C14", "lowered", "A name as long as a lowered limit.", plain.file, limits={"nameByteCount": 4}
    )
    for name, length, about in [
        ("lowered-over", 5, "A name longer than a lowered limit."),
        ("length-65536", 65536, "A name of 65,536 bytes."),
        ("length-2-64", 2**64 - 1, "A name of 2^64 − 1 bytes."),
    ]:
        section.broken("C14", name, about, lowered, change(start, u64(length)), ("C14-LIMIT", start))


def shapes(section):
    for count in range(1, 5):
        file = container([], [Tensor("t", [2, 3, 1, 2][:count])])
        section.valid("C15", f"dims-{count}", f"A tensor of {count} dimensions.", file)
    for place in range(4):
        dims = [2, 3, 1, 2]
        dims[place] = 0
        file = container([], [Tensor("t", dims), Tensor("u", [8])])
        section.valid("C15", f"zero-{place}", f"Dimension {place} is zero; the next tensor has the same offset.", file)
    section.valid("C15", "zeros", "Every dimension is zero.", container([], [Tensor("t", [0, 0, 0, 0], "Q4_0")]))
    section.valid(
        "C15", "largest", "A dimension of 2^63 − 1 beside a zero.", container([], [Tensor("t", [0, 2**63 - 1])])
    )
    file = container([], [Tensor("t", []), Tensor("u", [8])])
    section.valid(
        "C15", "scalar", "A tensor without dimensions: one element.", file, ("C15-SCALAR", file.at("t", "dims"))
    )
    # Without its dimension, whose bytes become encoding and offset, the tensor is one F16.
    one = section.valid(
        "C15", "one-element", "A tensor of one element.", container([], [Tensor("t", [1], "F32", b"\1\2\0\0")])
    )
    at = one.at("t", "dims")
    section.broken("C15", "no-dims", "A tensor without dimensions.", one, change(at, u32(0)), ("C15-SCALAR", at))
    four = section.valid("C15", "four", "Four dimensions.", container([], [Tensor("t", [1, 2, 3, 4])]))
    at = four.at("t", "dims")
    for name, count in [("5", 5), ("256", 256), ("2-31", 2**31), ("2-32", 2**32 - 1)]:
        section.broken(
            "C15", f"dims-{name}", f"A tensor of {count} dimensions.", four, change(at, u32(count)), ("C15-DIMS", at)
        )
    for place in range(4):
        at = four.at("t", f"dim {place}")
        for name, dim in [("2-63", 2**63), ("2-64", 2**64 - 1)]:
            section.broken(
                "C15",
                f"dim-{place}-{name}",
                f"Dimension {place} is {dim}.",
                four,
                change(at, u64(dim)),
                ("C15-DIMS", at),
            )
    pair = section.valid(
        "C15", "pair", "Two tensors of two dimensions.", container([], [Tensor("t", [2, 4]), Tensor("u", [8])])
    )
    at = pair.at("t", "dim 1")
    section.broken(
        "C15",
        "size-unknown",
        "After a tensor whose size is unknown the next one's offset is taken as it stands.",
        pair,
        change(at + 7, b"\x80"),
        ("C15-DIMS", at),
    )

    zero = section.valid(
        "C16",
        "behind-a-zero",
        "Large dimensions beside a zero, whose product is below 2^63.",
        container([], [Tensor("t", [0, 2**32, 2**30])]),
    )
    at = zero.at("t", "dim 2")
    section.broken(
        "C16",
        "zero-hides-nothing",
        "The product of the dimensions that are not zero is 2^63.",
        zero,
        change(at, u64(2**31)),
        ("C16-OVERFLOW", at),
    )
    for name, dims, place in [
        ("2-64-wraps-to-0", [2**32, 2**32], 1),
        ("2-63", [2**32, 2, 2**30], 2),
        ("last", [2, 2, 2, 2**60], 3),
        ("first-pair", [2**40, 2**40, 1, 1], 1),
        ("wraps-to-small", [2**33, 2**31 + 1, 1], 1),
    ]:
        small = section.valid(
            "C16",
            f"{name}-neighbour",
            "Dimensions of which the first is zero.",
            container([], [Tensor("t", [0] + [1] * (len(dims) - 1), "I8")]),
        )
        edits = [change(small.at("t", f"dim {i}"), u64(dim)) for i, dim in enumerate(dims)]
        section.broken(
            "C16",
            name,
            f"The product of {dims} is 2^63 or more.",
            small,
            edits,
            ("C16-OVERFLOW", small.at("t", f"dim {place}")),
        )


def encodings(section):
    blocks = {}
    for name, (_, values, _) in ENCODINGS.items():
        slug = name.lower()
        blocks[name] = section.valid(
            "C17", f"{slug}-block", f"One block of {name}.", container([], [Tensor("t", [values], name)])
        )
        file = container(
            [number("k", U32, 1)], [Tensor("none", [0, 2], name), Tensor("rows", [values, 2], name), Tensor("t", [1])]
        )
        section.valid("C17", f"{slug}-rows", f"Rows of {name}, and none.", file)
    plain = section.valid("C17", "plain", "Eight numbers.", container([], [Tensor("t", [8])]))
    at = plain.at("t", "encoding")
    for id in REMOVED:
        section.broken(
            "C17",
            f"removed-{id:02}",
            f"The encoding {id}, which was removed.",
            plain,
            change(at, u32(id)),
            ("C17-ENCODING", at),
        )
    for id in [43, 44, 64, 255, 256, 2**31, 2**32 - 1]:
        section.broken("C17", f"unknown-{id}", f"The encoding {id}.", plain, change(at, u32(id)), ("C17-ENCODING", at))
    two = section.valid("C17", "two", "Two tensors.", container([], [Tensor("t", [8]), Tensor("u", [8])]))
    section.broken(
        "C17",
        "unknown-first",
        "An unknown encoding, and a tensor after it.",
        two,
        change(two.at("t", "encoding"), u32(99)),
        ("C17-ENCODING", two.at("t", "encoding")),
    )
    section.broken(
        "C17",
        "unknown-both",
        "Two unknown encodings.",
        two,
        [change(two.at(it, "encoding"), u32(99)) for it in "tu"],
        *[("C17-ENCODING", two.at(it, "encoding")) for it in "tu"],
    )

    for name, (_, values, _) in ENCODINGS.items():
        if values == 1:
            continue
        neighbour = blocks[name]
        at = neighbour.at("t", "dim 0")
        for extra in {1, -1} if values == 32 else {1}:
            section.broken(
                "C17",
                f"{name.lower()}-{'long' if extra > 0 else 'short'}",
                f"A row of {values + extra} values of {name}.",
                neighbour,
                change(at, u64(values + extra)),
                ("C17-BLOCK", at),
            )
    rows = section.valid(
        "C17",
        "whole-blocks",
        "Values that are whole blocks, and so are the rows.",
        container([], [Tensor("t", [32, 2], "Q8_0")]),
    )
    at = rows.at("t", "dim 0")
    section.broken(
        "C17",
        "rows-not-blocks",
        "Values that are whole blocks, but the rows are not.",
        rows,
        [change(at, u64(2)), change(at + 8, u64(32))],
        ("C17-BLOCK", at),
    )
    # As in C15: the dimension of 8 becomes the encoding Q8_0.
    eight = section.valid("C17", "eight", "Eight F32.", container([], [Tensor("t", [8])]))
    at = eight.at("t", "dims")
    section.broken(
        "C17",
        "scalar-of-blocks",
        "A tensor of blocks without dimensions.",
        eight,
        change(at, u32(0)),
        ("C15-SCALAR", at),
        ("C17-BLOCK", at),
    )


def sizes(section):
    none = section.valid("C17", "no-bytes", "A tensor without bytes.", container([], [Tensor("t", [0, 1])]))
    dims, first = none.at("t", "dims"), none.at("t", "dim 0")
    for name, dim, encoding, about in [
        ("f32-2-61", 2**61, 0, "2^61 F32 are 2^63 bytes."),
        ("f32-2-62", 2**62, 0, "2^62 F32 are 2^64 bytes, which wraps to 0."),
        ("i8-padding", 2**63 - 1, 24, "2^63 − 1 bytes do not fit with their padding."),
        ("f64-largest", 2**63 - 1, 28, "2^63 − 1 F64."),
        ("q8_1-large", 2**63 - 32, 9, "Blocks larger than their values."),
    ]:
        edits = [change(first, u64(dim)), change(first + 16, u32(encoding))]
        section.broken("C17", name, about, none, edits, ("C17-OVERFLOW", dims))
    section.broken(
        "C17",
        "i16-2-62",
        "2^62 I16 are 2^63 bytes.",
        none,
        [change(first + 7, b"\x40"), change(first + 16, u32(25))],
        ("C17-OVERFLOW", dims),
    )
    half = 2**62
    pair = section.valid(
        "C17", "sum", "Two tensors without bytes.", container([], [Tensor("t", [0], "I8"), Tensor("u", [0], "I8")])
    )
    section.broken(
        "C17",
        "sum-2-63",
        "Two tensors of 2^62 bytes.",
        pair,
        [change(pair.at(it, "dim 0"), u64(half)) for it in "tu"] + [change(pair.at("u", "offset"), u64(half))],
        ("C17-OVERFLOW", pair.at("u", "dims")),
        ("C19-BOUNDS", pair.at("t", "offset")),
    )
    single = section.valid("C19", "no-bytes", "A tensor without bytes.", container([], [Tensor("t", [0], "I8")]))
    for name, dim in [("at-2-63", 2**63 - 64), ("beyond-2-63", 2**63 - 32)]:
        section.broken(
            "C19",
            f"ends-{name}",
            "The sizes fit 63 bits, but with the header they do not.",
            single,
            change(single.at("t", "dim 0"), u64(dim)),
            ("C19-OVERFLOW", single.at("file", "table end")),
        )
