"""Clause C23: split sets."""

from container import (
    F32,
    I16,
    I32,
    U16,
    U32,
    Tensor,
    container,
    number,
    scalar,
    text,
    u32,
)
from corpus import change

FIRST, SECOND = "model-00001-of-00002.gguf", "model-00002-of-00002.gguf"


def add(section):
    split_keys(section)
    split_sets(section)


def part(index, count, total, tensors, types=(U16, U16, I32)):
    entries = [
        number(key, type, n)
        for key, type, n in zip(["split.no", "split.count", "split.tensors.count"], types, [index, count, total])
    ]
    return container(([text("general.name", "set")] if index == 0 else []) + entries, tensors)


def split_keys(section):
    """Files that stand alone, and say so in wide types."""
    alone = section.valid(
        "C23",
        "alone",
        "A file that is the only one of its set.",
        "model.gguf",
        {"model.gguf": part(0, 1, 1, [Tensor("t", [8])], [U32] * 3)},
    )
    section.valid(
        "C23",
        "count-0",
        "A count of 0, which some writers leave in a file that is not split.",
        "model.gguf",
        {"model.gguf": part(0, 0, 1, [Tensor("t", [8])])},
    )
    section.valid(
        "C23",
        "one-of-one",
        "A set of one file.",
        "model-00001-of-00001.gguf",
        {"model-00001-of-00001.gguf": part(0, 1, 1, [Tensor("t", [8])])},
    )
    for key in ["split.no", "split.count", "split.tensors.count"]:
        at = alone.at(key, "value")
        section.broken(
            "C23",
            f"float-{key.replace('.', '-')}",
            f"{key} is a FLOAT32.",
            alone,
            {"model.gguf": change(alone.at(key, "type"), u32(F32))},
            ("C23-SCHEMA", at),
        )
    at = alone.at("split.no", "value")
    section.broken(
        "C23", "number-1-of-1", "The second file of one.", alone, {"model.gguf": change(at, u32(1))}, ("C23-SCHEMA", at)
    )
    signed = section.valid(
        "C23",
        "signed",
        "Keys of signed types.",
        "model.gguf",
        {"model.gguf": part(0, 1, 1, [Tensor("t", [8])], [I32] * 3)},
    )
    for key in ["split.no", "split.count", "split.tensors.count"]:
        at = signed.at(key, "value")
        section.broken(
            "C23",
            f"negative-{key.replace('.', '-')}",
            f"{key} is −1.",
            signed,
            {"model.gguf": change(at, scalar(I32, -1))},
            ("C23-SCHEMA", at),
        )
    at = alone.at("split.tensors.count", "value")
    section.broken(
        "C23",
        "alone-tensors",
        "A file that counts two tensors in a set of one.",
        alone,
        {"model.gguf": change(at, u32(2))},
        ("C23-SPLIT", None),
    )
    at = alone.at("split.count", "value")
    section.broken(
        "C23",
        "alone-of-two",
        "One of two files, with the name of no set.",
        alone,
        {"model.gguf": change(at, u32(2))},
        ("C23-SPLIT", None),
    )


def split_sets(section):
    files = {FIRST: part(0, 2, 3, [Tensor("t", [8]), Tensor("u", [8])]), SECOND: part(1, 2, 3, [Tensor("v", [8])])}
    pair = section.valid("C23", "two-files", "A set of two files.", FIRST, files)
    section.valid("C23", "second-opened", "A set whose second file is opened.", SECOND, files)
    wide = {
        FIRST: part(0, 2, 2, [Tensor("t", [8])], [U32, I16, U16]),
        SECOND: part(1, 2, 2, [Tensor("u", [8])], [I32, U32, I32]),
    }
    section.valid("C23", "other-types", "Keys of other integer types.", FIRST, wide)
    section.valid(
        "C23",
        "no-tensors-first",
        "A first file with metadata and no tensor.",
        FIRST,
        {FIRST: part(0, 2, 1, []), SECOND: part(1, 2, 1, [Tensor("t", [8])])},
    )
    bare = {FIRST: container([text("k", "v")], [Tensor("t", [8])]), SECOND: container([], [Tensor("u", [8])])}
    section.valid("C23", "no-keys", "Files that say nothing of their set are believed by their names.", FIRST, bare)
    name = "a-00002-of-00003-00001-of-00002.gguf"
    section.valid(
        "C23",
        "prefix",
        "A prefix that is itself like the name of a part.",
        name,
        {
            name: part(0, 2, 2, [Tensor("t", [8])]),
            name.replace("-00001-", "-00002-"): part(1, 2, 2, [Tensor("u", [8])]),
        },
    )
    for name in [
        "model-1-of-2.gguf",
        "model-00000-of-00002.gguf",
        "model-00003-of-00002.gguf",
        "model-000001-of-000002.gguf",
        "-00001-of-00002.gguf",
    ]:
        section.valid(
            "C23",
            f"name-{name[:-5].strip('-')}" if name[0] != "-" else "name-no-prefix",
            "A name that is no part's.",
            name,
            {name: container([], [Tensor("t", [8])])},
        )

    section.broken(
        "C23", "missing-second", "The second file is missing.", pair, {SECOND: None}, ("C23-SPLIT", None, SECOND)
    )
    second = files[SECOND]
    for name, edit, about in [
        ("same-number", change(second.at("split.no", "value"), b"\0"), "The second file says that it is the first."),
        ("other-count", change(second.at("split.count", "value"), b"\3"), "The second file says that there are three."),
    ]:
        section.broken("C23", name, about, pair, {SECOND: edit}, ("C23-SPLIT", None, SECOND))
    section.broken(
        "C23",
        "first-other-count",
        "The first file says that there are three.",
        pair,
        {FIRST: change(files[FIRST].at("split.count", "value"), b"\3")},
        ("C23-SPLIT", None),
    )
    section.broken(
        "C23",
        "total-of-second",
        "The second file says that there are more tensors.",
        pair,
        {SECOND: change(second.at("split.tensors.count", "value"), b"\4")},
        ("C23-SPLIT", None, SECOND),
    )
    for tensor in "tu":
        at = second.at("v")
        section.broken(
            "C23",
            f"tensor-{tensor}-twice",
            "A tensor is in both files.",
            pair,
            {SECOND: change(at + 8, tensor.encode())},
            ("C23-DUPLICATE", at, SECOND),
        )
    section.broken(
        "C23",
        "broken-second",
        "The second file has an unknown encoding.",
        pair,
        {SECOND: change(second.at("v", "encoding"), u32(77))},
        ("C17-ENCODING", second.at("v", "encoding"), SECOND),
    )
    last = part(1, 2, 2, [Tensor("u", [8])], [U32] * 3)
    wide = {FIRST: part(0, 2, 2, [Tensor("t", [8])], [U32] * 3), SECOND: last}
    neighbour = section.valid("C23", "wide", "Keys of UINT32.", FIRST, wide)
    section.broken(
        "C23",
        "float-of-second",
        "The number of the second file is no integer.",
        neighbour,
        {SECOND: change(last.at("split.no", "type"), u32(F32))},
        ("C23-SCHEMA", last.at("split.no", "value"), SECOND),
    )
    section.broken(
        "C23",
        "padding-of-second",
        "Padding of the second file is not zero.",
        pair,
        {SECOND: change(second.at("file", "table end"), b"\1")},
        ("C20-PADDING", second.at("file", "table end"), SECOND),
    )
