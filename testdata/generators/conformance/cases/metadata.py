"""Clauses C6 to C11: keys and values."""

import struct

from container import (
    BOOL,
    F32,
    F64,
    FORMATS,
    I8,
    I16,
    I32,
    I64,
    STRING,
    TYPE_NAMES,
    U8,
    U16,
    U32,
    U64,
    Entry,
    Tensor,
    alignment,
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
    keys(section)
    alignments(section)
    values(section)
    texts(section)


def keys(section):
    word = section.valid("C6", "key", "A key of four letters.", container([number("abcd", U8, 1)]))
    start = word.at("abcd")

    def letters(name, key, about, *finding):
        section.broken("C6", name, about, word, change(start + 8, key), *finding)

    # The key goes, and the padding grows by as much.
    end = word.at("file", "table end")
    short = section.valid("C6", "short-key", "A key of one letter.", container([number("k", U8, 1)]))
    section.broken(
        "C6",
        "empty-key",
        "A key without a byte.",
        short,
        [change(24, u64(0)), cut(32), insert(short.at("file", "table end"), b"\0")],
        ("C6-KEY", 24),
    )
    for i in range(4):
        key = b"abcd"[:i] + b"\0" + b"abcd"[i + 1 :]
        letters(f"nul-{i}", key, f"NUL is byte {i} of a key.", ("C6-KEY", start + 8 + i))
    letters("latin-1", b"abc\xe9", "A key in Latin-1.", ("C6-KEY", start + 11))
    letters("utf-8", "abé".encode(), "A key that is well-formed UTF-8, but not ASCII.", ("C6-KEY", start + 10))
    letters("byte-80", b"\x80bcd", "The lowest byte that is not ASCII.", ("C6-KEY", start + 8))
    letters("byte-ff", b"a\xffcd", "The highest byte.", ("C6-KEY", start + 9))
    for name, key in [
        ("upper-case", b"Abcd"),
        ("space", b"a cd"),
        ("double-dot", b"a..d"),
        ("dot-first", b".bcd"),
        ("dot-last", b"abc."),
        ("slash", b"a/cd"),
        ("control", b"a\x01cd"),
        ("delete", b"abc\x7f"),
        ("newline", b"ab\nd"),
        ("colon", b"ab:d"),
        ("dots", b"...."),
    ]:
        letters(f"style-{name}", key, "A key that is no words joined by dots.", ("C6-STYLE", start))
    for name, key in [("digits", b"0123"), ("underscore", b"a_.b"), ("hyphen", b"a-.-"), ("dot", b"ab.c")]:
        section.valid("C6", f"key-{name}", "A key of the usual style.", container([number(key, U8, 1)]))

    lowered = section.valid("C6", "lowered", "A key as long as a lowered limit.", word.file, limits={"keyByteCount": 4})
    section.broken(
        "C6",
        "lowered-over",
        "A key one byte longer than a lowered limit.",
        lowered,
        [change(start, u64(5)), insert(start + 12, b"e"), cut(end)],
        ("C6-LIMIT", start),
    )
    for name, length, about in [
        ("65536", u64(65536), "A key one byte longer than allowed, by its length."),
        ("2-63", u64(2**63), "A key of 2^63 bytes."),
        ("2-64", u64(2**64 - 1), "A key of 2^64 − 1 bytes: the length and what follows wrap."),
    ]:
        section.broken("C6", f"length-{name}", about, word, change(start, length), ("C6-LIMIT", start))

    three = section.valid(
        "C7", "three-keys", "Three keys.", container([number(key, U8, i) for i, key in enumerate("abc")])
    )
    for name, key, at in [("next", b"a", "b"), ("last", b"a", "c"), ("second", b"b", "c")]:
        section.broken(
            "C7",
            f"twice-{name}",
            "A key that occurs twice.",
            three,
            change(three.at(at, "text"), key),
            ("C7-DUPLICATE", three.at(at)),
        )
    section.broken(
        "C7",
        "thrice",
        "A key that occurs three times.",
        three,
        [change(three.at(it, "text"), b"a") for it in "bc"],
        ("C7-DUPLICATE", three.at("b")),
        ("C7-DUPLICATE", three.at("c")),
    )
    other = section.valid(
        "C7", "types", "Two keys of different types.", container([number("a", U8, 1), text("b", "x")])
    )
    section.broken(
        "C7",
        "other-type",
        "A key that occurs twice with different types.",
        other,
        change(other.at("b", "text"), b"a"),
        ("C7-DUPLICATE", other.at("b")),
    )
    key = "general.alignment"
    both = section.valid(
        "C7",
        "alignment",
        "An alignment of 64, and a key that is like it.",
        container([alignment(64), number("general.alignmens", U32, 32)], [Tensor("t", [1])], alignment=64),
    )
    second = both.at("general.alignmens")
    section.broken(
        "C7",
        "alignment-twice",
        "An alignment that occurs twice: the first counts.",
        both,
        change(second + 8, key.encode()),
        ("C7-DUPLICATE", second),
    )


def alignments(section):
    data = [Tensor("t", [3]), Tensor("u", [5], "F16")]
    usual = section.valid("C8", "alignment-32", "The usual alignment, stated.", container([alignment(32)], data))
    bare = section.valid("C8", "alone", "An alignment and nothing else.", container([alignment(32)]))
    for value in [8, 16, 64, 128, 256, 512, 1024]:
        file = container([alignment(value)], data, alignment=value)
        section.valid("C8", f"alignment-{value}", f"An alignment of {value}.", file)
    section.valid("C8", "alignment-4096", "An alignment of 4096.", container([alignment(4096)], alignment=4096))
    section.valid(
        "C8",
        "alignment-last",
        "The alignment stands after the other keys.",
        container([text("k", "v"), alignment(64)], data, alignment=64),
    )
    value, type = bare.at("general.alignment", "value"), bare.at("general.alignment", "type")
    # 24 + 33 bytes of header, padded for each alignment; of the largest the padding is missing.
    for number_ in [1, 2, 4]:
        file = container([alignment(number_)], data, alignment=number_)
        about = f"An alignment of {number_}, at which values of 8 bytes are misaligned."
        section.valid("C8", f"alignment-{number_}", about, file, ("C8-SMALL", value))
    aligned = container([alignment(8)], [Tensor("t", [2]), Tensor("u", [4])], alignment=8)
    eight = section.valid("C8", "neighbour-8", "An alignment of 8 at which the data needs no padding.", aligned)
    padding = -aligned.at("file", "table end") % 8
    for number_ in [4, 2, 1]:
        extra = padding - -aligned.at("file", "table end") % number_
        section.broken(
            "C8",
            f"small-{number_}",
            f"An alignment of {number_}.",
            eight,
            [change(value, u32(number_))] + ([cut(aligned.at("file", "table end"), extra)] if extra else []),
            ("C8-SMALL", value),
        )
    for name, number_ in [
        ("0", 0),
        ("3", 3),
        ("24", 24),
        ("33", 33),
        ("31", 31),
        ("2-21", 2**21),
        ("2-31", 2**31),
        ("2-32", 2**32 - 1),
    ]:
        about = f"An alignment of {number_}."
        section.broken("C8", f"align-{name}", about, usual, change(value, u32(number_)), ("C8-ALIGN", value))
    for name, id in [("int32", I32), ("float32", F32)]:
        about = f"An alignment of type {name.upper()}."
        section.broken("C8", f"align-{name}", about, usual, change(type, u32(id)), ("C8-ALIGN", type))
    section.broken(
        "C8",
        "align-uint64",
        "An alignment of type UINT64.",
        usual,
        [change(type, u32(U64)), insert(value + 4, bytes(4))],
        ("C8-ALIGN", type),
    )
    section.broken(
        "C8",
        "lowered-over",
        "An alignment above a lowered limit.",
        usual,
        [],
        ("C8-ALIGN", value),
        limits={"alignment": 16},
    )


def values(section):
    everything = [number(TYPE_NAMES[type], type, 1) for type in FORMATS if type != BOOL]
    everything += [boolean("bool"), text("string", "text"), array("array", U8, [1])]
    section.valid("C9", "all-types", "A value of every type.", container(everything))
    limits = {U8: (0, 255), I8: (-128, 127), U16: (0, 65535), I16: (-(2**15), 2**15 - 1), U32: (0, 2**32 - 1)}
    limits |= {I32: (-(2**31), 2**31 - 1), U64: (0, 2**64 - 1), I64: (-(2**63), 2**63 - 1)}
    for type, pair in limits.items():
        name = TYPE_NAMES[type]
        file = container([number("lowest", type, pair[0]), number("highest", type, pair[1])])
        section.valid("C9", name, f"The lowest and the highest {name.upper()}.", file)
    for type, patterns in [
        (F32, [0, 1 << 31, 0x3F800000, 0x7F800000, 0xFF800000, 0x7F800001, 0xFFC12345, 1, 0x7F7FFFFF]),
        (F64, [0, 1 << 63, 0x3FF0000000000000, 0x7FF0000000000000, 0x7FF0000000000001, 0xFFF8000000000123, 1]),
    ]:
        name, layout = TYPE_NAMES[type], "<I" if type == F32 else "<Q"
        entries = [Entry(f"v{i}", type, struct.pack(layout, bits)) for i, bits in enumerate(patterns)]
        section.valid("C10", name, "Zeros, infinities, NaNs with payloads, subnormals.", container(entries))

    plain = section.valid("C9", "number", "One number.", container([number("k", U32, 7)]))
    for name, id in [("13", 13), ("255", 255), ("256", 256), ("highest", 2**32 - 1)]:
        section.broken(
            "C9",
            f"type-{name}",
            f"A value of type {id}.",
            plain,
            change(plain.at("k", "type"), u32(id)),
            ("C9-TYPE", plain.at("k", "type")),
        )
    flags = section.valid(
        "C10",
        "booleans",
        "Booleans alone and in an array.",
        container([boolean("yes", 1), boolean("no", 0), array("both", BOOL, [0, 1, 1, 0])]),
    )
    for byte in [2, 3, 0x10, 0x80, 0xFF]:
        section.broken(
            "C10",
            f"boolean-{byte:02x}",
            f"A boolean of {byte}.",
            flags,
            change(flags.at("yes", "value"), bytes([byte])),
            ("C10-VALUE", flags.at("yes", "value")),
        )
    start = flags.at("both", "value") + 12
    for i in range(4):
        section.broken(
            "C10",
            f"boolean-of-array-{i}",
            "An array of booleans with a 2.",
            flags,
            change(start + i, b"\2"),
            ("C10-VALUE", start + i),
        )
    section.broken(
        "C10",
        "two-of-array",
        "An array with two wrong booleans: the first is reported.",
        flags,
        change(start + 1, b"\2\3"),
        ("C10-VALUE", start + 1),
    )
    section.broken(
        "C10",
        "three-places",
        "Two wrong booleans and one in an array.",
        flags,
        [change(flags.at(it, "value"), b"\7") for it in ("yes", "no")] + [change(start, b"\7")],
        *[("C10-VALUE", at) for at in (flags.at("yes", "value"), flags.at("no", "value"), start)],
    )


# Four bytes each, and the index of the first byte of the first ill-formed sequence.
ILL_FORMED = [
    ("overlong-2", b"ab\xc0\x80", 2),
    ("overlong-2-highest", b"a\xc1\xbfb", 1),
    ("overlong-3", b"a\xe0\x80\x80", 1),
    ("overlong-3-highest", b"\xe0\x9f\xbfa", 0),
    ("overlong-4", b"\xf0\x80\x80\x80", 0),
    ("overlong-4-highest", b"\xf0\x8f\xbf\xbf", 0),
    ("surrogate-lowest", b"a\xed\xa0\x80", 1),
    ("surrogate-highest", b"\xed\xbf\xbfa", 0),
    ("above-highest", b"\xf4\x90\x80\x80", 0),
    ("lead-f5", b"\xf5\x80\x80\x80", 0),
    ("lead-fe", b"abc\xfe", 3),
    ("lead-ff", b"abc\xff", 3),
    ("lone-80", b"\x80abc", 0),
    ("lone-bf", b"ab\xbfc", 2),
    ("cut-2", b"abc\xc3", 3),
    ("cut-3", b"ab\xe2\x82", 2),
    ("cut-4", b"a\xf0\x9f\x92", 1),
    ("broken-2", b"a\xc3bc", 1),
    ("broken-3", b"\xe2\x82ab", 0),
    ("broken-4", b"\xf0\x9f\x92a", 0),
    ("after-good", b"\xc3\xa9\xe9a", 2),
    ("continuation-after", b"\xc3\xa9\xa9a", 2),
    ("lead-twice", b"\xc3\xc3\xa9a", 0),
]
WELL_FORMED = {
    "nul": "a\0b",
    "ends-of-1": "\x01\x7f",
    "ends-of-2": "\x80\u07ff",
    "ends-of-3": "\u0800\uffff",
    "around-surrogates": "\ud7ff\ue000",
    "ends-of-4": "\U00010000\U0010ffff",
    "byte-order-mark": "\ufeffa",
    "empty": "",
    "emoji": "👩‍🚀",
    "not-normal": "e\u0301é",
    "noncharacter": "\ufdd0\ufffe",
    "newlines": "a\r\nb",
}


def texts(section):
    for name, value in WELL_FORMED.items():
        section.valid("C11", name, "Well-formed UTF-8.", container([text("k", value)]))
    four = section.valid("C11", "four", "A text of four bytes.", container([text("k", "abcd"), text("l", "abcd")]))
    start = four.at("k", "value")
    for name, value, index in ILL_FORMED:
        section.broken(
            "C11", name, "Ill-formed UTF-8.", four, change(start + 8, value), ("C11-UTF8", start + 8 + index)
        )
    second = four.at("l", "value") + 8
    section.broken(
        "C11",
        "two-texts",
        "Two ill-formed texts, each with two faults.",
        four,
        [change(start + 8, b"a\xff\xff"), change(second, b"\xc0\xc0")],
        ("C11-UTF8", start + 9),
        ("C11-UTF8", second),
    )
    words = section.valid("C11", "array", "An array of texts.", container([array("k", STRING, ["ab", "cd", "ef"])]))
    start = words.at("k", "value") + 12
    for i in range(3):
        section.broken(
            "C11",
            f"array-{i}",
            "A text of an array is ill-formed.",
            words,
            change(start + 10 * i + 9, b"\xe9"),
            ("C11-UTF8", start + 10 * i + 9),
        )
    section.broken(
        "C11",
        "array-two",
        "Two texts of an array are ill-formed.",
        words,
        [change(start + 10 * i + 8, b"\xff") for i in (0, 2)],
        ("C11-UTF8", start + 8),
        ("C11-UTF8", start + 28),
    )
    lowered = section.valid(
        "C11", "lowered", "Texts as long as a lowered limit.", four.file, limits={"stringByteCount": 4}
    )
    for key in "kl":
        at = four.at(key, "value")
        section.broken(
            "C11",
            f"lowered-{key}",
            "A text one byte longer than a lowered limit.",
            lowered,
            change(at, u64(5)),
            ("C11-LIMIT", at),
        )
    lowered = section.valid(
        "C11", "lowered-array", "Texts of an array under a lowered limit.", words.file, limits={"stringByteCount": 2}
    )
    section.broken(
        "C11",
        "lowered-of-array",
        "A text of an array longer than a lowered limit.",
        lowered,
        change(start + 10, u64(3)),
        ("C11-LIMIT", start + 10),
    )
    at = four.at("k", "value")
    for name, length in [("16-mib", 2**24 + 1), ("2-63", 2**63), ("2-64", 2**64 - 1)]:
        section.broken(
            "C11", f"length-{name}", f"A text of {length} bytes.", four, change(at, u64(length)), ("C11-LIMIT", at)
        )
