"""Clauses C1 to C5: the frame of a container."""

from container import (
    I16,
    STRING,
    U8,
    U32,
    U64,
    Tensor,
    array,
    boolean,
    container,
    number,
    text,
    u32,
    u64,
)
from corpus import change, cut, insert


def add(section):
    empty = section.valid("C1", "empty-model", "No keys and no tensors.", container())
    whole = section.valid(
        "C1",
        "whole",
        "A key of each kind and two tensors.",
        container(
            [number("a", U8, 7), text("b", "text"), array("c", STRING, ["x", "yz"]), boolean("d")],
            [Tensor("t", [8]), Tensor("u", [32, 2], "Q8_0")],
        ),
    )
    truncations(section, whole)
    magics(section, empty)
    versions(section, empty, whole)
    counts(section, empty)
    metadata_size(section)


def truncations(section, whole):
    def cut_at(name, about, neighbour, length, offset):
        rest = len(neighbour.data) - length
        section.broken(
            "C1",
            f"cut-in-{name}",
            f"The file ends within {about}.",
            neighbour,
            cut(length, rest),
            ("C1-TRUNCATED", offset),
        )

    for name, at, length in [("version", 4, 3), ("tensor-count", 8, 1), ("key-count", 16, 7)]:
        cut_at(name, f"the {name.replace('-', ' ')}", whole, at + length, at)
    for length in range(4, 24):
        if length not in (7, 9, 23):
            at = 4 if length < 8 else 8 if length < 16 else 16
            cut_at(f"byte-{length:02}", "a field before the metadata", whole, length, at)

    # A first key that is long enough for two to fit (C4).
    keys = section.valid(
        "C1", "two-keys", "A long text, then a number.", container([text("long", "x" * 27), number("k", U64, 1)])
    )
    start = keys.at("k")
    cut_at("key-length", "the length of a key", keys, start + 5, start)
    cut_at("key", "a key", keys, start + 8, start)
    cut_at("type", "the type of a value", keys, start + 9, start + 9)
    cut_at("value", "the only byte of a value that is missing", keys, start + 13 + 7, start + 13)
    first = keys.at("long")
    cut_at("string", "a string", keys, first + 16 + 8 + 26, first + 16)

    arrays = section.valid(
        "C1",
        "arrays",
        "An array of two texts and one of numbers.",
        container([array("a", STRING, ["abcdefgh", "ij"]), array("n", I16, [1, 2, 3])]),
    )
    start = arrays.at("n", "value")
    cut_at("element-type", "the type of the elements of an array", arrays, start + 2, start)
    cut_at("array-count", "the count of an array", arrays, start + 4, start + 4)
    start = arrays.at("a", "value") + 12
    cut_at("string-of-array", "a string of an array", arrays, start + 8 + 8 + 8 + 1, start + 16)

    names = section.valid(
        "C1",
        "two-tensors",
        "A tensor of a long name, then one of four dimensions.",
        container([], [Tensor("a.long.name.of.a.tensor", [1]), Tensor("t", [1, 2, 3, 4])]),
    )
    start = names.at("t")
    fields = [("name-length", "length", 4), ("name", "text", 0), ("n-dims", "dims", 1), ("offset", "offset", 0)]
    fields += [(f"dim-{i}", f"dim {i}", 7) for i in range(4)] + [("encoding", "encoding", 2)]
    for name, part, length in fields:
        at = names.at("t", part)
        cut_at(name, f"the {name.replace('-', ' ')} of a tensor", names, at + length, start if part == "text" else at)

    exact = section.valid(
        "C1",
        "no-padding",
        "A table that ends where the data starts, with a tensor without bytes.",
        container([], [Tensor("1" * 32 + "234567", [0])]),
    )
    at = exact.at("1" * 32 + "234567", "offset")
    cut_at("offset-by-one", "the last byte of the header", exact, at + 7, at)

    key = section.valid("C1", "one-key", "One text of three bytes.", container([text("k", "abc")]))
    at = key.at("k")
    cut_at("string-length", "the length of a string", key, at + 13 + 3, at + 13)
    for name, edit, offset, about in [
        ("long-key", change(at, u64(0x30)), at, "The length of a key is one more than what is left of the file."),
        ("long-string", change(at + 13, u64(20)), at + 13, "The length of a string is beyond the file."),
        ("longest-string", change(at + 13, b"\0\0\0\1"), at + 13, "A string of 16 MiB in 64 bytes."),
    ]:
        section.broken("C1", name, about, key, edit, ("C1-TRUNCATED", offset))
    at = names.at("t")
    section.broken(
        "C1",
        "long-name",
        "The length of a tensor's name is beyond the file.",
        names,
        change(at + 1, b"\1"),
        ("C1-TRUNCATED", at),
    )


def magics(section, empty):
    for name, magic, about in [
        ("last-byte", b"GGUX", "The last byte of the magic is wrong."),
        ("lower-case", b"gguf", "The magic in lower case."),
        ("reversed", b"FUGG", "The magic in big-endian order."),
        ("ggml", b"lmgg", "The magic of an older format of ggml."),
        ("ggjt", b"tjgg", "The magic of another older format."),
        ("zip", b"PK\1\2", "The directory of a ZIP archive, and no member."),
        ("zero", bytes(4), "Zero bytes."),
    ]:
        section.broken("C2", f"magic-{name}", about, empty, change(0, magic), ("C2-MAGIC", 0))
    section.broken("C2", "space-first", "A space stands before the magic.", empty, insert(0, b" "), ("C2-MAGIC", 0))
    for name, data, rule, about in [
        ("empty-file", b"", "C2-MAGIC", "A file without a byte."),
        ("one-other-byte", b"X", "C2-MAGIC", "One byte that begins no file of ours."),
        ("two-other-bytes", b"GX", "C2-MAGIC", "Two bytes that begin no file of ours."),
        ("text", b"Not a model.\n", "C2-MAGIC", "A text."),
        ("html", b"<!DOCTYPE html><html></html>\n", "C2-MAGIC", "A page of the web."),
        ("pointer", b"version https://git-lfs.github.com/spec/v1\n", "C2-MAGIC", "A pointer of Git LFS."),
        ("pickle", b"(dp0\n.", "C2-MAGIC", "A pickle of Python, of protocol 0."),
        ("cut-1", b"G", "C2-TRUNCATED", "The first byte of the magic."),
        ("cut-2", b"GG", "C2-TRUNCATED", "The first two bytes of the magic."),
        ("cut-3", b"GGU", "C2-TRUNCATED", "The first three bytes of the magic."),
    ]:
        edit = [cut(0, len(empty.data)), insert(0, data)] if rule == "C2-MAGIC" else cut(len(data), 32 - len(data))
        section.broken("C2", name, about, empty, edit, (rule, 0))


def versions(section, empty, whole):
    section.broken("C3", "version-2", "Version 2, which has the same layout.", whole, change(4, u32(2)), ("C3-OLD", 4))
    section.broken("C3", "empty-version-2", "An empty model of version 2.", empty, change(4, u32(2)), ("C3-OLD", 4))
    for name, version in [
        ("0", 0),
        ("1", 1),
        ("4", 4),
        ("highest", 2**32 - 1),
        ("high-bits", 0x10003),
        ("2-18", 0x40001),
    ]:
        section.broken(
            "C3", f"version-{name}", f"Version {version}.", empty, change(4, u32(version)), ("C3-VERSION", 4)
        )
    for name, version in [("3", 3 << 24), ("2", 2 << 24), ("1", 1 << 24), ("256", 1 << 16)]:
        section.broken(
            "C3",
            f"big-endian-{name}",
            f"Version {name} in big-endian order.",
            empty,
            change(4, u32(version)),
            ("C3-ENDIAN", 4),
        )


def counts(section, empty):
    for name, edit, rule, at, about in [
        ("tensors-over-limit", change(8, u64(1000001)), "LIMIT", 8, "One tensor more than the limit."),
        ("keys-over-limit", change(16, u64(100001)), "LIMIT", 16, "One key more than the limit."),
        ("tensors-half-milliard", change(8, u64(500000000)), "LIMIT", 8, "5·10^8 tensors in 32 bytes."),
        ("keys-half-milliard", change(16, u64(500000000)), "LIMIT", 16, "5·10^8 keys in 32 bytes."),
        ("tensors-2-63", change(8, u64(2**63)), "LIMIT", 8, "2^63 tensors."),
        ("keys-2-63", change(16, u64(2**63)), "LIMIT", 16, "2^63 keys."),
        ("tensors-2-64", change(8, u64(2**64 - 1)), "LIMIT", 8, "2^64 − 1 tensors."),
        ("keys-2-64", change(16, u64(2**64 - 1)), "LIMIT", 16, "2^64 − 1 keys."),
        ("tensors-at-limit", change(8, u64(1000000)), "TRUNCATED", 8, "As many tensors as allowed, in 32 bytes."),
        ("keys-at-limit", change(16, u64(100000)), "TRUNCATED", 16, "As many keys as allowed, in 32 bytes."),
        ("one-tensor", change(8, u64(1)), "TRUNCATED", 8, "One tensor is counted, and none fits."),
        ("one-key", change(16, u64(1)), "TRUNCATED", 16, "One key is counted, and none fits."),
    ]:
        section.broken("C4", name, about, empty, edit, (f"C4-{rule}", at))

    miscounts(section)
    table = [Tensor("t", [8])]
    lowered = {"tensorCount": 1, "keyCount": 2}
    two = section.valid(
        "C4",
        "lowered",
        "As many keys and tensors as the limits allow.",
        container([number("k", U32, 1), number("l", U32, 2)], table),
        limits=lowered,
    )
    section.broken(
        "C4", "lowered-tensors", "More tensors than a lowered limit.", two, change(8, u64(2)), ("C4-LIMIT", 8)
    )
    section.broken("C4", "lowered-keys", "More keys than a lowered limit.", two, change(16, u64(3)), ("C4-LIMIT", 16))


def miscounts(section):
    """Counts of one more and one less than there are."""
    two = section.valid("C4", "two-keys", "Two keys.", container([text("k", "abc"), text("l", "abcdefghij")]))
    section.broken(
        "C4",
        "a-key-too-few",
        "One key fewer is counted, and a tensor: the key is read as that.",
        two,
        [change(16, u64(1)), change(8, u64(1))],
        ("C15-DIMS", two.at("l", "type")),
    )
    wide = section.valid(
        "C4", "key-and-tensor", "A key and a tensor.", container([number("k", U8, 1)], [Tensor("t", [0, 65535])])
    )
    section.broken(
        "C4",
        "a-key-too-many",
        "One key more is counted: the tensor is read as that.",
        wide,
        change(16, u64(2)),
        ("C14-LIMIT", wide.at("t", "dim 0") + 2),
    )
    exact = section.valid(
        "C4",
        "data-at-once",
        "A tensor whose data follows the table at once.",
        container([], [Tensor("12345678", [8])]),
    )
    section.broken(
        "C4",
        "a-tensor-too-many",
        "One tensor more is counted: data is read as that.",
        exact,
        change(8, u64(2)),
        ("C14-LIMIT", exact.at("12345678", "data")),
    )
    both = section.valid(
        "C4", "two-tensors", "Two tensors.", container([], [Tensor("t", [32], "I8"), Tensor("u", [32], "I8")])
    )
    section.broken(
        "C4",
        "a-tensor-too-few",
        "One tensor fewer is counted: the body ends before the file does.",
        both,
        change(8, u64(1)),
        ("C20-PADDING", both.at("u")),
        ("C21-TRAILING", 96),
    )


def metadata_size(section):
    file = container([number("ab", U32, 1), text("k", "abcd"), array("l", U8, [1, 2])])
    first, key, array_at = file.at("ab"), file.at("k"), file.at("l")
    everything = file.at("file", "table end") - 24
    whole = section.valid(
        "C5", "lowered", "Metadata that is as long as a lowered limit.", file, limits={"metadataByteCount": everything}
    )
    for name, offset, allowed in [
        ("key-length", first, 7),
        ("key", first, 9),
        ("type", file.at("ab", "type"), 13),
        ("value", file.at("ab", "value"), 17),
        ("second-key", key, 22),
        ("string-length", key + 13, key - 24 + 20),
        ("string", key + 13, key - 24 + 24),
        ("element-type", array_at + 13, array_at - 24 + 16),
        ("array-count", array_at + 17, array_at - 24 + 17),
        ("elements", array_at + 17, everything - 1),
    ]:
        section.broken(
            "C5",
            f"lowered-{name}",
            f"The {name.replace('-', ' ')} passes a lowered limit.",
            whole,
            [],
            ("C5-LIMIT", offset),
            limits={"metadataByteCount": allowed},
        )
