"""Builds seals, field by field, so that any of them can be wrong: spec/seal.md."""

import hashlib
import struct
import zlib
from dataclasses import dataclass, field

CRC32, SHA256 = 1, 2
CHUNK = 1 << 16
FRAME = 64


def digest(kind, tag, numbers, data):
    message = bytes([tag]) + b"".join(struct.pack("<Q", it) for it in numbers) + data
    return hashlib.sha256(message).digest() if kind == SHA256 else struct.pack("<I", zlib.crc32(message))


def frame(magic, body, start, length, original, flags=0, version=1, checksum=0, reserved=bytes(8)):
    data = magic + struct.pack("<IIQQQQI", version, flags, body, start, length, original, checksum) + reserved
    return data + struct.pack("<I", zlib.crc32(data))


@dataclass
class Seal:
    """The seal of a body whose arrays are all small. Each field may be given; the others follow."""

    body: bytes
    skeleton_end: int
    kind: int = CRC32
    original: "int | None" = None
    chunk: int = CHUNK
    name: bytes = b""
    counter: int = 0
    place: tuple = (0, 0, bytes(32))
    index: bytes = b""
    is_detached: bool = False
    statement_edits: dict = field(default_factory=dict)  # bytes by place in the statement
    header: dict = field(default_factory=dict)  # fields of the table header by name
    footer: dict = field(default_factory=dict)
    leaves: "bytes | None" = None
    index_digest: "bytes | None" = None
    table_count: "int | None" = None  # how many bytes stand between table header and footer

    def digests(self):
        """Those of the skeleton, the root, the index, and the chunks."""
        kind, size = self.kind, self.chunk
        chunks = [self.body[it : it + size] for it in range(0, len(self.body), size)]
        leaves = b"".join(digest(kind, 0, [number, len(it)], it) for number, it in enumerate(chunks))
        return (
            digest(kind, 2, [self.skeleton_end], self.body[: self.skeleton_end]),
            digest(kind, 1, [len(self.body), size, len(chunks)], leaves),
            self.index_digest or digest(kind, 3, [len(self.index)], self.index),
            leaves,
        )

    @property
    def bytes(self):
        skeleton, root, of_index, leaves = self.digests()
        body = len(self.body)
        original = body if self.original is None else self.original
        statement = struct.pack("<IIII", self.kind, 0, *self.place[:2])
        statement += struct.pack("<QQQQ", body, original, self.chunk, -(-body // self.chunk))
        statement += struct.pack("<QQQ", len(self.index), self.counter, len(self.name)) + self.place[2]
        statement += struct.pack("<Q", len(root)) + skeleton + root + of_index + self.name
        statement = bytearray(statement)
        for at, new in self.statement_edits.items():
            statement[at : at + len(new)] = new
        tables = (bytes(statement) + (self.leaves or leaves) + self.index)[: self.table_count]
        fields = {
            "body": body, "start": 0 if self.is_detached else body, "length": 2 * FRAME + len(tables),
            "original": original, "flags": int(self.is_detached),
        }  # fmt: skip
        tables = frame(b"INGTTABL", **(fields | self.header)) + tables
        return tables + frame(b"INGTSEAL", **(fields | {"checksum": zlib.crc32(tables)} | self.footer))


def set_identity(seals):
    """What the files of a set have in common."""
    members = b""
    for seal in seals:
        skeleton, root = seal.digests()[:2]
        members += struct.pack("<Q", len(seal.body)) + skeleton + root
    return digest(seals[0].kind, 4, [len(seals)], members).ljust(32, b"\0")
