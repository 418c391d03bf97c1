"""Clauses C18 to C21: the layout of the data."""

from container import (
    Tensor,
    alignment,
    container,
    u64,
    up,
)
from corpus import Edit, change, cut, insert


def add(section):
    offsets(section)
    bounds(section)
    padding(section)


def offsets(section):
    first = section.valid("C18", "one-tensor", "One tensor.", container([], [Tensor("t", [16])]))
    at = first.at("t", "offset")
    for offset in [1, 31, 32, 2**63, 2**64 - 1, 2**64 - 32]:
        section.broken(
            "C18",
            f"first-{offset:x}",
            f"The first tensor's offset is {offset}.",
            first,
            change(at, u64(offset)),
            ("C18-OFFSET", at),
        )
    pair = section.valid(
        "C18",
        "two-tensors",
        "Two tensors, the first with padding.",
        container([], [Tensor("t", [9]), Tensor("u", [8])]),
    )
    at = pair.at("u", "offset")
    for name, offset, about in [
        ("misaligned", 36, "The second tensor follows the first without padding."),
        ("overlap", 32, "The tensors overlap."),
        ("same", 0, "Both tensors have one offset."),
        ("gap", 96, "A gap of 32 bytes."),
        ("one-more", 65, "An offset that is odd."),
        ("negative", 2**64 - 32, "An offset of −32."),
        ("wraps", 2**64 - 1, "The highest offset."),
    ]:
        section.broken("C18", name, about, pair, change(at, u64(offset)), ("C18-OFFSET", at))
    three = section.valid("C18", "three-tensors", "Three tensors.", container([], [Tensor(it, [8]) for it in "tuv"]))
    places = [three.at(it, "offset") for it in "tuv"]
    section.broken(
        "C18",
        "order",
        "The data of two tensors is the other way round: both offsets are wrong.",
        three,
        [change(places[1], u64(64)), change(places[2], u64(32))],
        ("C18-OFFSET", places[1]),
        ("C18-OFFSET", places[2]),
    )
    section.broken(
        "C18",
        "middle",
        "Only the second offset is wrong: the third goes on as if it were right.",
        three,
        change(places[1], u64(33)),
        ("C18-OFFSET", places[1]),
    )
    section.broken(
        "C18",
        "all",
        "All offsets are wrong.",
        three,
        [change(at, u64(32 * i + 1)) for i, at in enumerate(places)],
        *[("C18-OFFSET", at) for at in places],
    )
    wide = section.valid(
        "C18",
        "wide",
        "Two tensors at an alignment of 64.",
        container([alignment(64)], [Tensor("t", [8]), Tensor("u", [8])], alignment=64),
    )
    at = wide.at("u", "offset")
    section.broken(
        "C18",
        "wide-32",
        "An offset that has the usual alignment, but not this file's.",
        wide,
        change(at, u64(32)),
        ("C18-OFFSET", at),
    )


def bounds(section):
    one = section.valid("C19", "one-tensor", "One tensor that ends with the file.", container([], [Tensor("t", [8])]))
    at, end = one.at("t", "offset"), len(one.data)
    section.broken("C19", "last-byte", "The last byte of the data is missing.", one, cut(end - 1), ("C19-BOUNDS", at))
    section.broken("C19", "no-data", "All data is missing.", one, cut(end - 32, 32), ("C19-BOUNDS", at))
    section.broken(
        "C19",
        "no-padding",
        "Padding and data are missing.",
        one,
        cut(one.at("file", "table end"), end - one.at("file", "table end")),
        ("C19-BOUNDS", at),
    )
    for name, dim in [("one-more", 9), ("2-40", 2**40), ("2-60", 2**60)]:
        section.broken(
            "C19",
            name,
            "More values than the file has.",
            one,
            change(one.at("t", "dim 0"), u64(dim)),
            ("C19-BOUNDS", at),
        )
    three = section.valid(
        "C19",
        "three-tensors",
        "Three tensors, the second without bytes.",
        container([], [Tensor("t", [8]), Tensor("u", [0]), Tensor("v", [8])]),
    )
    section.broken(
        "C19",
        "last-tensor",
        "The last tensor does not fit.",
        three,
        cut(len(three.data) - 4, 4),
        ("C19-BOUNDS", three.at("v", "offset")),
    )
    section.broken(
        "C19",
        "all-tensors",
        "No tensor fits: the first is reported.",
        three,
        cut(len(three.data) - 33, 33),
        ("C19-BOUNDS", three.at("t", "offset")),
    )


def padding(section):
    ragged = section.valid(
        "C20",
        "padding",
        "Padding after the table and after each tensor.",
        container([], [Tensor("t", [9]), Tensor("u", [3]), Tensor("v", [1], "I8")]),
    )
    table_end, end = ragged.at("file", "table end"), ragged.at("file", "end")
    places = {"table": (table_end, ragged.at("t", "data"))}
    places |= {it: (ragged.at(it, "end"), up(ragged.at(it, "end"), 32)) for it in "tuv"}
    for name, (start, stop) in places.items():
        for place, at in [("first", start), ("last", stop - 1)]:
            section.broken(
                "C20",
                f"{name}-{place}",
                f"The {place} byte of a padding is not zero.",
                ragged,
                change(at, b"\1"),
                ("C20-PADDING", at),
            )
    at = places["t"][0] + 5
    section.broken(
        "C20",
        "several",
        "Three bytes of one padding and one of another are not zero.",
        ragged,
        [change(at, b"\xff\xfe\xfd"), change(end - 1, b"\x80")],
        ("C20-PADDING", at),
        ("C20-PADDING", end - 1),
    )
    for count in [1, 16, 31]:
        section.broken(
            "C20",
            f"missing-{count}",
            f"{count} bytes of the last padding are missing.",
            ragged,
            cut(end - count, count),
            ("C20-MISSING", end - count),
        )
    section.broken(
        "C20",
        "missing-and-not-zero",
        "What is left of the last padding is not zero.",
        ragged,
        [change(end - 31, b"\1"), cut(end - 4, 4)],
        ("C20-PADDING", end - 31),
        ("C20-MISSING", end - 4),
    )
    none = section.valid("C20", "no-bytes", "A tensor without bytes.", container([], [Tensor("t", [0])]))
    at = none.at("file", "table end")
    section.broken(
        "C20",
        "missing-after-table",
        "The padding after the table is missing, and no tensor has bytes.",
        none,
        cut(at, len(none.data) - at),
        ("C20-MISSING", at),
    )
    section.broken(
        "C20",
        "not-zero-after-table",
        "The padding after the table is not zero, and no tensor has bytes.",
        none,
        change(at, b"\1"),
        ("C20-PADDING", at),
    )
    empty = section.valid("C20", "empty", "An empty model with its padding.", container())
    section.broken(
        "C20",
        "missing-of-empty",
        "An empty model without its padding, as some writers leave it.",
        empty,
        cut(24, 8),
        ("C20-MISSING", 24),
    )
    section.broken(
        "C20", "not-zero-of-empty", "An empty model with other padding.", empty, change(31, b" "), ("C20-PADDING", 31)
    )
    whole = section.valid("C21", "whole", "A tensor that needs no padding.", container([], [Tensor("t", [8])]))
    end = len(whole.data)
    for name, bytes_, about in [
        ("one-byte", b"\0", "A zero byte after the body."),
        ("newline", b"\n", "A line end after the body."),
        ("text", b"seal", "Four bytes after the body."),
    ]:
        section.broken("C21", name, about, whole, insert(end, bytes_), ("C21-TRAILING", end))
    section.broken(
        "C21",
        "more-padding",
        "Padding of one alignment too many.",
        whole,
        insert(end, bytes(32)),
        ("C21-TRAILING", end),
    )
    section.broken(
        "C21", "after-empty", "A byte after an empty model.", empty, Edit(32, 0, b"\0"), ("C21-TRAILING", 32)
    )
    end = len(ragged.data)
    section.broken(
        "C21", "after-padding", "A byte after the last padding.", ragged, insert(end, b"\1"), ("C21-TRAILING", end)
    )
