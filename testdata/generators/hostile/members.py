"""Archives: what the central directory, the headers of members and the end records may say (spec/zip.md)."""

import struct
import zlib

from archive import Archive, Member
from pickles import dictionary, pickle, tensor

GOOD = pickle(*dictionary(weight=tensor()))[0]
DATA = struct.pack("<4f", 1, 2, 3, 4)


def torch(data=GOOD, storages=None, **lies):
    """The members of a file of PyTorch."""
    storages = {"0": DATA} if storages is None else storages
    return [Member("m/data.pkl", data), *(Member(f"m/data/{key}", value) for key, value in storages.items())]


def members(corpus):
    def add(name, archive, clause, code=None, offset=None, subject=None, **more):
        corpus.add(name, archive.bytes, clause, code, offset, subject, **more)

    first, second = "m/data.pkl", "m/data/0"

    def one(code, clause, name, place="header", index=1, subject=second, more=(), **lies):
        """An archive whose second member has a lie."""
        archive = Archive([Member(first, GOOD), Member(second, DATA, **lies), *more])
        offsets = {
            "header": archive.headers, "data": archive.data, "entry": archive.entries,
            "after": [it + len(DATA) for it in archive.data],
        }
        offset = offsets[place][index] if code else None
        add(name, archive, clause, code, offset, code and subject)

    good = Archive(torch())
    add("zip-good.pt", good, "Z3")
    for cut in (1, 21, 22, 40, len(good.bytes) - good.directory, len(good.bytes) - 30):
        corpus.add(
            f"zip-cut-{cut}.pt", good.bytes[:-cut], "Z2", "TRUNCATED", len(good.bytes) - cut)
    corpus.add("zip-byte-after.pt", good.bytes + b"\0", "Z2", "TRUNCATED", len(good.bytes) + 1)
    add("zip-comment.pt", Archive(torch(), comment=b"a comment"), "Z2")
    # A comment that is an end record of its own: some readers take this one, others the first.
    inner = b"PK\5\6" + bytes(18)
    it = Archive(torch(), comment=inner)
    add("zip-two-ends.pt", it, "Z2", "ZIP", it.end)
    add("zip-comment-with-signature.pt", Archive(torch(), comment=b"PK\5\6"), "Z2")
    it = Archive(torch(), disk=1)
    add("zip-disk.pt", it, "Z2", "ZIP_FEATURE", it.end)
    it = Archive(torch(), count_here=1)
    add("zip-count-differs.pt", it, "Z2", "ZIP_MISMATCH", it.end)
    it = Archive(torch(), count=3)
    add("zip-count-more.pt", it, "Z2", "ZIP", it.end)
    it = Archive(torch(), count=1)
    add("zip-count-less.pt", it, "Z3", "ZIP", it.entries[1])
    it = Archive(torch(), start=good.directory - 1)
    add("zip-directory-early.pt", it, "Z2", "ZIP", it.end)
    it = Archive(torch(), start=0xFFFFFFFE)
    add("zip-directory-far.pt", it, "Z2", "ZIP", it.end)
    it = Archive(torch(), count=0xFFFF)
    add("zip-wide-missing.pt", it, "Z2", "ZIP", it.end)
    it = Archive(torch(), after_directory=b"\0")
    add("zip-byte-in-directory.pt", it, "Z3", "ZIP", it.end - 1)

    add("zip-wide.pt", Archive(torch(), wide={}), "Z2")
    add("zip-wide-only.pt",
        Archive(torch(), wide={}, count=0xFFFF, size=0xFFFFFFFF, start=0xFFFFFFFF), "Z2")
    for field, value in {"count": 2**63, "size": 2**64 - 1, "start": 7, "disk": 1}.items():
        it = Archive(torch(), wide={field: value})
        add(f"zip-wide-{field}.pt", it, "Z2", "ZIP_MISMATCH", it.wide)
    it = Archive(torch(), wide={"count": 2**63}, count=0xFFFF)
    add("zip-wide-count-63.pt", it, "Z2", "LIMIT", it.end)
    it = Archive(torch(), wide={"size": 2**64 - 1}, size=0xFFFFFFFF)
    add("zip-wide-size-64.pt", it, "Z2", "ZIP", it.end)
    it = Archive(torch(), wide={"length": 45})
    add("zip-wide-length.pt", it, "Z2", "ZIP", it.wide)
    for name, value in {"early": 1, "far": 2**64 - 1}.items():
        it = Archive(torch(), wide={"place": value})
        add(f"zip-locator-{name}.pt", it, "Z2", "ZIP", it.locator)
    it = Archive(torch(), wide={"disks": 2})
    add("zip-locator-disks.pt", it, "Z2", "ZIP", it.locator)

    # The entries of the directory.
    one("ZIP_FEATURE", "Z3", "zip-encrypted.pt", "entry", flags=1)
    one("ZIP_FEATURE", "Z3", "zip-strong-encryption.pt", "entry", flags=1 << 6)
    one("ZIP_FEATURE", "Z3", "zip-masked.pt", "entry", flags=1 << 13)
    one("ZIP_FEATURE", "Z3", "zip-patch.pt", "entry", flags=1 << 5)
    for method in (1, 9, 12, 14, 93, 99):
        one("ZIP_FEATURE", "Z3", f"zip-method-{method}.pt", "entry", method=method)
    one("ZIP_FEATURE", "Z3", "zip-member-disk.pt", "entry", disk=1)
    one("SIZE", "Z3", "zip-stored-sizes.pt", "entry", central_size=15)
    bad_names = {
        "absolute": "/data/0", "parent": "m/../0", "parent-first": "../0", "backslash": "m\\0", "drive": "C:/0",
        "nul": "m/\0", "empty": "", "empty-part": "m//0", "point": "m/./0", "parent-last": "m/..",
        "drive-relative": "C:0",
    }
    for title, bad in bad_names.items():
        one("PATH", "Z3", f"zip-name-{title}.pt", "entry", subject=bad, all_name=bad.encode())
    # What is no drive: a part of the name, as TensorFlow has it.
    one(None, "Z3", "zip-name-colon.pt", more=[Member("m/dense/kernel:0", DATA)])
    one("UTF8", "Z3", "zip-name-latin-1.pt", "entry", subject=None, all_name=b"m/\xe9")
    one("PATH", "Z3", "zip-folder-with-data.pt", "entry", subject="m/data/0/", all_name=b"m/data/0/")
    one("DUPLICATE", "Z3", "zip-twice.pt", "entry", 2, more=[Member(second, DATA)])

    # The header of a member against its entry.
    one("ZIP_MISMATCH", "Z4", "zip-local-name.pt", local_name=b"m/data/1")
    one("ZIP_MISMATCH", "Z4", "zip-local-name-longer.pt", local_name=b"m/data/0x")
    one("ZIP_MISMATCH", "Z4", "zip-local-flags.pt", local_flags=2)
    one("ZIP_MISMATCH", "Z4", "zip-local-method.pt", local_method=8)
    one("ZIP_MISMATCH", "Z4", "zip-local-crc.pt", local_crc=1)
    one("ZIP_MISMATCH", "Z4", "zip-local-size.pt", local_size=15)
    one("ZIP_MISMATCH", "Z4", "zip-local-stored-size.pt", local_stored_size=15)
    one("ZIP_MISMATCH", "Z4", "zip-local-zero-sizes.pt", local_crc=0, local_size=0, local_stored_size=0)
    archive = Archive([Member(first, GOOD), Member(second, DATA, offset=0)])
    add("zip-overlap-whole.pt", archive, "Z4", "COVERAGE", 0, first)
    archive = Archive([Member(first, GOOD), Member(second, DATA, offset=3)])
    add("zip-overlap-in-header.pt", archive, "Z4", "COVERAGE", 0, first)
    for title, offset in {"far": 2**32 - 2, "directory": good.directory, "end": good.end}.items():
        archive = Archive([Member(first, GOOD), Member(second, DATA, offset=offset)])
        add(f"zip-offset-{title}.pt", archive, "Z4", "COVERAGE", archive.headers[1], first)
    archive = Archive([Member(first, GOOD), Member(second, DATA, size=17, stored_size=17)])
    add("zip-data-beyond.pt", archive, "Z4", "COVERAGE", archive.data[1], second)
    archive = Archive([Member(first, GOOD, after=b"\0"), Member(second, DATA)])
    add("zip-gap.pt", archive, "Z4", "COVERAGE", archive.headers[1] - 1, first)
    archive = Archive([Member(first, GOOD), Member(second, DATA, after=b"hidden")])
    add("zip-gap-before-directory.pt", archive, "Z4", "COVERAGE", archive.directory - 6, second)
    archive = Archive([Member(first, GOOD), Member(second, DATA)], order=[1, 0])
    add("zip-order.pt", archive, "Z4")
    archive = Archive([Member(first, GOOD), Member(second, DATA, before=b"x" * 4)])
    add("zip-prefix-of-member.pt", archive, "Z4", "COVERAGE", archive.headers[1] - 4, first)

    # Sizes after the data.
    one(None, "Z4", "zip-descriptor.pt", descriptor=True)
    one("ZIP_MISMATCH", "Z4", "zip-descriptor-crc.pt", "after", descriptor=True, descriptor_crc=1)
    one("ZIP_MISMATCH", "Z4", "zip-descriptor-size.pt", "after", descriptor=True, descriptor_size=15)
    one("COVERAGE", "Z4", "zip-descriptor-missing.pt", "after", flags=8)

    # ZIP64 fields.
    wide = lambda *values: struct.pack("<HH", 1, 8 * len(values)) + struct.pack(f"<{len(values)}Q", *values)
    big = 0xFFFFFFFF
    # As NumPy writes it: the field is in the header of the member alone.
    one(None, "Z5", "zip-wide-local.pt", local_size=big, local_stored_size=big, local_extra=wide(16, 16))
    one(None, "Z5", "zip-wide-both.pt", size=big, stored_size=big, extra=wide(16, 16))
    one("ZIP_MISMATCH", "Z5", "zip-wide-local-lie.pt",
        local_size=big, local_stored_size=big, local_extra=wide(15, 16))
    # Python before 3.11.4 gave the sizes twice.
    one(None, "Z5", "zip-wide-local-twice.pt", local_extra=wide(16, 16))
    one("ZIP", "Z5", "zip-wide-local-other.pt", local_extra=wide(16, 15))
    one("ZIP", "Z5", "zip-wide-local-one.pt", local_extra=wide(16))
    one("ZIP", "Z5", "zip-wide-local-half.pt", local_size=big, local_extra=wide(16))
    one("ZIP", "Z5", "zip-wide-size-missing.pt", "entry", central_size=big)
    one("ZIP", "Z5", "zip-wide-short.pt", "entry", central_size=big, central_stored_size=big, central_extra=wide(16))
    one("ZIP", "Z5", "zip-wide-unused.pt", "entry", central_extra=wide(16))
    one("ZIP", "Z5", "zip-wide-twice.pt", "entry", central_size=big, central_extra=wide(16) + wide(16))
    one("ZIP", "Z5", "zip-wide-longer.pt", "entry", central_size=big, central_extra=wide(16, 16))
    one("ZIP", "Z5", "zip-extra-cut.pt", "entry", central_extra=b"\1\0\x08\0")
    one("ZIP", "Z5", "zip-extra-rest.pt", "entry", central_extra=b"ab")
    one(None, "Z5", "zip-extra-zeros.pt", central_extra=bytes(3))
    one(None, "Z5", "zip-wide-central-size.pt", central_size=big, central_extra=wide(16))
    one(None, "Z5", "zip-extra-unknown.pt", extra=b"FB\2\0ZZ")

    # Data: checksums, and streams of DEFLATE.
    it = Archive([Member(first, GOOD, crc=1), Member(second, DATA)])
    add("zip-crc.pt", it, "Z6", "CRC", it.data[0], first)
    it = Archive([Member(first, GOOD, deflate=True), Member(second, DATA, deflate=True)])
    add("zip-deflated.pt", it, "Z6")
    it = Archive([Member(first, GOOD, deflate=True, crc=1), Member(second, DATA)])
    add("zip-deflated-crc.pt", it, "Z6", "CRC", it.data[0], first)
    stored = Member(first, GOOD, deflate=True).stored
    it = Archive([Member(first, GOOD, deflate=True, size=len(GOOD) - 1), Member(second, DATA)])
    add("zip-bomb-one-byte.pt", it, "Z6", "ZIP_BOMB", it.data[0] + len(stored), first)
    it = Archive([Member(first, GOOD, deflate=True, size=len(GOOD) + 1), Member(second, DATA)])
    add("zip-deflated-short.pt", it, "Z6", "SIZE", it.data[0] + len(stored), first)
    it = Archive([Member(first, GOOD, deflate=True, stored=stored + b"\0"), Member(second, DATA)])
    add("zip-deflated-byte-after.pt", it, "Z6", "SIZE", it.data[0] + len(stored), first)
    it = Archive([Member(first, GOOD, deflate=True, stored=stored[:-1]), Member(second, DATA)])
    add("zip-deflated-cut.pt", it, "Z6", "SIZE", it.data[0] + len(stored) - 1, first)
    it = Archive([Member(first, GOOD, deflate=True, stored=b"\xff" * 20), Member(second, DATA)])
    add("zip-deflated-broken.pt", it, "Z6", "ZIP", None, first)
    it = Archive([Member(first, GOOD, deflate=True, size=2**32 - 2), Member(second, DATA)])
    add("zip-bomb-ratio.pt", it, "Z3", "ZIP_BOMB", it.entries[0], first)
    it = Archive([Member(first, bytes(2**26 + 1), deflate=True), Member(second, DATA)])
    add("zip-bomb-pickle.pt", it, "P3", "LIMIT", it.entries[0], first)

    # What is in the archive.
    add("zip-no-members.pt", Archive([]), "P1", "MAGIC", 0)
    add("zip-other.pt", Archive([Member("readme.txt", b"hello")]), "P1", "MAGIC", 0)
    it = Archive([Member(first, GOOD), Member(second, DATA), Member("n/data.pkl", GOOD)])
    add("zip-two-pickles.pt", it, "P1", "AMBIGUOUS", it.entries[2], "n/data.pkl")
    it = Archive([Member(first, GOOD)])
    add("zip-no-storage.pt", it, "P6", "PICKLE", None, "m/data/0")
    it = Archive([*torch(), Member("m/byteorder", b"middle")])
    add("zip-byte-order.pt", it, "P6", "VALUE", it.data[2], "m/byteorder")
    add("zip-big-endian.pt", Archive([*torch(), Member("m/byteorder", b"big")]), "P6")
