"""Sealed files: spec/seal.md."""

import pathlib
import re
import struct
from dataclasses import replace

from container import U16, Tensor, container, number, text
from corpus import Case, File
from sealing import CRC32, FRAME, SHA256, Seal, set_identity

PAGE = pathlib.Path(__file__).resolve().parents[4] / "spec" / "seal.md"
# Of RFC 8410, section 10.1; that of 10.3 signed the example of the page.
KEY = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"
OTHER_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


def of(file, **fields):
    return Seal(file.data, file.at("file", "table end"), **fields)


class Seals:
    """The cases of one folder."""

    def __init__(self, corpus):
        self.corpus = corpus

    def add(self, clause, name, about, data, fault=None, others=None, asked=None, is_seal=None, path=None, body=None):
        """What a verifier says first, `fault` of code and offset; a validator finds no seal unless `is_seal`."""
        is_seal = fault is None if is_seal is None else is_seal
        findings = [] if is_seal else [("C21-TRAILING", body)]
        path = path or f"seals/{clause.lower()}-{name}.gguf"
        case = Case(path, clause, about, File(data), findings, others=others or {})
        case.seal = {"code": fault[0], "offset": fault[1]} if fault else {}
        case.asked = asked
        return self.corpus.add(case)


def add(corpus):
    seals = Seals(corpus)
    file = container([text("general.name", "sealed")], [Tensor("t", [8])])
    body, end = file.data, len(file.data)
    sound = of(file).bytes
    statement, footer = end + FRAME, end + len(sound) - FRAME
    leaves = statement + 112 + 3 * 4

    def broken(clause, name, about, data, code, offset, **more):
        seals.add(clause, name, about, data, (code, offset), body=end, **more)

    def field(clause, name, about, code, offset, /, **fields):
        broken(clause, name, about, body + of(file, **fields).bytes, code, offset)

    valid(seals, file)

    for name, data in [("magic", b"INGTTABM"), ("foreign", b"\0" * 8)]:
        broken(
            "L13", f"table-{name}", "The magic of the table header is damaged, and the footer is whole.",
            body + data + sound[8:], "SEAL_CRC", end,
        )  # fmt: skip
    broken("L13", "table-elsewhere", "A seal that starts 32 bytes after the body.", body + bytes(32) + sound, "SEAL_RANGE", footer + 64)
    broken("L13", "foreign", "Other bytes after the body.", body + bytes(100), "SEAL_POSITION", end)
    broken("L13", "short", "Fewer bytes than tell a table header.", body + sound[:23], "SEAL_POSITION", end)
    broken("L13", "short-other", "The table header of a longer body is cut.", body + sound[:16] + b"\xff" + sound[17:40], "SEAL_POSITION", end)
    for length in (24, 32, FRAME - 1, FRAME, FRAME + 50, len(sound) - FRAME, len(sound) - 1):
        broken("L13", f"cut-{length}", "The file ends within its seal.", body + sound[:length], "SEAL_UNFINISHED", end + length)
    broken(
        "L13", "footer-zeros", "The footer was never written.", body + sound[:-FRAME] + bytes(FRAME), "SEAL_UNFINISHED",
        footer,
    )  # fmt: skip
    broken("L13", "byte-after", "A byte after the footer.", body + sound + b"\0", "SEAL_POSITION", end + len(sound))
    broken("L13", "two-seals", "A seal after a seal.", body + sound + sound, "SEAL_POSITION", end + len(sound))
    seals.add("L13", "none", "No seal.", body, ("SEAL_MISSING", end), is_seal=True)

    for where, place, given in [("header", end, "header"), ("footer", footer, "footer")]:
        clause = "L4" if where == "header" else "L5"
        flipped = bytearray(body + sound)
        flipped[place + 63] ^= 0x80
        broken(clause, f"{where}-checksum", "Its checksum is another.", bytes(flipped), "SEAL_CRC", place + 60)
        for name, about, code, at, fields in [
            ("version", "A later version.", "SEAL_VERSION", 8, {"version": 2}),
            ("flags", "An unknown flag.", "SEAL_VERSION", 12, {"flags": 2}),
            ("reserved", "A reserved byte.", "SEAL_VERSION", 55, {"reserved": bytes(3) + b"\1" + bytes(4)}),
            ("start", "It starts elsewhere.", "SEAL_RANGE", 24, {"start": end + 32}),
            ("length-0", "A seal of no bytes.", "SEAL_RANGE", 32, {"length": 0}),
            ("length-limit", "A seal over 256 MiB.", "LIMIT", 32, {"length": (256 << 20) + 1}),
            ("length-2-64", "A length that wraps.", "LIMIT", 32, {"length": 2**64 - 32}),
            ("original-more", "More bytes before than after.", "SEAL_RANGE", 40, {"original": end + 1}),
        ]:
            field(clause, f"{where}-{name}", about, code, place + at, **{given: fields})
    field("L4", "header-body", "The seal of a longer body.", "SEAL_RANGE", end + 16, header={"body": end + 32, "start": end + 32})
    field("L4", "header-original", "Data was cut off before it was sealed.", "SEAL_RANGE", end + 40, header={"original": end - 8})
    field("L4", "header-checksum-field", "A checksum of the tables before them.", "SEAL_VERSION", end + 48, header={"checksum": 7})
    field("L4", "header-length", "One byte more than the file has.", "SEAL_UNFINISHED", end + len(sound), header={"length": len(sound) + 1})
    field("L4", "detached-after-body", "A detached seal after the body.", "SEAL_RANGE", end + 12, is_detached=True)
    broken("L5", "footer-magic", "The footer begins otherwise.", body + sound[:-FRAME] + b"INGTSEAM" + sound[-56:], "SEAL_CRC", footer)
    field("L5", "footer-tables", "The tables have another checksum.", "SEAL_CRC", end, footer={"checksum": 1})
    field("L5", "footer-original", "The footer of another seal.", "SEAL_RANGE", footer + 40, footer={"original": end - 1})

    statements(field, statement)

    flipped = bytes([sound[leaves - end] ^ 1]) + sound[leaves - end + 1 : leaves - end + 4]
    field("L9", "chunks", "The digest of a chunk is another.", "DIGEST", leaves, leaves=flipped)
    entry = struct.pack("<QQQ", file.at("t", "data"), 32, 0)
    field("L9", "index", "The digest of the index is another.", "DIGEST", leaves + 4, index=entry, index_digest=b"none")
    for name, about, index in [
        ("short", "An entry that is cut.", entry[:20]),
        ("before", "An entry before the metadata.", struct.pack("<QQQ", 8, 32, 0)),
        ("beyond", "An entry that ends after the body.", struct.pack("<QQQ", end - 8, 16, 0)),
        ("wraps", "An entry that ends before it starts.", struct.pack("<QQQ", 64, 2**64 - 32, 0)),
        ("marks", "More marks than there are bytes.", struct.pack("<QQQ", 64, 32, 2**62)),
        ("first-mark", "A first mark that is not 0.", struct.pack("<QQQI", 24, 32, 1, 1)),
    ]:
        field("L10", f"index-{name}", about, "INDEX", leaves + 4, index=index)
    second = entry + struct.pack("<QQQ", file.at("t", "data") + 16, 16, 0)
    field("L10", "index-overlap", "An entry within the one before.", "INDEX", leaves + 4 + 24, index=second)
    field("L10", "index-no-array", "An entry for what is no array.", "INDEX", None, index=entry)

    edited = bytearray(body)
    edited[file.at("general.name", "value") + 8] ^= 1
    broken("L13", "stale", "A value that was edited in place.", bytes(edited) + sound, "STALE", 0)
    other = container([text("general.name", "others")], [Tensor("t", [8])])
    broken("L13", "transplanted", "The seal of another file of the same length.", body + of(other).bytes, "STALE", 0)
    for kind, name in [(CRC32, "crc32"), (SHA256, "sha256")]:
        damaged = bytearray(body)
        damaged[file.at("t", "data") + 5] ^= 0x10
        data = bytes(damaged) + of(file, kind=kind).bytes
        seals.add("L13", f"damaged-{name}", "A bit of the data that flipped.", data, ("DAMAGED", 0), is_seal=True)
    forged = container([], [Tensor("t", [len(sound) // 4 // 8 * 8 + 64])])
    start = forged.at("t", "data")
    inner = replace(of(forged), body=forged.data[:start]).bytes
    data = forged.data[: -len(inner)] + inner
    seals.add("L2", "within-body", "What looks like a seal is data.", data, ("SEAL_MISSING", len(data)), is_seal=True)

    policies(seals, file)
    signatures(seals)
    sets(seals)


def valid(seals, file):
    body, end = file.data, len(file.data)
    for kind, name in [(CRC32, "crc32"), (SHA256, "sha256")]:
        seals.add("L6", name, f"Sealed by {name}.", body + of(file, kind=kind).bytes)
        named = of(file, kind=kind, name="näme".encode(), counter=2**64 - 1, chunk=64 << 20)
        seals.add("L6", f"{name}-release", "A release with a name and the largest number, in the largest chunks.", body + named.bytes)
    empty = container()
    seals.add("L3", "empty", "An empty model.", empty.data + of(empty).bytes)
    ragged = container([], [Tensor("t", [5])])
    short = len(ragged.data) - 12
    seals.add("L3", "padded", "The padding was missing before.", ragged.data + of(ragged, original=short).bytes)
    seals.add(
        "L3", "original", "Not all of the padding was missing.", ragged.data + of(ragged, original=short + 5).bytes
    )
    for name, it in [("", body), ("-short", ragged.data[:short])]:
        seal = of(file if it is body else ragged, is_detached=True, original=len(it)).bytes
        clause, path = "L3", f"l3-detached{name}.gguf"
        case = seals.add(clause, f"detached{name}", "A seal in a file of its own.", it, others={f"{path}.seal": seal}, is_seal=True)
        if name:
            case.findings.append(("C20-MISSING", short))
    seal = of(file, is_detached=True)
    for name, data, fault in [
        ("attached", of(file).bytes, ("SEAL_RANGE", 12)),
        ("cut", seal.bytes[:-1], ("SEAL_UNFINISHED", len(seal.bytes) - 1)),
        ("longer", seal.bytes + b"\n", ("SEAL_POSITION", len(seal.bytes))),
    ]:
        path = f"l3-detached-{name}.gguf"
        seals.add("L3", f"detached-{name}", "A seal in a file of its own that is none.", body, fault, {f"{path}.seal": data}, is_seal=True)


def statements(field, at):
    def number(size, value):
        return value.to_bytes(size, "little")

    for clause, name, about, code, place, new in [
        ("L8", "digest-0", "No digest.", "SEAL_VERSION", 0, number(4, 0)),
        ("L8", "digest-3", "An unknown digest.", "SEAL_VERSION", 0, number(4, 3)),
        ("L6", "signature-2", "An unknown signature.", "SEAL_VERSION", 4, number(4, 2)),
        ("L11", "signed-crc32", "A signature over CRC-32.", "SEAL_VERSION", 4, number(4, 1)),
        ("L6", "file-of-none", "The second file of no set.", "SEAL_RANGE", 8, number(4, 1)),
        ("L6", "file-2-of-1", "The second file of a set of one.", "SEAL_RANGE", 8, number(4, 1) + number(4, 1)),
        ("L6", "files-65536", "A set of 65,536 files.", "SEAL_RANGE", 12, number(4, 65_536)),
        ("L6", "body", "Another length of the body.", "SEAL_RANGE", 16, number(8, 1)),
        ("L6", "original", "Another length before.", "SEAL_RANGE", 24, number(8, 1)),
        ("L7", "chunk-0", "Chunks of no bytes.", "LIMIT", 32, number(8, 0)),
        ("L7", "chunk-32768", "Chunks that are too small.", "LIMIT", 32, number(8, 1 << 15)),
        ("L7", "chunk-65537", "Chunks of no power of two.", "LIMIT", 32, number(8, 65_537)),
        ("L7", "chunk-2-27", "Chunks that are too large.", "LIMIT", 32, number(8, 1 << 27)),
        ("L7", "chunk-2-40", "Chunks of a tebibyte.", "LIMIT", 32, number(8, 1 << 40)),
        ("L7", "chunks-0", "No chunks.", "SEAL_RANGE", 40, number(8, 0)),
        ("L7", "chunks-2", "A chunk too many.", "SEAL_RANGE", 40, number(8, 2)),
        ("L7", "chunks-2-64", "As many chunks as fit the field.", "SEAL_RANGE", 40, number(8, 2**64 - 1)),
        ("L6", "index-2-63", "An index that no seal can have.", "LIMIT", 48, number(8, 1 << 63)),
        ("L6", "name-1025", "A name that is too long.", "LIMIT", 64, number(8, 1025)),
        ("L6", "identity", "The identity of no set.", "SEAL_RANGE", 72 + 31, b"\1"),
        ("L6", "digest-size", "Digests of another length.", "SEAL_RANGE", 104, number(8, 32)),
    ]:
        offset = at + (72 if name == "identity" else place)
        field(clause, f"statement-{name}", about, code, offset, statement_edits={place: new})
    for count, about in [(0, "No statement."), (4, "A statement that is cut after its digest."), (111, "A byte less than the fixed fields.")]:
        field("L13", f"statement-of-{count}", about, "SEAL_RANGE", at, table_count=count)
    field("L13", "statement-longer", "One byte after the digests that nothing accounts for.", "SEAL_RANGE", at, leaves=bytes(5))
    overlong = {64: number(8, 3)}
    field("L13", "name-of-digests", "A name that takes in a part of the digests.", "SEAL_RANGE", at, statement_edits=overlong, leaves=b"\n\xff\0\1")
    for name, text_ in [("newline", b"a\nb"), ("delete", b"\x7f"), ("latin-1", b"n\xe4me"), ("surrogate", b"\xed\xa0\x80")]:
        field("L6", f"name-{name}", "A name that is no line of UTF-8.", "SEAL_RANGE", at + 112 + 12, name=text_)


def policies(seals, file):
    def asked(name, fault, kind, asked, /, **fields):
        data = file.data + of(file, kind=kind, **fields).bytes
        seals.add("L13", f"asked-{name}", "What its user asks for.", data, fault, asked=asked, is_seal=True)

    asked("crc32", None, CRC32, {"require": "crc32"})
    asked("sha256", None, SHA256, {"require": "sha256"})
    asked("downgrade", ("DOWNGRADE", None), CRC32, {"require": "sha256"})
    asked("counter", None, CRC32, {"counter": 2}, counter=2)
    asked("rollback", ("ROLLBACK", None), CRC32, {"counter": 3}, counter=2)
    asked("name", None, CRC32, {"name": "näme"}, name="näme".encode())
    asked("other-name", ("RELEASE_NAME", None), CRC32, {"name": "näme"}, name="na\u0308me".encode())
    asked("signature", ("SIGNATURE_REQUIRED", None), SHA256, {"key": KEY})


def signatures(seals):
    """The example of the page, and what can be made of it without its key."""
    from zlib import crc32

    lines = re.findall(r"^    ([0-9a-f]+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    data = bytes.fromhex("".join(lines))
    footer = len(data) - FRAME

    def mended(at, new):
        """The file with other bytes, whose checksums are those of the new ones."""
        made = bytearray(data)
        made[at : at + len(new)] = new
        made[footer + 48 : footer + 52] = struct.pack("<I", crc32(made[32:footer]))
        made[footer + 60 :] = struct.pack("<I", crc32(made[footer : footer + 60]))
        return bytes(made)

    def add(name, about, made, key, fault=None):
        seals.add("L11", name, about, made, fault, asked={"key": key} if key else None, is_seal=True)

    add("signed", "The example.", data, KEY)
    add("signed-unasked", "The example, whose signature nobody asks for.", data, None)
    add("other-key", "Signed by a key that is not pinned.", data, OTHER_KEY, ("UNTRUSTED_KEY", None))
    counter = 32 + FRAME + 56
    add("counter", "Another number after it was signed.", mended(counter, b"\2"), KEY, ("SIGNATURE", None))
    signature = footer - 64
    high = data[signature : signature + 63] + bytes([data[signature + 63] ^ 0x10])
    add("flipped", "Another signature.", mended(signature, high), KEY, ("SIGNATURE", None))
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = int.from_bytes(data[signature + 32 : footer], "little") + order
    large = data[signature : signature + 32] + scalar.to_bytes(32, "little")
    add("large-s", "The same signature with S and the order of the group.", mended(signature, large), KEY, ("SIGNATURE", None))
    for name, point in [("small-r", (1).to_bytes(32, "little")), ("other-form-r", (2**255 - 19).to_bytes(32, "little"))]:
        add(name, "A point that no signature may have.", mended(signature, point), KEY, ("SIGNATURE", None))


def sets(seals):
    def files(values):
        made = []
        for index, value in enumerate(values):
            entries = [number("split.no", U16, index), number("split.count", U16, 2)]
            made.append(container(entries, [Tensor("tu"[index], [8], data=bytes([value]) * 32)]))
        return made

    def sealed(files, kind=CRC32, **fields):
        single = [of(it, kind=kind) for it in files]
        identity = set_identity(single)
        return [
            it.body + replace(it, place=(index, 2, identity), **fields).bytes for index, it in enumerate(single)
        ]

    names = ["s-00001-of-00002.gguf", "s-00002-of-00002.gguf"]
    first, second = files([1, 2]), files([1, 3])
    ones, others = sealed(first), sealed(second)
    end = len(first[0].data)
    for name, about, made, fault in [
        ("set-crc32", "A set.", ones, None),
        ("set-sha256", "A set.", sealed(first, SHA256), None),
        ("two-sets", "Files of two sets.", [ones[0], others[1]], ("SEAL_SET", None)),
        ("two-digests", "Files of one set, sealed twice.", [ones[0], sealed(first, SHA256)[1]], ("SEAL_SET", None)),
        ("two-releases", "Files of two releases.", [ones[0], sealed(first, counter=1)[1]], ("SEAL_SET", None)),
        ("alone", "A file that was sealed alone.", [ones[0], second[1].data + of(second[1]).bytes], ("SEAL_SET", None)),
        ("no-set", "Two files that were sealed alone.", [it.data + of(it).bytes for it in first], ("SEAL_SET", None)),
    ]:
        path = f"seals/l12-{name}/{names[0]}"
        seals.add("L12", name, about, made[0], fault, {names[1]: made[1]}, is_seal=True, path=path, body=end)
    # The identity is that of other files.
    single = [of(it) for it in first]
    wrong = [it.body + replace(it, place=(index, 2, b"\7" * 4 + bytes(28))).bytes for index, it in enumerate(single)]
    seals.add(
        "L12", "identity", "The identity of another set.", wrong[0], ("SEAL_SET", None), {names[1]: wrong[1]}, is_seal=True,
        path=f"seals/l12-identity/{names[0]}",
    )  # fmt: skip
