"""The instructions of pickles: which are carried out, and what a broken stream of them is (spec/pytorch.md, P2 and P3)."""

import struct

from archive import Archive
from members import torch
from pickles import HERE, MAGIC, SYSTEM, VERSION, dictionary, pickle, stream, tensor


def instructions(corpus):
    def archived(title, code, *parts, protocol=2, end=b".", after=b"", storages=None, subject="m/data.pkl", clause="P3"):
        """The pickle in an archive."""
        data, place = pickle(*parts, protocol=protocol, end=end)
        it = Archive(torch(data + after, storages))
        offset = None if code is None else it.data[0] + (len(data) if place is None else place)
        corpus.add(title, it.bytes, clause, code, offset, code and subject)

    body = dictionary(weight=tensor())
    archived("pickle-good.pt", None, *body)
    for protocol in (3, 4, 5):
        archived(f"pickle-protocol-{protocol}.pt", None, *body, protocol=protocol)
    for protocol in (0, 1, 6, 255):
        data = b"\x80" + bytes([protocol]) + pickle(*body)[0][2:]
        it = Archive(torch(data))
        corpus.add(f"pickle-protocol-{protocol}.pt", it.bytes, "P3", "PICKLE", it.data[0], "m/data.pkl")
    # Scanners that give up at a broken stream miss what ran before it.
    archived("pickle-no-stop.pt", "TRUNCATED", *body, end=b"")
    archived("pickle-after-stop.pt", "PICKLE", *body, after=b"cos\nsystem\n")
    archived("pickle-empty.pt", "PICKLE", HERE)
    archived("pickle-two-values.pt", "PICKLE", b"NN", HERE)
    archived("pickle-mark-left.pt", "PICKLE", b"N(", HERE)
    # Instructions that no writer of checkpoints uses, or that call by themselves.
    for title, code in {
        "int": b"I1\n", "long": b"L1L\n", "float": b"F1\n", "string": b"S'a'\n", "unicode": b"Va\n",
        "get": b"g0\n", "put": b"p0\n", "persid": b"P0\n", "inst": b"(ios\nsystem\n", "obj": b"o", "dup": b"2",
        "ext1": b"\x82\1", "ext2": b"\x83\1\0", "ext4": b"\x84\1\0\0\0", "dict": b"(d", "list": b"(l",
        "next-buffer": b"\x97", "readonly-buffer": b"\x98", "proto": b"\x80\2", "zero": b"\0", "255": b"\xff",
    }.items():
        before = b"N"
        if code[:1] == b"(":
            before, code = b"N(", code[1:]
        archived(f"pickle-opcode-{title}.pt", "OPCODE", before, HERE, code)
    # Too few values for an instruction.
    for title, before, code in [
        ("pop", b"", b"0"), ("pop-mark", b"N", b"1"), ("tuple", b"N", b"t"), ("tuple1", b"", b"\x85"),
        ("tuple2", b"N", b"\x86"), ("tuple3", b"NN", b"\x87"), ("append", b"]", b"a"), ("appends", b"]", b"e"),
        ("setitem", b"}N", b"s"), ("setitems", b"}N", b"u"), ("reduce", b")", b"R"), ("newobj", b")", b"\x81"),
        ("build", b"N", b"b"), ("binpersid", b"", b"Q"), ("stack-global", b"N", b"\x93"), ("frozenset", b"", b"\x91"),
        ("additems", b"\x8f", b"\x90"), ("tuple2-over-mark", b"NN(", b"\x86"), ("pop-over-mark", b"N((N0", b"\x85"),
        ("put", b"", b"q\0"), ("long-put", b"N(", b"r\0\0\0\0"), ("memoize", b"", b"\x94"),
    ]:
        archived(f"pickle-underflow-{title}.pt", "PICKLE", before, HERE, code)
    archived("pickle-memo.pt", "PICKLE", b"N", HERE, b"h\7")
    archived("pickle-memo-long.pt", "PICKLE", b"Nq\1", HERE, b"j\0\0\0\1")
    archived("pickle-odd-items.pt", "PICKLE", b"}(NNN", HERE, b"u")
    archived("pickle-append-to-none.pt", "PICKLE", b"NN", HERE, b"a")
    archived("pickle-items-of-list.pt", "PICKLE", b"](NN", HERE, b"u")
    # Lengths.
    for title, code in {
        "text": b"X\xff\xff\xff\xff", "text-8": b"\x8d" + b"\xff" * 8, "bytes": b"B\xff\xff\xff\x7f",
        "bytes-8": b"\x8e\0\0\0\0\0\0\0\x80", "long-4": b"\x8b\xff\xff\xff\xff", "string": b"T\xff\xff\xff\xff",
        "byte-array": b"\x96" + b"\xff" * 8,
    }.items():
        archived(f"pickle-length-{title}.pt", "TRUNCATED", b"N" + code, HERE)
    archived("pickle-frame.pt", "LIMIT", HERE, b"\x95" + b"\xff" * 8, protocol=4)
    archived("pickle-text-latin-1.pt", "UTF8", HERE, b"X\1\0\0\0\xe9")
    # Depth: nothing recurses.
    archived("pickle-marks.pt", "NESTING", b"(" * 64, HERE, b"(" * 1000)
    archived("pickle-marks-64.pt", None, b"(" * 64 + b"N" + b"t" * 64 + b"0", *body)
    # A value that holds itself, and a few that hold each other a billion times.
    cycle = b"]q\1h\1a"
    data = pickle(*dictionary(weight=tensor(), cycle=cycle))[0]
    it = Archive(torch(data))
    corpus.add("pickle-cycle.pt", it.bytes, "P7", "NESTING", it.data[0] + data.index(cycle), "m/data.pkl")
    explosion = b"](NNNNNNNNNNe\x94"
    for level in range(20):
        explosion += b"](" + (b"h" + bytes([level])) * 10 + b"e\x94"
    data = pickle(*dictionary(weight=tensor(), bomb=explosion), protocol=4)[0]
    it = Archive(torch(data))
    corpus.add("pickle-memo-bomb.pt", it.bytes, "P7", "LIMIT", None, "m/data.pkl")

    # Streams.
    good = stream(*body)[0]
    corpus.add("stream-good.pth", good, "P2")
    corpus.add("stream-cut-in-data.pth", good[:-1], "P2", "TRUNCATED", len(good) - 24)
    corpus.add("stream-cut-in-size.pth", good[:-17], "P2", "TRUNCATED", len(good) - 24)
    corpus.add("stream-byte-after.pth", good + b"\0", "P2", "COVERAGE", len(good))
    corpus.add("stream-cut-in-pickle.pth", good[:70], "P2", "TRUNCATED", None)
    corpus.add("stream-magic.pth", stream(*body, first=b"\x80\2K\1.")[0], "P2", "MAGIC", 0)
    corpus.add(
        "stream-version.pth", stream(*body, second=b"\x80\2M\xe8\3.")[0], "P2", "PICKLE", len(MAGIC))
    corpus.add(
        "stream-system.pth", stream(*body, third=b"\x80\2N.")[0], "P2", "PICKLE", len(MAGIC + VERSION))
    start = len(MAGIC + VERSION + SYSTEM + pickle(*body)[0])
    corpus.add("stream-unknown-key.pth", stream(*body, keys=("0", "1"))[0], "P2", "PICKLE", start)
    corpus.add("stream-key-twice.pth", stream(*body, keys=("0", "0"))[0], "P2", "PICKLE", start)
    corpus.add("stream-no-key.pth", stream(*body, keys=())[0], "P6", "SIZE", None)
    size = struct.pack("<Q", 2**61) + bytes(16)
    corpus.add("stream-size.pth", stream(*body, storages=size)[0], "P6", "SIZE", len(good) - 24)
