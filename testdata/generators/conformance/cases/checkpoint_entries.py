"""Clauses S3 to S5.6: the entries of a safetensors header."""

from container import u64
from corpus import change, cut, insert
from safetensors import checkpoint, entry, header, values

A = entry("a", "F32", [1], 0, 4)
B = entry("b", "F32", [1], 4, 8)


def add(section):
    one = section.valid("S3.1", "one-tensor", "A tensor of one element.", checkpoint(header(A), values(4)))
    names(section, one)
    entries(section, one)
    shapes(section, one)


def names(section, one):
    section.valid("S3.1", "two-tensors", "Two tensors.", checkpoint(header(A, B), values(8)))
    none = section.valid(
        "S3.1",
        "lowered",
        "As many tensors as a lowered limit allows.",
        checkpoint(header(A, entry("b", "F32", [0], 4, 4)), values(4)),
        limits={"tensorCount": 2},
    )
    section.broken(
        "S3.1",
        "lowered-over",
        "A tensor more than a lowered limit.",
        none,
        [],
        ("S3.1-LIMIT", none.file.find('"b"')),
        limits={"tensorCount": 1},
    )
    empties = section.valid("S3.2", "neighbour", "Two tensors, the second without bytes.", none.file)
    at = empties.file.find('"b"')
    section.broken("S3.2", "twice", "A name that occurs twice.", empties, change(at + 1, b"a"), ("S3.2-DUPLICATE", at))
    section.broken(
        "S3.2",
        "twice-escaped",
        "A name that occurs twice, once escaped.",
        empties,
        empties.file.swap('"b"', r'"\u0061"'),
        ("S3.2-DUPLICATE", at),
    )
    section.valid(
        "S3.2",
        "not-normal",
        "é in one character and in two.",
        checkpoint(header(entry("é", "U8", [1], 0, 1), entry("e\u0301", "U8", [1], 1, 2)), values(2)),
    )
    section.valid(
        "S3.2", "case", "Names that differ in case.", checkpoint(header(A, B.replace('"b"', '"A"')), values(8))
    )
    section.valid(
        "S3.1", "empty-name", "A name without a byte.", checkpoint(header(entry("", "U8", [1], 0, 1)), values(1))
    )
    section.valid(
        "S3.1", "long-name", "A name of 300 bytes.", checkpoint(header(entry("n" * 300, "U8", [1], 0, 1)), values(1))
    )
    section.valid(
        "S6.3",
        "order",
        "The second tensor of the header comes first.",
        checkpoint(header(entry("a", "F32", [1], 4, 8), entry("b", "F32", [1], 0, 4)), values(8)),
    )

    for first, value in [("dtype", '"F32"'), ("shape", "[1]"), ("data_offsets", "[0,4]")]:
        place = one.file.find("}}")
        text = f',"{first}":{value}'.encode()
        section.broken(
            "S3.2",
            f"field-{first}",
            f"The field {first} occurs twice.",
            one,
            [insert(place, text), change(0, u64(one.file.header_end - 8 + len(text)))],
            ("S3.2-DUPLICATE", place + 1),
        )
    words = section.valid("S3.3", "words", "Two texts.", checkpoint(header('"__metadata__":{"a":"x","b":"y"}')))
    file = words.file
    at = file.find('"b"')
    section.broken(
        "S3.2", "word-twice", "A key of the texts occurs twice.", words, change(at + 1, b"a"), ("S3.2-DUPLICATE", at)
    )
    both = section.valid(
        "S3.3",
        "two-words",
        "Texts, and a tensor of a name like theirs.",
        checkpoint(header('"__metadata__":{}', entry("__metadata_-", "U8", [0], 0, 0))),
    )
    section.valid("S3.3", "no-words", "No texts.", checkpoint(header('"__metadata__":{}')))
    section.valid(
        "S3.3",
        "words-last",
        "The texts stand after the tensors.",
        checkpoint(header(A, '"__metadata__":{"a":""}'), values(4)),
    )
    section.broken(
        "S3.2",
        "words-twice",
        "The texts occur twice.",
        both,
        both.file.swap('"__metadata_-":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}', '"__metadata__":{}'),
        ("S3.2-DUPLICATE", both.file.find('"__metadata_-"')),
    )
    for name, new in [
        ("number", "1"),
        ("null", "null"),
        ("true", "true"),
        ("array", "[]"),
        ("object", "{}"),
        ("nested", '{"a":"b"}'),
    ]:
        section.broken(
            "S3.3",
            f"word-{name}",
            "A value of the texts that is none.",
            words,
            file.swap('"y"', new),
            ("S3.3-JSON", file.find('"y"')),
        )
    for name, new in [("array", "[]"), ("text", '""'), ("null", "null"), ("number", "12")]:
        base = section.valid("S3.3", f"words-{name}-neighbour", "No texts.", checkpoint(header('"__metadata__":{}')))
        section.broken(
            "S3.3",
            f"words-{name}",
            "The texts are no object.",
            base,
            base.file.swap(":{}", ":" + new),
            ("S3.3-JSON", base.file.find(":{}") + 1),
        )


def entries(section, one):
    file = one.file
    for i, field in enumerate(["dtype", "shape", "data_offsets"]):
        # The field gets another name, and so there is an unknown one, too.
        at = file.find(f'"{field}"')
        section.broken(
            "S4.1",
            f"renamed-{field}",
            f"The field {field} has another name.",
            one,
            change(at + 1, b"x"),
            ("S4.1-JSON", file.find("{", 1)),
            ("S4.1-FIELD", at),
        )
        value = ['"dtype":"F32",', '"shape":[1],', ',"data_offsets":[0,4]'][i]
        section.broken(
            "S4.1",
            f"without-{field}",
            f"The field {field} is missing.",
            one,
            file.swap(value, ""),
            ("S4.1-JSON", file.find("{", 1)),
        )
    none = section.valid(
        "S4.1", "neighbour", "A tensor of one byte.", checkpoint(header(entry("a", "U8", [1], 0, 1)), values(1))
    )
    at = none.file.find('{"dtype"')
    for name, value in [("number", "1"), ("text", '"x"'), ("array", "[]"), ("null", "null"), ("empty", "{}")]:
        edits = none.file.swap('{"dtype":"U8","shape":[1],"data_offsets":[0,1]}', value)
        section.broken(
            "S4.1", f"entry-{name}", "An entry that is no object with the three fields.", none, edits, ("S4.1-JSON", at)
        )
    fields = ['"dtype":"F32"', '"shape":[1]', '"data_offsets":[0,4]']
    for name, order in [("reversed", (2, 1, 0)), ("shape-first", (1, 0, 2)), ("range-first", (2, 0, 1))]:
        text = '{"a":{' + ",".join(fields[i] for i in order) + "}}"
        section.valid("S4.1", f"order-{name}", "The fields in another order.", checkpoint(text, values(4)))
    place = file.find("}}")
    for name, text in [("number", ',"x":1'), ("empty", ',"":{}'), ("null", ',"n":null')]:
        section.broken(
            "S4.1",
            f"field-{name}",
            "A field that is unknown.",
            one,
            [insert(place, text.encode()), cut(file.header_end - len(text), len(text))],
            ("S4.1-FIELD", place + 1),
        )
    lots = r',"x":[[[{"y":[]}]],true,-1.5e+3,"\u0000"]'
    section.broken(
        "S4.1",
        "field-nested",
        "An unknown field with all kinds of values is passed over.",
        one,
        [insert(place, lots.encode()), change(0, u64(file.header_end - 8 + len(lots)))],
        ("S4.1-FIELD", place + 1),
    )
    at = file.find('"F32"')
    for name, new in [
        ("lower-case", '"f32"'),
        ("unknown", '"F33"'),
        ("space", '"F32 "'),
        ("empty", '""'),
        ("cut", '"F3"'),
        ("number", "32"),
        ("null", "null"),
        ("torch", '"float32"'),
        ("array", '["F32"]'),
        ("object", "{}"),
        ("nul", r'"F32\u0000"'),
    ]:
        section.broken(
            "S4.2", name, "A dtype that is not in the table.", one, file.swap('"F32"', new), ("S4.2-DTYPE", at)
        )
    section.valid(
        "S4.2", "escaped", "A dtype with an escape.", checkpoint(header(A.replace("F32", r"F\u00332")), values(4))
    )


def shapes(section, one):
    file = one.file
    at = file.find("[1]")
    for name, new, index in [
        ("point", "[1.0]", 1),
        ("exponent", "[1e0]", 1),
        ("negative", "[-1]", 1),
        ("negative-zero", "[-0]", 1),
        ("text", '["1"]', 1),
        ("null", "[null]", 1),
        ("true", "[true]", 1),
        ("array", "[[1]]", 1),
        ("object", "[{}]", 1),
        ("second", "[1,1.0]", 3),
        ("exponent-capital", "[1E+0]", 1),
    ]:
        section.broken(
            "S4.3",
            f"shape-{name}",
            "A dimension that is no whole number in digits.",
            one,
            file.swap("[1]", new),
            ("S4.3-JSON", at + index),
        )
    for name, new in [("number", "1"), ("text", '"1"'), ("null", "null"), ("object", "{}"), ("true", "true")]:
        section.broken(
            "S4.3", f"shape-is-{name}", "A shape that is no array.", one, file.swap("[1]", new), ("S4.3-JSON", at)
        )
    large = section.valid(
        "S4.3",
        "largest",
        "A dimension of 2^63 − 1 beside a zero.",
        checkpoint(header(entry("a", "U8", [0, 2**63 - 1], 0, 0))),
    )
    for name, number in [("2-63", str(2**63)), ("2-64", str(2**64)), ("2-64-less", str(2**64 - 1)), ("long", "9" * 24)]:
        section.broken(
            "S4.3",
            f"dimension-{name}",
            f"A dimension of {number}.",
            large,
            large.file.swap(str(2**63 - 1), number),
            ("S4.3-JSON", large.file.find(str(2**63 - 1))),
        )
    at = file.find("[0,4]")
    for name, new, index in [
        ("one", "[4]", 2),
        ("none", "[]", 1),
        ("three", "[0,4,8]", 5),
        ("point", "[0,4.0]", 3),
        ("exponent", "[0,4e0]", 3),
        ("negative", "[-4,0]", 1),
        ("negative-zero", "[-0,4]", 1),
        ("text", '["0",4]', 1),
        ("null", "[0,null]", 3),
        ("array", "[[0],4]", 1),
    ]:
        section.broken(
            "S4.3",
            f"range-{name}",
            "A range that is not two whole numbers.",
            one,
            file.swap("[0,4]", new),
            ("S4.3-JSON", at + index),
        )
    for name, number in [("2-64", 2**64), ("2-65", 2**65)]:
        section.broken(
            "S4.3",
            f"range-{name}",
            "An end of 2^64 or more.",
            large,
            [change(0, u64(large.file.header_end - 8 + 19)), *_insert(large.file, "[0,0]", f"[0,{number}]")],
            ("S4.3-JSON", large.file.find("[0,0]") + 3),
        )
    for name, new in [("number", "4"), ("text", '"0,4"'), ("null", "null"), ("object", "{}")]:
        section.broken(
            "S4.3", f"range-is-{name}", "A range that is no array.", one, file.swap("[0,4]", new), ("S4.3-JSON", at)
        )
    most = section.valid(
        "S4.3", "dims-64", "A tensor of 64 dimensions.", checkpoint(header(entry("a", "U8", [1] * 64, 0, 1)), values(1))
    )
    last = most.file.find("1]") + 1
    section.broken(
        "S4.3", "dims-65", "A tensor of 65 dimensions.", most, most.file.swap("1]", "1,1]"), ("S4.3-LIMIT", last + 1)
    )
    lowered = section.valid(
        "S4.3", "lowered", "As many dimensions as a lowered limit allows.", file, limits={"dimensionCount": 1}
    )
    section.broken(
        "S4.3",
        "lowered-over",
        "More dimensions than a lowered limit allows.",
        lowered,
        file.swap("[1]", "[1,1]"),
        ("S4.3-LIMIT", file.find("[1]") + 3),
    )

    zero = section.valid(
        "S5.5",
        "behind-a-zero",
        "Large dimensions beside a zero.",
        checkpoint(header(entry("a", "U8", [0, 2**32, 2**30], 0, 0))),
    )
    shape = zero.file.find("[0,")
    section.broken(
        "S5.5",
        "zero-hides-nothing",
        "The product of the dimensions other than zero is 2^63.",
        zero,
        zero.file.swap(str(2**30), str(2**31)),
        ("S5.5-OVERFLOW", shape),
    )
    section.broken(
        "S5.5",
        "elements",
        "2^62 elements of 8 bits are 2^65 bits.",
        zero,
        zero.file.swap("[0,", "[1,"),
        ("S5.5-OVERFLOW", shape),
    )
    wide = section.valid(
        "S5.5", "wide", "A tensor without elements.", checkpoint(header(entry("a", "U8", [0], 0, 0)), room=30)
    )
    for name, dims in [("bits", [2**60]), ("wraps", [2**32, 2**32]), ("wraps-small", [2**33, 2**31 + 1])]:
        grown = ",".join(map(str, dims))
        edits = _insert(wide.file, "[0]", f"[{grown}]") + [change(0, u64(wide.file.header_end - 8 + len(grown) - 1))]
        section.broken(
            "S5.5", name, f"The bits of {dims} are 2^63 or more.", wide, edits, ("S5.5-OVERFLOW", wide.file.find("[0]"))
        )

    at = file.find("[0,4]")
    for name, old, new in [
        ("shape-more", "[1]", "[2]"),
        ("dtype-smaller", '"F32"', '"F16"'),
        ("dtype-larger", '"F32"', '"F64"'),
        ("shape-zero", "[1]", "[0]"),
    ]:
        section.broken(
            "S5.6",
            name,
            "A shape and a dtype that take other bytes than the range.",
            one,
            file.swap(old, new),
            ("S5.6-SIZE", at),
        )
    fours = section.valid(
        "S5.6", "f4-pair", "Two F4 are a byte.", checkpoint(header(entry("a", "F4", [2], 0, 1)), values(1))
    )
    for name, dims in [("f4-one", "[1]"), ("f4-three", "[3]")]:
        section.broken(
            "S5.6",
            name,
            "F4 that are no whole bytes.",
            fours,
            fours.file.swap("[2]", dims),
            ("S5.6-SIZE", fours.file.find("[0,1]")),
        )
    sixes = section.valid(
        "S5.6", "f6-four", "Four F6 are three bytes.", checkpoint(header(entry("a", "F6_E2M3", [4], 0, 3)), values(3))
    )
    section.broken(
        "S5.6",
        "f6-five",
        "F6 that are no whole bytes.",
        sixes,
        sixes.file.swap("[4]", "[5]"),
        ("S5.6-SIZE", sixes.file.find("[0,3]")),
    )
    back = section.valid(
        "S5.6",
        "backwards-neighbour",
        "A tensor of a byte, then one without bytes.",
        checkpoint(header(entry("a", "U8", [1], 0, 1), entry("b", "U8", [0], 1, 1)), values(1)),
    )
    section.broken(
        "S5.6",
        "backwards",
        "A range that ends before it begins.",
        back,
        back.file.swap("[1,1]", "[1,0]"),
        ("S5.6-SIZE", back.file.find("[1,1]")),
    )


def _insert(file, old, new):
    """An edit that lengthens the header."""
    at = file.find(old)
    return [cut(at, len(old)), insert(at + len(old), new.encode())]
