"""What seal.md has a reader do, step by step: L13, and L12 for a set."""

import hashlib
import struct
import zlib

import ed25519
import seal

LARGEST = 256 << 20


class SealError(Exception):
    def __init__(self, code, offset=None):
        super().__init__(code, offset)
        self.code, self.offset = code, offset


def require(holds, code, offset=None):
    if not holds:
        raise SealError(code, offset)


def frame(data, at, magic):
    """L4, L5: the fields of a table header or footer whose magic is there, or may not be."""
    require(data[:8] == magic, "SEAL_CRC", at)
    (checksum,) = struct.unpack_from("<I", data, 60)
    require(checksum == zlib.crc32(data[:60]), "SEAL_CRC", at + 60)
    version, flags, body, start, length, original, tables = struct.unpack_from("<II4QI", data, 8)
    require(version == 1, "SEAL_VERSION", at + 8)
    require(flags <= 1, "SEAL_VERSION", at + 12)
    for place in range(48 if magic == b"INGTTABL" else 52, 60):
        reserved = at + (48 if place < 52 else place)
        require(data[place] == 0, "SEAL_VERSION", reserved)
    require(start == (0 if flags else body), "SEAL_RANGE", at + 24)
    require(length <= LARGEST, "LIMIT", at + 32)
    require(length >= 128, "SEAL_RANGE", at + 32)
    require(original <= body, "SEAL_RANGE", at + 40)
    return {"flags": flags, "body": body, "length": length, "original": original, "tables": tables}


def footer_at_end(data):
    try:
        return frame(data[-64:], 0, b"INGTSEAL") if len(data) >= 64 else None
    except SealError:
        return None


class Seal:
    """A seal that has passed the steps 2 to 5. `data` is the file that holds it, and it starts at `start`."""

    def __init__(self, data, start, body_end, data_end, is_detached):
        def at_its_place(found, at):
            require(found["flags"] == is_detached, "SEAL_RANGE", at + 12)
            require(found["body"] == body_end, "SEAL_RANGE", at + 16)
            require(found["original"] >= data_end, "SEAL_RANGE", at + 40)

        require(len(data) > start, "SEAL_MISSING", start)
        rest = data[start:]
        beginning = b"INGTTABL" + struct.pack("<IIQ", 1, 0, body_end)
        is_cut = not is_detached and len(rest) < 64 and rest[:24] == beginning
        require(not is_cut, "SEAL_UNFINISHED", len(data))
        if len(rest) < 64 or rest[:8] != b"INGTTABL":
            footer = footer_at_end(rest)
            require(footer, "SEAL_POSITION", start)
            at_its_place(footer, len(data) - 64)
            require(footer["length"] == len(rest), "SEAL_RANGE", len(data) - 64 + 32)
            raise SealError("SEAL_CRC", start)
        header = frame(rest[:64], start, b"INGTTABL")
        at_its_place(header, start)
        end = start + header["length"]
        require(len(data) >= end, "SEAL_UNFINISHED", len(data))
        require(len(data) == end, "SEAL_POSITION", end)
        require(any(rest[-64:]), "SEAL_UNFINISHED", end - 64)
        footer = frame(rest[-64:], end - 64, b"INGTSEAL")
        for name, at in (("flags", 12), ("body", 16), ("length", 32), ("original", 40)):
            require(footer[name] == header[name], "SEAL_RANGE", end - 64 + at)
        self.checksums = footer["tables"], zlib.crc32(rest[:-64])
        self.header, self.tables, self.at = header, rest[64:-64], start + 64
        self.statement()
        self.digests()

    def statement(self):
        """L6 to L8"""
        at = self.at
        require(len(self.tables) >= 112, "SEAL_RANGE", at)
        self.kind, self.algorithm, number, count = struct.unpack_from("<4I", self.tables, 0)
        body, self.original, self.chunk, self.chunks, index, self.counter, name = struct.unpack_from("<7Q", self.tables, 16)
        identity, (size,) = self.tables[72:104], struct.unpack_from("<Q", self.tables, 104)
        require(self.kind in (1, 2), "SEAL_VERSION", at)
        require(self.algorithm <= 1 and self.kind >= 2 * self.algorithm, "SEAL_VERSION", at + 4)
        require(body == self.header["body"], "SEAL_RANGE", at + 16)
        require(self.original == self.header["original"], "SEAL_RANGE", at + 24)
        require(self.chunk.bit_count() == 1 and 1 << 16 <= self.chunk <= 1 << 26, "LIMIT", at + 32)
        require(self.chunks == -(-body // self.chunk), "SEAL_RANGE", at + 40)
        require(index <= LARGEST, "LIMIT", at + 48)
        require(name <= 1024, "LIMIT", at + 64)
        require(count <= 65_535, "SEAL_RANGE", at + 12)
        require(number < max(count, 1), "SEAL_RANGE", at + 8)
        require(count or not any(identity), "SEAL_RANGE", at + 72)
        require(size == (4 if self.kind == 1 else 32), "SEAL_RANGE", at + 104)
        self.place = (number, count, identity)
        parts, self.ends = [self.tables[:112]], [112]
        for length in (size, size, size, name, size * self.chunks, index, 96 * self.algorithm):
            start = self.ends[-1]
            parts.append(self.tables[start : start + length])
            self.ends.append(start + length)
        require(self.ends[-1] == len(self.tables), "SEAL_RANGE", at)
        require(self.checksums[0] == self.checksums[1], "SEAL_CRC", at - 64)
        self.skeleton, self.root, self.of_index, self.name, self.leaves, self.index, self.signature = parts[1:]
        self.said = self.tables[: self.ends[4]]
        try:
            is_line = all(it >= 0x20 and it != 0x7F for it in self.name) and self.name.decode() is not None
        except UnicodeDecodeError:
            is_line = False
        require(is_line, "SEAL_RANGE", at + self.ends[3])

    def digests(self):
        """L9, L10"""
        body, leaves, index = self.header["body"], self.at + self.ends[4], self.at + self.ends[5]
        root = seal.digest(self.kind, 1, [body, self.chunk, self.chunks], self.leaves)
        require(root == self.root, "DIGEST", leaves)
        require(seal.digest(self.kind, 3, [len(self.index)], self.index) == self.of_index, "DIGEST", index)
        at, end = 0, 24
        while at < len(self.index):
            entry = index + at
            require(len(self.index) - at >= 24, "INDEX", entry)
            start, size, count = struct.unpack_from("<3Q", self.index, at)
            require(end <= start and start + size <= body, "INDEX", entry)
            require(4 * count <= len(self.index) - at - 24, "INDEX", entry)
            marks = struct.unpack_from(f"<{count}I", self.index, at + 24)
            least = [0] + [it + 512 for it in marks]
            are_marks = all(low <= it < size for low, it in zip(least, marks, strict=False))
            require(are_marks and (not marks or marks[0] == 0), "INDEX", entry)
            at, end = at + 24 + 4 * count, start + size

    def check_policy(self, asked):
        """Step 6"""
        if "key" in asked:
            require(self.algorithm, "SIGNATURE_REQUIRED")
            key = bytes.fromhex(asked["key"])
            require(self.signature[:32] == hashlib.sha256(key).digest(), "UNTRUSTED_KEY")
            message = b"DSSEv1 29 application/vnd.ingot.seal.v1 %d " % len(self.said) + self.said
            require(ed25519.is_valid(key, self.signature[32:], message), "SIGNATURE")
        require(self.kind == 2 or asked.get("require") != "sha256", "DOWNGRADE")
        require(self.counter >= asked.get("counter", 0), "ROLLBACK")
        require("name" not in asked or self.name == asked["name"].encode(), "RELEASE_NAME")

    def check_header(self, body, read):
        """Step 7"""
        skeleton, _, _, _, index = seal.digests(body, read, self.kind, self.chunk)
        require(skeleton == self.skeleton, "STALE", 0)
        require(index == self.index, "INDEX")

    def check_chunks(self, body, read):
        """Step 8"""
        leaves, size = seal.digests(body, read, self.kind, self.chunk)[3], len(self.root)
        wrong = [it for it in range(self.chunks) if leaves[size * it :][:size] != self.leaves[size * it :][:size]]
        require(self.chunks < 2 or len(wrong) < self.chunks, "DIGEST", 0)
        require(not wrong, "DAMAGED", wrong[0] * self.chunk if wrong else None)


def data_end(read):
    """C20: where the last data ends, or else the table."""
    ends = [read.data_start + it.offset + it.size for it in read.tensors if it.size]
    return ends[-1] if ends else read.table_end


def open_seal(data, read, detached=None):
    """The seal after the body, or else the one in a file of its own."""
    if detached is None or len(data) > read.body_end:
        return Seal(data, read.body_end if len(data) > read.body_end else len(data), read.body_end, data_end(read), 0)
    found = Seal(detached, 0, read.body_end, data_end(read), 1)
    require(found.original == len(data), "SEAL_RANGE", min(found.original, len(data)))
    return found


def verify(data, read, asked=None, detached=None):
    """Steps 2 to 8: the seal, or the error of the first step that fails."""
    found = open_seal(data, read, detached)
    found.check_policy(asked or {})
    body = data[: read.body_end].ljust(read.body_end, b"\0")
    found.check_header(body, read)
    found.check_chunks(body, read)
    return found


def check_set(seals, bodies):
    """L12"""
    first, members = seals[0], b""
    for number, found in enumerate(seals):
        require(found.place[:2] == (number, len(seals)), "SEAL_SET")
        same = [(it.place[2], it.kind, it.name, it.counter) for it in (found, first)]
        require(same[0] == same[1], "SEAL_SET")
        members += struct.pack("<Q", bodies[number]) + found.skeleton + found.root
    require(seal.digest(first.kind, 4, [len(seals)], members).ljust(32, b"\0") == first.place[2], "SEAL_SET")
