"""Arrays of NumPy and archives of them (spec/numpy.md)."""

import struct

from archive import Archive, Member


def array(header, data=b"", version=(1, 0), length=None):
    """A file with this text as its header."""
    text = header.encode() if isinstance(header, str) else header
    length = len(text) if length is None else length
    return b"\x93NUMPY" + bytes(version) + struct.pack("<H" if version[0] == 1 else "<I", length) + text + data


def header(descr="'<f4'", order="False", shape="(2,)"):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}\n"


def arrays(corpus):
    def one(title, code, text, offset=None, data=bytes(8), clause="A3", **more):
        """An array; the offset is that of what stands after the mark ▲ in the header."""
        mark = None
        if isinstance(text, str) and "▲" in text:
            mark = len(text[: text.index("▲")].encode()) + (10 if more.get("version", (1, 0))[0] == 1 else 12)
            text = text.replace("▲", "")
        corpus.add(f"npy-{title}.npy", array(text, data, **more), clause, code, offset if mark is None else mark)

    good = array(header(), bytes(8))
    corpus.add("npy-good.npy", good, "A3")
    one("version-2", None, header(), version=(2, 0), clause="A2")
    one("version-3", None, header(), version=(3, 0), clause="A2")
    for version in ((0, 9), (1, 1), (4, 0), (255, 255)):
        one(f"version-{version[0]}-{version[1]}", "HEADER", header(), 6, version=version, clause="A2")
    for count in (7, 9, 11, 40):
        corpus.add(f"npy-cut-{count}.npy", good[:count], "A2", "TRUNCATED", count)
    corpus.add("npy-cut-in-data.npy", good[:-1], "A4", "BOUNDS", 10 + good[10:].index(b"("))
    corpus.add("npy-byte-after.npy", good + b"\0", "A4", "COVERAGE", len(good))
    one("header-length", "LIMIT", header(), 8, version=(2, 0), length=10_001, clause="A2")
    one("header-length-32", "LIMIT", header(), 8, version=(2, 0), length=2**32 - 1, clause="A2")
    long = header()[:-1] + " " * (10_000 - len(header())) + "\n"
    one("header-10000", None, long, version=(2, 0), clause="A2")
    one("python-2", None, header(shape="(2L,)"))
    one("keys-in-another-order", None, "{'shape': (2,), 'descr': '<f4', 'fortran_order': False}")
    one("double-quotes", None, header().replace("'", '"'))
    one("scalar", None, header(descr="'<f8'", shape="()"))
    one("big-endian", None, header(descr="'>f4'"), clause="A4")
    one("fortran", None, header(order="True", shape="(1, 2)"), clause="A4")
    one("zero", None, header(shape="(0, 1000000000000)"), data=b"", clause="A4")
    one("key-missing", "HEADER", "{'descr': '<f4', 'shape': (2,), }▲")
    one("key-twice", "HEADER", "{'descr': '<f4', ▲'descr': '<f4', 'fortran_order': False, 'shape': (2,), }")
    one("key-unknown", "HEADER", "{▲'align': True, 'descr': '<f4', 'fortran_order': False, 'shape': (2,), }")
    one("no-brace", "HEADER", "▲'descr': '<f4'")
    one("not-closed", "HEADER", "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)▲")
    one("text-after", "HEADER", header()[:-1] + " ▲x")
    one("call", "HEADER", "{'descr': '<f4', 'fortran_order': False, 'shape': ▲__import__('os').system('id'), }")
    one("expression", "HEADER", "{'descr': '<f4', 'fortran_order': False, 'shape': (1▲+1,), }")
    one("shape-number", "HEADER", header(shape="▲2"))
    one("shape-no-tuple", "HEADER", header(shape="(2▲)"))
    one("shape-negative", "HEADER", header(shape="(▲-2,)"))
    one("shape-float", "HEADER", header(shape="(2▲.0,)"))
    one("shape-2-63", "OVERFLOW", header(shape="(▲9223372036854775808,)"))
    one("shape-wraps", "OVERFLOW", header(shape="▲(4294967296, 4294967296)"), clause="A4")
    one("shape-wraps-behind-zero", "OVERFLOW", header(shape="▲(0, 4294967296, 4294967296)"), clause="A4")
    one("shape-2-40", "BOUNDS", header(shape="▲(1099511627776,)"), clause="A4")
    one("dimensions", "LIMIT", header(shape="(" + "1, " * 64 + "▲1)"), clause="A3")
    one("order-number", "HEADER", header(order="▲0"))
    one("object", "DTYPE", header(descr="▲'|O'"), clause="A4")
    one("object-bare", "DTYPE", header(descr="▲'O'"), clause="A4")
    one("structured", "DTYPE", header(descr="▲[('a', '<f4')]"), clause="A4")
    for title, descr in {
        "void": "|V2", "bytes": "|S4", "text": "<U4", "time": "<M8[ns]", "complex": "<c16", "long-double": "<f16",
        "native": "=f4", "no-order": "f4", "no-order-bar": "|f4", "empty": "", "unknown": "<x4",
    }.items():
        one(f"type-{title}", "DTYPE", header(descr=f"▲'{descr}'"), clause="A4")
    one("string-escape", "HEADER", header(descr="'<▲\\x664'"))
    one("string-open", "HEADER", "{'descr▲\n")
    corpus.add(
        "npy-latin-1.npy", array(b"{'d\xe9': 1}"), "A3", "HEADER", 13)

    # Archives.
    it = Archive([Member("w.npy", good), Member("dir/b.npy", good, deflate=True)])
    corpus.add("npz-good.npz", it.bytes, "A5")
    it = Archive([Member("dense/kernel:0.npy", good), Member("b/C:/c.npy", good)])
    corpus.add("npz-colons.npz", it.bytes, "Z3")
    it = Archive([Member("w:0.npy", good)])
    corpus.add("npz-drive.npz", it.bytes, "Z3", "PATH", it.entries[0], "w:0.npy")
    it = Archive([Member("w.npy", good), Member("readme.txt", b"hello")])
    corpus.add("npz-other-member.npz", it.bytes, "A5")
    it = Archive([Member("w.npy", array(header(descr="'|O'"), bytes(8)))])
    corpus.add("npz-object.npz", it.bytes, "A5", "DTYPE", it.data[0] + 20, "w.npy")
    it = Archive([Member("w.npy", array(header(descr="'|O'"), bytes(8)), deflate=True)])
    corpus.add("npz-object-deflated.npz", it.bytes, "A5", "DTYPE", it.data[0], "w.npy")
    times = array(header(descr="'<M8[s]'"), bytes(8))
    it = Archive([Member("t.npy", times), Member("w.npy", good, deflate=True), Member("z.npy", times, deflate=True)])
    corpus.add("npz-two-of-three-refused.npz", it.bytes, "A5", "DTYPE", it.data[0] + 20, "t.npy")
    it = Archive([Member("w.npy", good, deflate=True, size=2**20)])
    corpus.add("npz-declared-more.npz", it.bytes, "Z3", "ZIP_BOMB", it.entries[0], "w.npy")
    it = Archive([Member("w.npy", b"")])
    corpus.add("npz-empty-member.npz", it.bytes, "A5", "MAGIC", it.data[0], "w.npy")
