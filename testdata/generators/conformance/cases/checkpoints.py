"""Clauses S1 to S6: safetensors files."""

from container import u64
from corpus import change, cut, insert
from safetensors import DTYPES, checkpoint, entry, header, values

A = entry("a", "F32", [1], 0, 4)
B = entry("b", "F32", [1], 4, 8)


def add(section):
    one = section.valid("S1.1", "one-tensor", "A tensor of one element.", checkpoint(header(A), values(4)))
    frame(section, one)
    syntax(section, one)
    depth(section, one)
    names(section, one)
    entries(section, one)
    shapes(section, one)
    element_types(section)
    coverage(section)


def frame(section, one):
    empty = section.valid("S1.1", "empty", "A header without a tensor.", checkpoint("{}", room=0))
    section.valid("S2.1", "spaces", "Spaces after the header.", checkpoint("{}"))
    section.broken("S1.1", "length-one-more", "The header is one byte longer than the file.", empty, change(0, b"\3"), ("S1.1-TRUNCATED", 0))
    section.broken("S1.1", "header-cut", "The last byte of the header is missing.", empty, cut(9), ("S1.1-TRUNCATED", 0))
    for name, length in [("100-million", 10**8), ("over-limit", 10**8 + 1), ("2-32", 2**32), ("2-63", 2**63), ("2-64", 2**64 - 256)]:
        section.broken(
            "S1.1", f"length-{name}", f"A header of {length} bytes, which the file does not have.", one,
            change(0, u64(length)), ("S1.1-TRUNCATED", 0),
        )  # fmt: skip
    section.broken(
        "S1.3", "length-without-zero", "A length without a zero byte: the file is of no known kind.", one,
        change(0, b"\xff" * 8), ("C2-MAGIC", 0),
    )  # fmt: skip
    for length in [1, 4, 7, 8]:
        section.broken(
            "S1.3", f"cut-{length}", f"The first {length} bytes: a file of no known kind.", empty,
            cut(length, 10 - length), ("C2-MAGIC", 0),
        )  # fmt: skip
    section.broken("S1.3", "array", "A header that is an array: of no known kind.", empty, change(8, b"[]"), ("C2-MAGIC", 0))
    section.broken("S1.3", "space-first", "A space before the header: of no known kind.", empty, [change(0, b"\3"), insert(8, b" ")], ("C2-MAGIC", 0))
    section.broken(
        "S1.3", "byte-order-mark", "A byte order mark before the header: of no known kind.", empty,
        [change(0, b"\5"), insert(8, b"\xef\xbb\xbf")], ("C2-MAGIC", 0),
    )  # fmt: skip
    section.broken("S2.2", "one-brace", "A header of one brace.", empty, [change(0, b"\1"), cut(9)], ("S2.2-JSON", 9))
    lowered = section.valid("S1.2", "lowered", "A header as long as a lowered limit.", one.file, limits={"headerByteCount": one.file.header_end - 8})
    section.broken(
        "S1.2", "lowered-over", "A header longer than a lowered limit.", lowered, [], ("S1.2-LIMIT", 0),
        limits={"headerByteCount": one.file.header_end - 9},
    )  # fmt: skip
    end = one.file.header_end
    for name, byte in [("newline", b"\n"), ("tab", b"\t"), ("nul", b"\0"), ("brace", b"}"), ("letter", b"x"), ("comma", b",")]:
        section.broken("S2.1", f"end-{name}", "More than spaces after the header.", one, change(end - 1, byte), ("S2.1-JSON", end - 1))
    section.broken("S2.1", "two-objects", "A second object after the header.", one, change(end - 2, b"{}"), ("S2.1-JSON", end - 2))


def syntax(section, one):
    words = '"__metadata__":{"format":"pt","more":"abcdef"}'
    base = section.valid("S2.2", "words", "Texts and a tensor.", checkpoint(header(words, A), values(4)))

    def broken(name, about, old, new, offset, rule="S2.2-JSON", near=base, nth=0):
        """The offset counts from where the old text stands."""
        file = near.file
        section.broken("S2.2", name, about, near, file.swap(old, new, nth), (rule, file.find(old, nth) + offset))

    for name, sequence, index in [
        ("latin-1", b"ab\xe9def", 2), ("overlong", b"ab\xc0\x80ef", 2), ("surrogate", b"a\xed\xa0\x80ef", 1),
        ("too-high", b"\xf4\x90\x80\x80ef", 0), ("cut", b"abcde\xc3", 5), ("lone", b"\x80bcdef", 0), ("lead-ff", b"abcde\xff", 5),
        ("overlong-3", b"\xe0\x80\x80def", 0), ("overlong-4", b"\xf0\x80\x80\x80ef", 0), ("broken-3", b"ab\xe2\x82ef", 2),
    ]:  # fmt: skip
        broken(f"text-{name}", "A text that is not UTF-8.", "abcdef", sequence, index, "S2.2-UTF8")
    broken("name-latin-1", "A name that is not UTF-8.", '"a"', b'"\xe9"', 1, "S2.2-UTF8", one)
    broken("field-utf-8", "The name of a field that is not UTF-8.", "shape", b"shap\xff", 4, "S2.2-UTF8", one)
    broken("utf-8-outside", "UTF-8 outside of a string.", '"shape"', 'é"shape"', 0, near=one)
    for name, new, index, about in [
        ("nul", b"ab\0def", 2, "NUL in a text"), ("newline", b"ab\ndef", 2, "A line end in a text"), ("tab", b"\tbcdef", 0, "A tab in a text"),
        ("unit-separator", b"abcde\x1f", 5, "The last control character in a text"),
        ("escape-x", rb"ab\x41", 3, "An escape that JSON lacks"), ("escape-quote", rb"ab\'ef", 3, "An escaped apostrophe"),
        ("escape-zero", rb"ab\0ef", 3, "The escape of C for NUL"), ("escape-capital", rb"\U0041", 1, "A capital U in an escape"),
        ("hexadecimal", rb"\u00G1", 4, "A digit that is none"), ("lone-high", rb"\ud800", 0, "A lone high surrogate"),
        ("lone-highest", rb"\uDBFF", 0, "The highest of them"), ("lone-low", rb"\udc00", 0, "A lone low surrogate"),
        ("high-twice", rb"\ud800\ud800", 0, "A high surrogate before another"), ("high-then-letter", rb"\ud800a", 0, "A high surrogate before a letter"),
        ("high-then-escape", rb"\ud800\n", 0, "A high surrogate before another escape"), ("pair-swapped", rb"\udc00\ud800", 0, "A surrogate pair the wrong way round"),
    ]:  # fmt: skip
        broken(f"text-{name}", f"{about}.", "abcdef", new, index)
    broken("escape-short", "An escape of three digits.", "abcdef", rb"abc\u004", 8)
    section.valid("S2.2", "escapes", "Every escape, and a surrogate pair.", checkpoint(
        header(r'"__metadata__":{"a":"\"\\\/\b\f\n\r\t\u0000\u00e9\uD83D\uDe80"}', A), values(4)))  # fmt: skip
    section.valid("S2.2", "whitespace", "White space between the tokens.", checkpoint(
        '{ "a"\t:\n{"dtype" :"F32","shape":[ 1\r],"data_offsets":[0 ,4]} }', values(4)))  # fmt: skip
    section.valid("S2.2", "utf-8", "Names and texts of one to four bytes a character.", checkpoint(
        header('"__metadata__":{"é":"€"}', entry("\U0001f680", "U8", [1], 0, 1)), values(1)))  # fmt: skip

    for name, old, new, index, about in [
        ("comma-last", "[0,4]", "[0,4,]", 5, "A comma after the last element"), ("comma-of-object", "4]}", "4],}", 3, "A comma after the last member"),
        ("comma-first", "[0,4]", "[,0,4]", 1, "A comma before the first element"), ("comma-twice", "[0,4]", "[0,,4]", 3, "Two commas"),
        ("comma-missing", '"F32",', '"F32" ', 6, "A missing comma"), ("colon-missing", '"shape":', '"shape" ', 8, "A missing colon"),
        ("equals", '"shape":', '"shape"=', 7, "An equals sign for a colon"), ("apostrophes", '"dtype"', "'dtype'", 0, "Apostrophes for quotes"),
        ("no-quotes", '"dtype"', "dtype", 0, "A name without quotes"), ("leading-zero", "[0,4]", "[0,04]", 4, "A leading zero"),
        ("zeros", "[0,4]", "[00,4]", 2, "Two zeros"), ("plus", "[0,4]", "[0,+4]", 3, "A plus sign"), ("point-first", "[0,4]", "[.0,4]", 1, "A number that begins with a point"),
        ("point-last", "[0,4]", "[0.,4]", 3, "A number that ends with a point"), ("exponent", "[0,4]", "[0,4e]", 5, "An exponent without digits"),
        ("minus", "[0,4]", "[-,4]", 2, "A minus sign alone"), ("hexadecimal-number", "[0,4]", "[0,0x4]", 4, "A hexadecimal number"),
        ("nan", "[1]", "[NaN]", 1, "NaN"), ("infinity", "[1]", "[Infinity]", 1, "Infinity"), ("true-capital", "[1]", "[True]", 1, "A capital literal"),
        ("null-cut", "[1]", "[nul]", 4, "A literal that is cut"), ("comment", "[1]", "[/**/1]", 1, "A comment"),
        ("bracket-for-brace", "4]}", "4]]", 2, "A bracket for a brace"), ("brace-for-bracket", "[1]", "[1}", 2, "A brace for a bracket"),
        ("mark-inside", '{"dtype"', '{\ufeff"dtype"', 1, "A byte order mark inside"), ("nul-outside", '"dtype":', '"dtype":\0', 8, "NUL outside of a string"),
        ("underscore", "[0,4]", "[0,4_0]", 4, "An underscore in a number"), ("vertical-tab", "[0,4]", "[0,\v4]", 3, "A vertical tab"),
    ]:  # fmt: skip
        broken(name, f"{about}.", old, new, index, near=one)
    end = one.file.header_end
    broken("no-end", "The header's brace is missing.", "}} ", "}  ", end - one.file.find("}} "), near=one)
    at = one.file.find('"a"') + 2
    section.broken("S2.2", "string-no-end", "A string that does not end.", one, change(at, b"a"), ("S2.2-JSON", at + 4))


def depth(section, one):
    lowered = section.valid("S2.3", "lowered", "As many levels as a lowered limit allows.", one.file, limits={"nesting": 3})
    section.broken(
        "S2.3", "nesting", "More levels than a lowered limit allows.", lowered, [], ("S2.3-NESTING", one.file.find("[")), limits={"nesting": 2}
    )
    place = one.file.header_end - 12 - 2
    for levels in [7, 64, 1000]:
        text = b',"x":' + b"[" * levels + b"]" * levels
        length = len(text) + one.file.header_end - 8
        section.broken(
            "S2.3", f"nesting-{levels}", f"{levels} brackets in a field that is passed over.", one,
            [change(0, u64(length)), insert(place, text)], ("S4.1-FIELD", place + 1), ("S2.3-NESTING", place + 5 + 6),
        )  # fmt: skip
    lowered = section.valid("S2.3", "lowered-text", "Texts as long as a lowered limit.", one.file, limits={"textByteCount": 12})
    section.broken(
        "S2.3", "text", "A text longer than a lowered limit.", lowered, [], ("S2.3-LIMIT", one.file.find('"data_offsets"')),
        limits={"textByteCount": 11},
    )  # fmt: skip
    section.broken(
        "S2.3", "number", "A number longer than a lowered limit.", lowered, one.file.swap("[1]", "[1000000000000]"),
        ("S2.3-LIMIT", one.file.find("[1]") + 1),
    )  # fmt: skip


def names(section, one):
    section.valid("S3.1", "two-tensors", "Two tensors.", checkpoint(header(A, B), values(8)))
    none = section.valid("S3.1", "lowered", "As many tensors as a lowered limit allows.", checkpoint(
        header(A, entry("b", "F32", [0], 4, 4)), values(4)), limits={"tensorCount": 2})  # fmt: skip
    section.broken("S3.1", "lowered-over", "A tensor more than a lowered limit.", none, [], ("S3.1-LIMIT", none.file.find('"b"')), limits={"tensorCount": 1})
    empties = section.valid("S3.2", "neighbour", "Two tensors, the second without bytes.", none.file)
    at = empties.file.find('"b"')
    section.broken("S3.2", "twice", "A name that occurs twice.", empties, change(at + 1, b"a"), ("S3.2-DUPLICATE", at))
    section.broken("S3.2", "twice-escaped", "A name that occurs twice, once escaped.", empties, empties.file.swap('"b"', r'"\u0061"'), ("S3.2-DUPLICATE", at))
    section.valid("S3.2", "not-normal", "é in one character and in two.", checkpoint(
        header(entry("é", "U8", [1], 0, 1), entry("e\u0301", "U8", [1], 1, 2)), values(2)))  # fmt: skip
    section.valid("S3.2", "case", "Names that differ in case.", checkpoint(header(A, B.replace('"b"', '"A"')), values(8)))
    section.valid("S3.1", "empty-name", "A name without a byte.", checkpoint(header(entry("", "U8", [1], 0, 1)), values(1)))
    section.valid("S3.1", "long-name", "A name of 300 bytes.", checkpoint(header(entry("n" * 300, "U8", [1], 0, 1)), values(1)))
    section.valid("S6.3", "order", "The second tensor of the header comes first.", checkpoint(
        header(entry("a", "F32", [1], 4, 8), entry("b", "F32", [1], 0, 4)), values(8)))  # fmt: skip

    for first, value in [("dtype", '"F32"'), ("shape", "[1]"), ("data_offsets", "[0,4]")]:
        place = one.file.find("}}")
        text = f',"{first}":{value}'.encode()
        section.broken(
            "S3.2", f"field-{first}", f"The field {first} occurs twice.", one,
            [insert(place, text), change(0, u64(one.file.header_end - 8 + len(text)))], ("S3.2-DUPLICATE", place + 1),
        )  # fmt: skip
    words = section.valid("S3.3", "words", "Two texts.", checkpoint(header('"__metadata__":{"a":"x","b":"y"}')))
    file = words.file
    at = file.find('"b"')
    section.broken("S3.2", "word-twice", "A key of the texts occurs twice.", words, change(at + 1, b"a"), ("S3.2-DUPLICATE", at))
    both = section.valid("S3.3", "two-words", "Texts, and a tensor of a name like theirs.", checkpoint(
        header('"__metadata__":{}', entry("__metadata_-", "U8", [0], 0, 0))))  # fmt: skip
    section.valid("S3.3", "no-words", "No texts.", checkpoint(header('"__metadata__":{}')))
    section.valid("S3.3", "words-last", "The texts stand after the tensors.", checkpoint(header(A, '"__metadata__":{"a":""}'), values(4)))
    section.broken(
        "S3.2", "words-twice", "The texts occur twice.", both, both.file.swap('"__metadata_-":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}', '"__metadata__":{}'),
        ("S3.2-DUPLICATE", both.file.find('"__metadata_-"')),
    )  # fmt: skip
    for name, new in [("number", "1"), ("null", "null"), ("true", "true"), ("array", "[]"), ("object", "{}"), ("nested", '{"a":"b"}')]:
        section.broken("S3.3", f"word-{name}", "A value of the texts that is none.", words, file.swap('"y"', new), ("S3.3-JSON", file.find('"y"')))
    for name, new in [("array", "[]"), ("text", '""'), ("null", "null"), ("number", "12")]:
        base = section.valid("S3.3", f"words-{name}-neighbour", "No texts.", checkpoint(header('"__metadata__":{}')))
        section.broken("S3.3", f"words-{name}", "The texts are no object.", base, base.file.swap(":{}", ":" + new), ("S3.3-JSON", base.file.find(":{}") + 1))


def entries(section, one):
    file = one.file
    for i, field in enumerate(["dtype", "shape", "data_offsets"]):
        # The field gets another name, and so there is an unknown one, too.
        at = file.find(f'"{field}"')
        section.broken(
            "S4.1", f"renamed-{field}", f"The field {field} has another name.", one, change(at + 1, b"x"), ("S4.1-JSON", file.find("{", 1)), ("S4.1-FIELD", at)
        )
        value = ['"dtype":"F32",', '"shape":[1],', ',"data_offsets":[0,4]'][i]
        section.broken("S4.1", f"without-{field}", f"The field {field} is missing.", one, file.swap(value, ""), ("S4.1-JSON", file.find("{", 1)))
    none = section.valid("S4.1", "neighbour", "A tensor of one byte.", checkpoint(header(entry("a", "U8", [1], 0, 1)), values(1)))
    at = none.file.find('{"dtype"')
    for name, value in [("number", "1"), ("text", '"x"'), ("array", "[]"), ("null", "null"), ("empty", "{}")]:
        edits = none.file.swap('{"dtype":"U8","shape":[1],"data_offsets":[0,1]}', value)
        section.broken("S4.1", f"entry-{name}", "An entry that is no object with the three fields.", none, edits, ("S4.1-JSON", at))
    fields = ['"dtype":"F32"', '"shape":[1]', '"data_offsets":[0,4]']
    for name, order in [("reversed", (2, 1, 0)), ("shape-first", (1, 0, 2)), ("range-first", (2, 0, 1))]:
        text = '{"a":{' + ",".join(fields[i] for i in order) + "}}"
        section.valid("S4.1", f"order-{name}", "The fields in another order.", checkpoint(text, values(4)))
    place = file.find("}}")
    for name, text in [("number", ',"x":1'), ("empty", ',"":{}'), ("null", ',"n":null')]:
        section.broken(
            "S4.1", f"field-{name}", "A field that is unknown.", one, [insert(place, text.encode()), cut(file.header_end - len(text), len(text))],
            ("S4.1-FIELD", place + 1),
        )  # fmt: skip
    lots = r',"x":[[[{"y":[]}]],true,-1.5e+3,"\u0000"]'
    section.broken(
        "S4.1", "field-nested", "An unknown field with all kinds of values is passed over.", one,
        [insert(place, lots.encode()), change(0, u64(file.header_end - 8 + len(lots)))], ("S4.1-FIELD", place + 1),
    )  # fmt: skip
    at = file.find('"F32"')
    for name, new in [("lower-case", '"f32"'), ("unknown", '"F33"'), ("space", '"F32 "'), ("empty", '""'), ("cut", '"F3"'), ("number", "32"), ("null", "null"),
                      ("torch", '"float32"'), ("array", '["F32"]'), ("object", "{}"), ("nul", r'"F32\u0000"')]:  # fmt: skip
        section.broken("S4.2", name, "A dtype that is not in the table.", one, file.swap('"F32"', new), ("S4.2-DTYPE", at))
    section.valid("S4.2", "escaped", "A dtype with an escape.", checkpoint(header(A.replace("F32", r"F\u00332")), values(4)))


def shapes(section, one):
    file = one.file
    at = file.find("[1]")
    for name, new, index in [
        ("point", "[1.0]", 1), ("exponent", "[1e0]", 1), ("negative", "[-1]", 1), ("negative-zero", "[-0]", 1), ("text", '["1"]', 1), ("null", "[null]", 1),
        ("true", "[true]", 1), ("array", "[[1]]", 1), ("object", "[{}]", 1), ("second", "[1,1.0]", 3), ("exponent-capital", "[1E+0]", 1),
    ]:  # fmt: skip
        section.broken("S4.3", f"shape-{name}", "A dimension that is no whole number in digits.", one, file.swap("[1]", new), ("S4.3-JSON", at + index))
    for name, new in [("number", "1"), ("text", '"1"'), ("null", "null"), ("object", "{}"), ("true", "true")]:
        section.broken("S4.3", f"shape-is-{name}", "A shape that is no array.", one, file.swap("[1]", new), ("S4.3-JSON", at))
    large = section.valid("S4.3", "largest", "A dimension of 2^63 − 1 beside a zero.", checkpoint(
        header(entry("a", "U8", [0, 2**63 - 1], 0, 0))))  # fmt: skip
    for name, number in [("2-63", str(2**63)), ("2-64", str(2**64)), ("2-64-less", str(2**64 - 1)), ("long", "9" * 24)]:
        section.broken(
            "S4.3", f"dimension-{name}", f"A dimension of {number}.", large, large.file.swap(str(2**63 - 1), number),
            ("S4.3-JSON", large.file.find(str(2**63 - 1))),
        )  # fmt: skip
    at = file.find("[0,4]")
    for name, new, index in [
        ("one", "[4]", 2), ("none", "[]", 1), ("three", "[0,4,8]", 5), ("point", "[0,4.0]", 3), ("exponent", "[0,4e0]", 3), ("negative", "[-4,0]", 1),
        ("negative-zero", "[-0,4]", 1), ("text", '["0",4]', 1), ("null", "[0,null]", 3), ("array", "[[0],4]", 1),
    ]:  # fmt: skip
        section.broken("S4.3", f"range-{name}", "A range that is not two whole numbers.", one, file.swap("[0,4]", new), ("S4.3-JSON", at + index))
    for name, number in [("2-64", 2**64), ("2-65", 2**65)]:
        section.broken(
            "S4.3", f"range-{name}", "An end of 2^64 or more.", large, [change(0, u64(large.file.header_end - 8 + 19)), *_insert(large.file, "[0,0]", f"[0,{number}]")],
            ("S4.3-JSON", large.file.find("[0,0]") + 3),
        )  # fmt: skip
    for name, new in [("number", "4"), ("text", '"0,4"'), ("null", "null"), ("object", "{}")]:
        section.broken("S4.3", f"range-is-{name}", "A range that is no array.", one, file.swap("[0,4]", new), ("S4.3-JSON", at))
    most = section.valid("S4.3", "dims-64", "A tensor of 64 dimensions.", checkpoint(header(entry("a", "U8", [1] * 64, 0, 1)), values(1)))
    last = most.file.find("1]") + 1
    section.broken("S4.3", "dims-65", "A tensor of 65 dimensions.", most, most.file.swap("1]", "1,1]"), ("S4.3-LIMIT", last + 1))
    lowered = section.valid("S4.3", "lowered", "As many dimensions as a lowered limit allows.", file, limits={"dimensionCount": 1})
    section.broken("S4.3", "lowered-over", "More dimensions than a lowered limit allows.", lowered, file.swap("[1]", "[1,1]"), ("S4.3-LIMIT", file.find("[1]") + 3))

    zero = section.valid("S5.5", "behind-a-zero", "Large dimensions beside a zero.", checkpoint(header(entry("a", "U8", [0, 2**32, 2**30], 0, 0))))
    shape = zero.file.find("[0,")
    section.broken("S5.5", "zero-hides-nothing", "The product of the dimensions other than zero is 2^63.", zero, zero.file.swap(str(2**30), str(2**31)), ("S5.5-OVERFLOW", shape))
    section.broken("S5.5", "elements", "2^62 elements of 8 bits are 2^65 bits.", zero, zero.file.swap("[0,", "[1,"), ("S5.5-OVERFLOW", shape))
    wide = section.valid("S5.5", "wide", "A tensor without elements.", checkpoint(header(entry("a", "U8", [0], 0, 0)), room=30))
    for name, dims in [("bits", [2**60]), ("wraps", [2**32, 2**32]), ("wraps-small", [2**33, 2**31 + 1])]:
        grown = ",".join(map(str, dims))
        edits = _insert(wide.file, "[0]", f"[{grown}]") + [change(0, u64(wide.file.header_end - 8 + len(grown) - 1))]
        section.broken("S5.5", name, f"The bits of {dims} are 2^63 or more.", wide, edits, ("S5.5-OVERFLOW", wide.file.find("[0]")))

    at = file.find("[0,4]")
    for name, old, new in [("shape-more", "[1]", "[2]"), ("dtype-smaller", '"F32"', '"F16"'), ("dtype-larger", '"F32"', '"F64"'), ("shape-zero", "[1]", "[0]")]:
        section.broken("S5.6", name, "A shape and a dtype that take other bytes than the range.", one, file.swap(old, new), ("S5.6-SIZE", at))
    fours = section.valid("S5.6", "f4-pair", "Two F4 are a byte.", checkpoint(header(entry("a", "F4", [2], 0, 1)), values(1)))
    for name, dims in [("f4-one", "[1]"), ("f4-three", "[3]")]:
        section.broken("S5.6", name, "F4 that are no whole bytes.", fours, fours.file.swap("[2]", dims), ("S5.6-SIZE", fours.file.find("[0,1]")))
    sixes = section.valid("S5.6", "f6-four", "Four F6 are three bytes.", checkpoint(header(entry("a", "F6_E2M3", [4], 0, 3)), values(3)))
    section.broken("S5.6", "f6-five", "F6 that are no whole bytes.", sixes, sixes.file.swap("[4]", "[5]"), ("S5.6-SIZE", sixes.file.find("[0,3]")))
    back = section.valid("S5.6", "backwards-neighbour", "A tensor of a byte, then one without bytes.", checkpoint(
        header(entry("a", "U8", [1], 0, 1), entry("b", "U8", [0], 1, 1)), values(1)))  # fmt: skip
    section.broken("S5.6", "backwards", "A range that ends before it begins.", back, back.file.swap("[1,1]", "[1,0]"), ("S5.6-SIZE", back.file.find("[1,1]")))


def _insert(file, old, new):
    """An edit that lengthens the header."""
    at = file.find(old)
    return [cut(at, len(old)), insert(at + len(old), new.encode())]


def element_types(section):
    for dtype, bits in DTYPES.items():
        count = 24 // bits if bits in (4, 6, 8) else 3
        if bits == 6:
            count = 4
        elif bits == 4:
            count = 6
        size = count * bits // 8
        file = checkpoint(header(entry("a", dtype, [count], 0, size), entry("none", dtype, [0, 2], size, size)), values(size))
        section.valid("S5.1", dtype.lower(), f"Values of {dtype}, and none.", file)
    section.valid("S5.1", "scalar", "A tensor without dimensions.", checkpoint(header(entry("a", "F32", [], 0, 4)), values(4)))
    flags = section.valid("S5.1", "flags", "Four booleans.", checkpoint(header(entry("a", "BOOL", [4], 0, 4)), values(4)))
    start = flags.file.header_end
    for byte, place in [(2, 0), (2, 3), (255, 1), (128, 2)]:
        section.broken("S5.1", f"flag-{byte}-{place}", "A boolean that is neither 0 nor 1.", flags, change(start + place, bytes([byte])), ("S5.1-VALUE", start + place))
    section.broken("S5.1", "flags-all", "Four wrong booleans: the first is reported.", flags, change(start, b"\4\3\2\xff"), ("S5.1-VALUE", start))
    patterns = {
        "F16": [b"\0\x7c", b"\0\xfc", b"\1\x7c", b"\xff\xff"], "BF16": [b"\x80\x7f", b"\x80\xff", b"\x81\x7f"],
        "F32": [b"\0\0\x80\x7f", b"\0\0\x80\xff", b"\1\0\x80\x7f", b"\0\0\xc0\x7f"], "F64": [b"\0" * 6 + b"\xf0\x7f", b"\0" * 6 + b"\xf0\xff", b"\xff" * 8],
        "F8_E4M3": [b"\x7f", b"\xff"], "F8_E5M2": [b"\x7c", b"\xfc", b"\x7d", b"\x7f"], "F8_E8M0": [b"\xff"], "F8_E4M3FNUZ": [b"\x80"],
        "F8_E5M2FNUZ": [b"\x80"], "C64": [b"\0\0\x80\x7f\0\0\0\0", b"\0\0\0\0\0\0\xc0\x7f"],
    }  # fmt: skip
    highest = {"F8_E4M3": b"\x7e", "F8_E5M2": b"\x7b", "F8_E8M0": b"\xfe", "F8_E4M3FNUZ": b"\x7f", "F8_E5M2FNUZ": b"\xff"}
    for dtype, values_ in patterns.items():
        size = DTYPES[dtype] // 8
        base = section.valid("S5.7", dtype.lower(), f"Three finite {dtype}.", checkpoint(header(entry("a", dtype, [3], 0, 3 * size)), values(3 * size)))
        start = base.file.header_end
        for i, value in enumerate(values_):
            section.broken("S5.7", f"{dtype.lower()}-{i}", f"A {dtype} that is NaN or infinite.", base, change(start + size, value), ("S5.7-NOT_FINITE", start + size))
        if dtype in highest:
            section.valid("S5.7", f"{dtype.lower()}-highest", f"The {dtype} next to NaN or infinity.", checkpoint(header(entry("a", dtype, [1], 0, 1)), highest[dtype]))
    two = section.valid("S5.7", "two-tensors", "Two tensors.", checkpoint(header(A, B), values(8)))
    start = two.file.header_end
    section.broken(
        "S5.7", "both", "A NaN in each of two tensors.", two, [change(start + 2, b"\xc0\x7f"), change(start + 6, b"\x80\xff")],
        ("S5.7-NOT_FINITE", start), ("S5.7-NOT_FINITE", start + 4),
    )  # fmt: skip


def coverage(section):
    two = section.valid("S6.1", "two-tensors", "Two tensors of four bytes.", checkpoint(
        header(entry("a", "U8", [4], 0, 4), entry("b", "U8", [4], 4, 8)), values(8)))  # fmt: skip
    file, start = two.file, two.file.header_end
    end = len(two.data)
    section.broken("S6.1", "byte-after", "A byte after the last tensor.", two, insert(end, b"\1"), ("S6.1-COVERAGE", end))
    section.broken("S6.1", "byte-missing", "The last byte is missing.", two, cut(end - 1), ("S6.1-TRUNCATED", end - 1))
    section.broken("S6.1", "tensor-missing", "The last tensor's bytes are missing.", two, cut(end - 4, 4), ("S6.1-TRUNCATED", end - 4))
    for name, old, new, offset, about in [
        ("overlap", "[4,8]", "[3,7]", [3, 7], "An overlap, and a byte at the end that is no tensor's"),
        ("overlap-whole", "[4,8]", "[0,4]", [0, 4], "Two tensors of one range"),
        ("hole-first", "[0,4]", "[1,5]", [0, 4], "A hole at the start, and an overlap"),
    ]:  # fmt: skip
        section.broken("S6.1", name, about + ".", two, file.swap(old, new), *[("S6.1-COVERAGE", start + at) for at in offset])
    holed = section.valid("S6.1", "neighbour", "Three tensors, the second of one byte.", checkpoint(
        header(*[entry(name, "U8", [end - begin], begin, end) for name, begin, end in [("a", 0, 3), ("b", 3, 4), ("c", 4, 6)]]), values(6)))  # fmt: skip
    begin = holed.file.header_end
    section.broken("S6.1", "hole", "A hole of one byte.", holed, [*holed.file.swap("[1]", "[0]"), *holed.file.swap("[3,4]", "[3,3]")], ("S6.1-COVERAGE", begin + 3))
    section.broken("S6.1", "hole-at-end", "A hole before the end.", holed, [*holed.file.swap("[2]", "[1]"), *holed.file.swap("[4,6]", "[4,5]")], ("S6.1-COVERAGE", begin + 5))
    section.broken("S6.1", "hole-at-start", "A hole at the start.", holed, [*holed.file.swap("[3]", "[2]"), *holed.file.swap("[0,3]", "[1,3]")], ("S6.1-COVERAGE", begin))
    section.broken("S6.1", "overlap-of-one", "An overlap of one byte.", holed, [*holed.file.swap("[3]", "[4]"), *holed.file.swap("[0,3]", "[0,4]")], ("S6.1-COVERAGE", begin + 3))
    none = section.valid("S6.1", "no-tensor", "A file without data.", checkpoint("{}"))
    section.broken("S6.1", "data-without-tensor", "Data, and no tensor.", none, insert(len(none.data), b"\1\2"), ("S6.1-COVERAGE", len(none.data)))
    for name, places in [("first", (0, 0)), ("between", (4, 4)), ("last", (8, 8))]:
        file = checkpoint(header(entry("a", "U8", [4], 0, 4), entry("b", "U8", [4], 4, 8), entry("none", "F64", [0], *places)), values(8))
        section.valid("S6.2", name, "A tensor without elements.", file)
    between = section.corpus.cases[-2]
    at = between.file.header_end + 3
    section.broken("S6.2", "within", "A tensor without elements within another's data.", between, between.file.swap("[4,4]", "[3,3]"), ("S6.1-COVERAGE", at))
    section.valid("S6.2", "alone", "Tensors without elements and nothing else.", checkpoint(
        header(entry("a", "F32", [0], 0, 0), entry("b", "F32", [2, 0], 0, 0))))  # fmt: skip
