"""Clause C12: arrays."""

from container import (
    ARRAY,
    BOOL,
    F64,
    FORMATS,
    STRING,
    TYPE_NAMES,
    U8,
    U16,
    Entry,
    array,
    array_value,
    container,
    u32,
    u64,
)
from corpus import change, insert


def add(section):
    arrays(section)
    nesting(section)


def arrays(section):
    for type in FORMATS:
        name = TYPE_NAMES[type]
        values = [0, 1, 1] if type == BOOL else [1, 2, 3]
        file = container([array("none", type, []), array("three", type, values)])
        section.valid("C12", f"{name}-array", f"Arrays of {name.upper()}, one of them empty.", file)
    section.valid(
        "C12",
        "string-array",
        "Arrays of STRING, one of them empty.",
        container([array("none", STRING, []), array("three", STRING, ["", "a", "é"])]),
    )
    long = container([array("k", U8, [i % 256 for i in range(300)]), array("s", STRING, ["x"] * 130)])
    section.valid("C12", "long-arrays", "More elements than any block of a reader's own.", long)

    numbers = section.valid(
        "C12", "three-numbers", "An array of three numbers.", container([array("k", U16, [1, 2, 3])])
    )
    at = numbers.at("k", "value")
    for name, id in [("13", 13), ("255", 255), ("highest", 2**32 - 1)]:
        about = f"An array with elements of type {id}."
        section.broken("C12", f"type-{name}", about, numbers, change(at, u32(id)), ("C12-TYPE", at))
    for name, count in [("over-limit", 67108865), ("2-63", 2**63), ("2-64", 2**64 - 1)]:
        section.broken(
            "C12",
            f"count-{name}",
            f"An array of {count} elements.",
            numbers,
            change(at + 4, u64(count)),
            ("C12-LIMIT", at + 4),
        )
    for name, count in [("limit", 67108864), ("beyond-the-file", 40)]:
        section.broken(
            "C12",
            f"count-{name}",
            f"An array of {count} elements in a small file.",
            numbers,
            change(at + 4, u64(count)),
            ("C12-TRUNCATED", at + 4),
        )
    # Twelve bytes of strings need eight each.
    words = section.valid("C12", "two-words", "An array of two texts.", container([array("k", STRING, ["ab", "cd"])]))
    at = words.at("k", "value")
    section.broken(
        "C12",
        "texts-beyond-the-file",
        "More texts than the file has bytes for their lengths.",
        words,
        change(at + 4, u64(7)),
        ("C12-TRUNCATED", at + 4),
    )
    lowered = section.valid(
        "C12", "lowered", "As many elements as a lowered limit allows.", numbers.file, limits={"arrayCount": 3}
    )
    at = numbers.at("k", "value") + 4
    section.broken("C12", "lowered-over", "An element too many.", lowered, change(at, u64(4)), ("C12-LIMIT", at))


def nested(levels, innermost=U8, values=(1, 2)):
    """The value of an array of that many levels."""
    value = array_value(innermost, values)
    for _ in range(levels - 1):
        value = array_value(ARRAY, [value])
    return value


def nesting(section):
    for levels in range(1, 5):
        file = container([Entry("k", ARRAY, nested(levels))])
        section.valid("C12", f"levels-{levels}", f"An array of {levels} levels.", file)
    deepest = section.valid(
        "C12",
        "levels-4-empty",
        "An array of four levels, the innermost empty.",
        container([Entry("k", ARRAY, nested(4, U8, []))]),
    )
    innermost = deepest.at("k", "value") + 3 * 12
    section.broken(
        "C12",
        "levels-5-empty",
        "An empty array within three others has elements that are arrays.",
        deepest,
        change(innermost, u32(ARRAY)),
        ("C12-NESTING", innermost),
    )
    for levels in [5, 6, 65, 300]:
        edits = [insert(innermost, (u32(ARRAY) + u64(1)) * (levels - 4))]
        section.broken(
            "C12",
            f"levels-{levels}",
            f"An array of {levels} levels.",
            deepest,
            edits,
            ("C12-NESTING", innermost),
        )
    mixed = array_value(
        ARRAY, [array_value(STRING, ["a"]), array_value(U8, []), array_value(ARRAY, [array_value(F64, [1])])]
    )
    section.valid(
        "C12", "mixed-levels", "Inner arrays of different types and depths.", container([Entry("k", ARRAY, mixed)])
    )
    section.valid("C12", "empty-of-arrays", "An empty array of arrays.", container([array("k", ARRAY, [])]))
    many = section.valid(
        "C12", "many-inner", "Seventy inner arrays.", container([array("k", ARRAY, [array_value(BOOL, [1])] * 70)])
    )
    at = many.at("k", "value") + 12 + 66 * 13
    section.broken(
        "C12",
        "inner-boolean",
        "A wrong boolean in an inner array.",
        many,
        change(at + 12, b"\2"),
        ("C10-VALUE", at + 12),
    )
    section.broken(
        "C12", "inner-type", "An inner array of an unknown type.", many, change(at, u32(14)), ("C12-TYPE", at)
    )
    section.broken(
        "C12",
        "inner-count",
        "An inner array with more than the file.",
        many,
        change(at + 4, u64(999)),
        ("C12-TRUNCATED", at + 4),
    )
    section.broken(
        "C12", "inner-limit", "An inner array of 2^63.", many, change(at + 4, u64(2**63)), ("C12-LIMIT", at + 4)
    )
    flat = section.valid(
        "C12", "lowered-levels", "As many levels as a lowered limit allows.", deepest.file, limits={"arrayNesting": 4}
    )
    section.broken(
        "C12",
        "lowered-levels-over",
        "More levels than a lowered limit allows.",
        flat,
        [],
        ("C12-NESTING", innermost - 12),
        limits={"arrayNesting": 3},
    )
    inner = section.valid(
        "C12",
        "inner-texts",
        "Texts in inner arrays.",
        container(
            [Entry("k", ARRAY, array_value(ARRAY, [array_value(STRING, ["abc"]), array_value(STRING, ["def"])]))]
        ),
    )
    at = inner.at("k", "value") + 12 + 12
    section.broken(
        "C12",
        "inner-utf8",
        "An ill-formed text in an inner array.",
        inner,
        change(at + 9, b"\xff"),
        ("C11-UTF8", at + 9),
    )
    section.broken(
        "C12",
        "inner-text-length",
        "A text in an inner array that is longer than the file.",
        inner,
        change(at, u64(99)),
        ("C1-TRUNCATED", at),
    )
