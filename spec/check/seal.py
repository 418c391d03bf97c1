"""Seals, written from seal.md alone. INGOT names the command, whose seals must be these, byte for byte."""

import hashlib
import json
import os
import pathlib
import re
import struct
import subprocess
import tempfile
import unittest
import zlib

import container
import corpus
import seal_reading
from cases import entry, file, sized, tensor

INGOT = os.environ.get("INGOT")
PAGE = pathlib.Path(__file__).resolve().parents[1] / "seal.md"
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
STRING, ARRAY = 8, 9


def digest(kind, tag, numbers, data):
    """L8 and L9"""
    message = bytes([tag]) + struct.pack(f"<{len(numbers)}Q", *numbers) + data
    return struct.pack("<I", zlib.crc32(message)) if kind == 1 else hashlib.sha256(message).digest()


def indexed(body):
    """L10: where the elements of each large array start, how many bytes they take, and the marks."""
    at, found = 24, []

    def take(form):
        nonlocal at
        (value,) = struct.unpack_from("<" + form, body, at)
        at += struct.calcsize(form)
        return value

    def skip(kind):
        """Passes a value, and gives where each element of an array starts, if they vary in size."""
        nonlocal at
        if kind == STRING:
            length = take("Q")
            at += length
        elif kind == ARRAY:
            element, count = take("I"), take("Q")
            start, marks = at, []
            for number in range(count):
                if number % 64 == 0:
                    marks.append(at - start)
                skip(element)
            return element, start, marks
        else:
            at += SIZES[kind]
        return None

    for _ in range(struct.unpack_from("<Q", body, 16)[0]):
        length = take("Q")
        at += length
        array = skip(take("I"))
        if array and array[0] != ARRAY and at - array[1] >= 4096:
            found.append((array[1], at - array[1], array[2] if array[0] == STRING else []))
    return found


def digests(body, read, kind, size):
    """The digests of skeleton, root and index, those of the chunks, and the index."""
    arrays, skeleton, start = indexed(body), b"", 0
    for offset, count, _ in arrays:
        skeleton, start = skeleton + body[start:offset], offset + count
    skeleton += body[start : read.table_end]
    chunks = [body[it : it + size] for it in range(0, len(body), size)]
    leaves = b"".join(digest(kind, 0, [number, len(it)], it) for number, it in enumerate(chunks))
    index = b"".join(
        struct.pack(f"<3Q{len(marks)}I", offset, count, len(marks), *marks) for offset, count, marks in arrays
    )
    return (
        digest(kind, 2, [len(skeleton)], skeleton),
        digest(kind, 1, [len(body), size, len(chunks)], leaves),
        digest(kind, 3, [len(index)], index),
        leaves,
        index,
    )


def seal(body, read, original, kind=1, size=1 << 20, name=b"", counter=0, place=(0, 0, bytes(32)), detached=0):
    """L3 to L10 and L12: the unsigned seal of a body."""
    skeleton, root, of_index, leaves, index = digests(body, read, kind, size)
    numbers = (len(body), original, size, -(-len(body) // size), len(index), counter, len(name))
    statement = struct.pack("<4I7Q", kind, 0, *place[:2], *numbers) + place[2]
    statement += struct.pack("<Q", len(root)) + skeleton + root + of_index + name
    tables = statement + leaves + index
    length = 64 + len(tables) + 64

    def frame(magic, checksum):
        start = 0 if detached else len(body)
        bytes_ = magic + struct.pack("<II4QI", 1, detached, len(body), start, length, original, checksum) + bytes(8)
        return bytes_ + struct.pack("<I", zlib.crc32(bytes_))

    tables = frame(b"INGTTABL", 0) + tables
    return tables + frame(b"INGTSEAL", zlib.crc32(tables))


class Seal(unittest.TestCase):
    def test_example(self):
        """All of the example but the signature itself, which openssl is asked for."""
        lines = re.findall(r"^    ([0-9a-f]+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
        data = bytes.fromhex("".join(lines))
        body, signed = data[:32], data[32:]
        made = seal(body, container.read(body), 32, kind=2, size=1 << 16, name=b"example", counter=1)
        statement, chunk = bytearray(made[64:279]), made[279:311]
        statement[4] = 1
        self.assertEqual(signed[64:279], statement)
        self.assertEqual(signed[279:311], chunk)
        self.assertEqual(len(signed), len(made) + 96)


class SealVerdicts(unittest.TestCase):
    """The sealed files of the corpus."""

    def judge(self, case):
        """The code and offset of what is wrong first, and of what a validator finds."""
        paths = sorted(case.path.parent.glob("*.gguf")) if case.path.parent.name != "seals" else [case.path]
        seals, bodies, fault, findings = [], [], None, []
        for path in paths:
            data, detached = path.read_bytes(), path.with_name(path.name + ".seal")
            detached = detached.read_bytes() if detached.exists() else None
            read = container.read(data)
            bodies.append(read.body_end)
            try:
                if len(data) > read.body_end:
                    body = data[: read.body_end]
                    seal_reading.open_seal(data, read).check_header(body, read)
            except seal_reading.SealError:
                findings.append(("C21-TRAILING", read.body_end, path.name))
            try:
                seals.append(seal_reading.verify(data, read, case.asked, detached))
            except seal_reading.SealError as error:
                fault = fault or (error.code, error.offset)
        try:
            if not fault and (len(seals) > 1 or seals[0].place[1]):
                seal_reading.check_set(seals, bodies)
        except seal_reading.SealError as error:
            fault = (error.code, error.offset)
        return fault, findings

    def test_verdicts(self):
        """L2 to L15"""
        codes = set()
        for case in corpus.SEALS:
            with self.subTest(case.name):
                fault, findings = self.judge(case)
                expected = (case.seal["code"], case.seal["offset"]) if case.seal else None
                self.assertEqual(fault, expected)
                structure = [it for it in case.findings["structure"] if it[0] == "C21-TRAILING"]
                self.assertEqual(findings, structure)
                codes.add(fault and fault[0])
        table = re.findall(r"`([A-Z_]+)` \|[^|]*L13", PAGE.read_text(encoding="utf-8").split("## Codes")[1])
        self.assertEqual(set(table) - codes, set())


@unittest.skipUnless(INGOT, "INGOT names no command")
class SealCommand(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_(self, *arguments, status=0):
        run = subprocess.run([INGOT, *map(str, arguments), "--json"], capture_output=True, check=False)
        self.assertEqual(run.returncode, status, run.stderr)
        return json.loads(run.stdout)

    def body(self):
        words = b"".join(sized(b"word %d" % it) for it in range(1000))
        scores = struct.pack("<3000f", *range(3000))
        nested = struct.pack("<IQ", 6, 2000) + struct.pack("<2000f", *range(2000))
        entries = [
            entry("general.name", STRING, sized(b"sealed")),
            entry("words", ARRAY, struct.pack("<IQ", STRING, 1000) + words),
            entry("few", ARRAY, struct.pack("<IQ", 5, 3) + bytes(12)),
            entry("scores", ARRAY, struct.pack("<IQ", 6, 3000) + scores),
            entry("nested", ARRAY, struct.pack("<IQ", ARRAY, 1) + nested),
        ]
        rows = 3000
        return file(entries, [tensor("w", [64, rows], 0, 0), tensor("b", [5], 0, rows * 256)], bytes(range(256)) * rows + bytes(20))

    def test_seals(self):
        data = self.body()
        read = container.read(data)
        padded = data + bytes(read.body_end - len(data))
        for original in (data, padded):
            for kind, name in ((1, "crc32"), (2, "sha256")):
                path = self.folder / f"{len(original)}-{name}.gguf"
                path.write_bytes(original)
                options = ["--digest", name, "--chunk", 65536, "--name", "näme", "--counter", 7]
                made = {"kind": kind, "size": 65536, "name": "näme".encode(), "counter": 7}
                self.run_("seal", path, "--detached", *options)
                self.assertEqual(
                    path.with_suffix(".gguf.seal").read_bytes(), seal(padded, read, len(original), detached=1, **made)
                )
                self.run_("seal", path, *options)
                self.assertEqual(path.read_bytes(), padded + seal(padded, read, len(original), **made))
                self.assertTrue(self.run_("verify", path)["isValid"])
                self.run_("unseal", path)
                self.assertEqual(path.read_bytes(), original)

    def test_sets(self):
        """L12"""
        paths = [self.folder / f"s-0000{it + 1}-of-00002.gguf" for it in range(2)]
        bodies = []
        for number, path in enumerate(paths):
            entries = [
                entry("split.no", 2, struct.pack("<H", number)),
                entry("split.count", 2, struct.pack("<H", 2)),
                entry("split.tensors.count", 5, struct.pack("<i", 2)),
            ]
            bodies.append(file(entries, [tensor(f"t{number}", [8], 0, 0)], bytes([number]) * 32))
            path.write_bytes(bodies[-1])
        for kind, name in ((1, "crc32"), (2, "sha256")):
            self.run_("seal", paths[1], "--force", "--digest", name)
            members = b""
            for body in bodies:
                skeleton, root = digests(body, container.read(body), kind, 1 << 20)[:2]
                members += struct.pack("<Q", len(body)) + skeleton + root
            identity = digest(kind, 4, [2], members).ljust(32, b"\0")
            for number, (path, body) in enumerate(zip(paths, bodies, strict=True)):
                made = seal(body, container.read(body), len(body), kind=kind, place=(number, 2, identity))
                self.assertEqual(path.read_bytes(), body + made)
            self.assertTrue(self.run_("verify", paths[0])["isValid"])


if __name__ == "__main__":
    unittest.main()
