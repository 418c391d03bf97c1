"""Clauses S1 and S2: the frame of a safetensors file, and its JSON."""

from container import u64
from corpus import change, cut, insert
from safetensors import checkpoint, entry, header, values

A = entry("a", "F32", [1], 0, 4)


def add(section):
    one = section.valid("S1.1", "one-tensor", "A tensor of one element.", checkpoint(header(A), values(4)))
    frame(section, one)
    syntax(section, one)
    depth(section, one)


def frame(section, one):
    empty = section.valid("S1.1", "empty", "A header without a tensor.", checkpoint("{}", room=0))
    section.valid("S2.1", "spaces", "Spaces after the header.", checkpoint("{}"))
    section.broken(
        "S1.1",
        "length-one-more",
        "The header is one byte longer than the file.",
        empty,
        change(0, b"\3"),
        ("S1.1-TRUNCATED", 0),
    )
    section.broken(
        "S1.1", "header-cut", "The last byte of the header is missing.", empty, cut(9), ("S1.1-TRUNCATED", 0)
    )
    for name, length in [
        ("100-million", 10**8),
        ("over-limit", 10**8 + 1),
        ("2-32", 2**32),
        ("2-63", 2**63),
        ("2-64", 2**64 - 256),
    ]:
        section.broken(
            "S1.1",
            f"length-{name}",
            f"A header of {length} bytes, which the file does not have.",
            one,
            change(0, u64(length)),
            ("S1.1-TRUNCATED", 0),
        )
    section.broken(
        "S1.3",
        "length-without-zero",
        "A length without a zero byte: the file is of no known kind.",
        one,
        change(0, b"\xff" * 8),
        ("C2-MAGIC", 0),
    )
    for length in [1, 4, 7, 8]:
        section.broken(
            "S1.3",
            f"cut-{length}",
            f"The first {length} bytes: a file of no known kind.",
            empty,
            cut(length, 10 - length),
            ("C2-MAGIC", 0),
        )
    section.broken(
        "S1.3", "array", "A header that is an array: of no known kind.", empty, change(8, b"[]"), ("C2-MAGIC", 0)
    )
    section.broken(
        "S1.3",
        "space-first",
        "A space before the header: of no known kind.",
        empty,
        [change(0, b"\3"), insert(8, b" ")],
        ("C2-MAGIC", 0),
    )
    section.broken(
        "S1.3",
        "byte-order-mark",
        "A byte order mark before the header: of no known kind.",
        empty,
        [change(0, b"\5"), insert(8, b"\xef\xbb\xbf")],
        ("C2-MAGIC", 0),
    )
    section.broken("S2.2", "one-brace", "A header of one brace.", empty, [change(0, b"\1"), cut(9)], ("S2.2-JSON", 9))
    lowered = section.valid(
        "S1.2",
        "lowered",
        "A header as long as a lowered limit.",
        one.file,
        limits={"headerByteCount": one.file.header_end - 8},
    )
    section.broken(
        "S1.2",
        "lowered-over",
        "A header longer than a lowered limit.",
        lowered,
        [],
        ("S1.2-LIMIT", 0),
        limits={"headerByteCount": one.file.header_end - 9},
    )
    end = one.file.header_end
    for name, byte in [
        ("newline", b"\n"),
        ("tab", b"\t"),
        ("nul", b"\0"),
        ("brace", b"}"),
        ("letter", b"x"),
        ("comma", b","),
    ]:
        section.broken(
            "S2.1",
            f"end-{name}",
            "More than spaces after the header.",
            one,
            change(end - 1, byte),
            ("S2.1-JSON", end - 1),
        )
    section.broken(
        "S2.1", "two-objects", "A second object after the header.", one, change(end - 2, b"{}"), ("S2.1-JSON", end - 2)
    )


def syntax(section, one):
    words = '"__metadata__":{"format":"pt","more":"abcdef"}'
    base = section.valid("S2.2", "words", "Texts and a tensor.", checkpoint(header(words, A), values(4)))

    def broken(name, about, old, new, offset, rule="S2.2-JSON", near=base, nth=0):
        """The offset counts from where the old text stands."""
        file = near.file
        section.broken("S2.2", name, about, near, file.swap(old, new, nth), (rule, file.find(old, nth) + offset))

    for name, sequence, index in [
        ("latin-1", b"ab\xe9def", 2),
        ("overlong", b"ab\xc0\x80ef", 2),
        ("surrogate", b"a\xed\xa0\x80ef", 1),
        ("too-high", b"\xf4\x90\x80\x80ef", 0),
        ("cut", b"abcde\xc3", 5),
        ("lone", b"\x80bcdef", 0),
        ("lead-ff", b"abcde\xff", 5),
        ("overlong-3", b"\xe0\x80\x80def", 0),
        ("overlong-4", b"\xf0\x80\x80\x80ef", 0),
        ("broken-3", b"ab\xe2\x82ef", 2),
    ]:
        broken(f"text-{name}", "A text that is not UTF-8.", "abcdef", sequence, index, "S2.2-UTF8")
    broken("name-latin-1", "A name that is not UTF-8.", '"a"', b'"\xe9"', 1, "S2.2-UTF8", one)
    broken("field-utf-8", "The name of a field that is not UTF-8.", "shape", b"shap\xff", 4, "S2.2-UTF8", one)
    broken("utf-8-outside", "UTF-8 outside of a string.", '"shape"', 'é"shape"', 0, near=one)
    for name, new, index, about in [
        ("nul", b"ab\0def", 2, "NUL in a text"),
        ("newline", b"ab\ndef", 2, "A line end in a text"),
        ("tab", b"\tbcdef", 0, "A tab in a text"),
        ("unit-separator", b"abcde\x1f", 5, "The last control character in a text"),
        ("escape-x", rb"ab\x41", 3, "An escape that JSON lacks"),
        ("escape-quote", rb"ab\'ef", 3, "An escaped apostrophe"),
        ("escape-zero", rb"ab\0ef", 3, "The escape of C for NUL"),
        ("escape-capital", rb"\U0041", 1, "A capital U in an escape"),
        ("hexadecimal", rb"\u00G1", 4, "A digit that is none"),
        ("lone-high", rb"\ud800", 0, "A lone high surrogate"),
        ("lone-highest", rb"\uDBFF", 0, "The highest of them"),
        ("lone-low", rb"\udc00", 0, "A lone low surrogate"),
        ("high-twice", rb"\ud800\ud800", 0, "A high surrogate before another"),
        ("high-then-letter", rb"\ud800a", 0, "A high surrogate before a letter"),
        ("high-then-escape", rb"\ud800\n", 0, "A high surrogate before another escape"),
        ("pair-swapped", rb"\udc00\ud800", 0, "A surrogate pair the wrong way round"),
    ]:
        broken(f"text-{name}", f"{about}.", "abcdef", new, index)
    broken("escape-short", "An escape of three digits.", "abcdef", rb"abc\u004", 8)
    section.valid(
        "S2.2",
        "escapes",
        "Every escape, and a surrogate pair.",
        checkpoint(header(r'"__metadata__":{"a":"\"\\\/\b\f\n\r\t\u0000\u00e9\uD83D\uDe80"}', A), values(4)),
    )
    section.valid(
        "S2.2",
        "whitespace",
        "White space between the tokens.",
        checkpoint('{ "a"\t:\n{"dtype" :"F32","shape":[ 1\r],"data_offsets":[0 ,4]} }', values(4)),
    )
    section.valid(
        "S2.2",
        "utf-8",
        "Names and texts of one to four bytes a character.",
        checkpoint(header('"__metadata__":{"é":"€"}', entry("\U0001f680", "U8", [1], 0, 1)), values(1)),
    )

    for name, old, new, index, about in [
        ("comma-last", "[0,4]", "[0,4,]", 5, "A comma after the last element"),
        ("comma-of-object", "4]}", "4],}", 3, "A comma after the last member"),
        ("comma-first", "[0,4]", "[,0,4]", 1, "A comma before the first element"),
        ("comma-twice", "[0,4]", "[0,,4]", 3, "Two commas"),
        ("comma-missing", '"F32",', '"F32" ', 6, "A missing comma"),
        ("colon-missing", '"shape":', '"shape" ', 8, "A missing colon"),
        ("equals", '"shape":', '"shape"=', 7, "An equals sign for a colon"),
        ("apostrophes", '"dtype"', "'dtype'", 0, "Apostrophes for quotes"),
        ("no-quotes", '"dtype"', "dtype", 0, "A name without quotes"),
        ("leading-zero", "[0,4]", "[0,04]", 4, "A leading zero"),
        ("zeros", "[0,4]", "[00,4]", 2, "Two zeros"),
        ("plus", "[0,4]", "[0,+4]", 3, "A plus sign"),
        ("point-first", "[0,4]", "[.0,4]", 1, "A number that begins with a point"),
        ("point-last", "[0,4]", "[0.,4]", 3, "A number that ends with a point"),
        ("exponent", "[0,4]", "[0,4e]", 5, "An exponent without digits"),
        ("minus", "[0,4]", "[-,4]", 2, "A minus sign alone"),
        ("hexadecimal-number", "[0,4]", "[0,0x4]", 4, "A hexadecimal number"),
        ("nan", "[1]", "[NaN]", 1, "NaN"),
        ("infinity", "[1]", "[Infinity]", 1, "Infinity"),
        ("true-capital", "[1]", "[True]", 1, "A capital literal"),
        ("null-cut", "[1]", "[nul]", 4, "A literal that is cut"),
        ("comment", "[1]", "[/**/1]", 1, "A comment"),
        ("bracket-for-brace", "4]}", "4]]", 2, "A bracket for a brace"),
        ("brace-for-bracket", "[1]", "[1}", 2, "A brace for a bracket"),
        ("mark-inside", '{"dtype"', '{\ufeff"dtype"', 1, "A byte order mark inside"),
        ("nul-outside", '"dtype":', '"dtype":\0', 8, "NUL outside of a string"),
        ("underscore", "[0,4]", "[0,4_0]", 4, "An underscore in a number"),
        ("vertical-tab", "[0,4]", "[0,\v4]", 3, "A vertical tab"),
    ]:
        broken(name, f"{about}.", old, new, index, near=one)
    end = one.file.header_end
    broken("no-end", "The header's brace is missing.", "}} ", "}  ", end - one.file.find("}} "), near=one)
    at = one.file.find('"a"') + 2
    section.broken("S2.2", "string-no-end", "A string that does not end.", one, change(at, b"a"), ("S2.2-JSON", at + 4))


def depth(section, one):
    lowered = section.valid(
        "S2.3", "lowered", "As many levels as a lowered limit allows.", one.file, limits={"nesting": 3}
    )
    section.broken(
        "S2.3",
        "nesting",
        "More levels than a lowered limit allows.",
        lowered,
        [],
        ("S2.3-NESTING", one.file.find("[")),
        limits={"nesting": 2},
    )
    place = one.file.header_end - 12 - 2
    for levels in [7, 64, 1000]:
        text = b',"x":' + b"[" * levels + b"]" * levels
        length = len(text) + one.file.header_end - 8
        section.broken(
            "S2.3",
            f"nesting-{levels}",
            f"{levels} brackets in a field that is passed over.",
            one,
            [change(0, u64(length)), insert(place, text)],
            ("S4.1-FIELD", place + 1),
            ("S2.3-NESTING", place + 5 + 6),
        )
    lowered = section.valid(
        "S2.3", "lowered-text", "Texts as long as a lowered limit.", one.file, limits={"textByteCount": 12}
    )
    section.broken(
        "S2.3",
        "text",
        "A text longer than a lowered limit.",
        lowered,
        [],
        ("S2.3-LIMIT", one.file.find('"data_offsets"')),
        limits={"textByteCount": 11},
    )
    section.broken(
        "S2.3",
        "number",
        "A number longer than a lowered limit.",
        lowered,
        one.file.swap("[1]", "[1000000000000]"),
        ("S2.3-LIMIT", one.file.find("[1]") + 1),
    )
