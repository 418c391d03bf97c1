"""Containers with something changed: by the grammar of clause C1, from real headers, and from printed seeds."""

import dataclasses
import pathlib
import random
import struct
import sys

from oracle import smollm2

PACKAGE = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(PACKAGE / "spec" / "check"))
import container  # noqa: E402 (the specification's own reader)

REAL = PACKAGE / "testdata" / "conformance" / "real"
SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
EDGES = [0, 1, 2, 3, 4, 5, 9, 13, 24, 31, 32, 33, 36, 43, 63, 64, 65, 2**20, 2**21, 2**31, 2**32 - 1, 2**32, 2**40,
         2**61, 2**63 - 1, 2**63, 2**64 - 32, 2**64 - 1]  # fmt: skip
TEXTS = [b"", b"a\0b", b"\xff", b"a\xed\xa0\x80", "é".encode(), b"general.alignment", b"Upper Case", b"x" * 63, b"x" * 64,
         b"x" * 300]  # fmt: skip
ENCODINGS = [0, 1, 2, 3, 4, 5, 6, 8, 9, 15, 24, 28, 30, 31, 34, 36, 38, 39, 40, 41, 42, 43, 255, 2**31]


def number(value, size=8):
    return (value % 2 ** (8 * size)).to_bytes(size, "little")


def sized(text):
    return number(len(text)) + text


@dataclasses.dataclass
class Entry:
    key: bytes
    type: int
    value: bytes


@dataclasses.dataclass
class Tensor:
    name: bytes
    dims: list
    encoding: int
    offset: int
    size: int


@dataclasses.dataclass
class Header:
    """A file in pieces, which are put together as they are."""

    entries: list
    tensors: list
    data: bytes
    version: int = 3
    alignment: int = 32

    def parts(self):
        """The numbers and texts of the header in order; a number is a pair of value and size."""
        yield from [b"GGUF", (self.version, 4), (len(self.tensors), 8), (len(self.entries), 8)]
        for it in self.entries:
            yield from [(len(it.key), 8), it.key, (it.type, 4)]
            if it.type == 8:
                yield from [(len(it.value) - 8, 8), it.value[8:]]
            elif it.type == 9:
                kind, count = struct.unpack_from("<IQ", it.value)
                yield from [(kind, 4), (count, 8)]
                rest = it.value[12:]
                if kind == 8 and count:
                    length = int.from_bytes(rest[:8], "little")
                    yield from [(length, 8), rest[8:]]
                else:
                    yield rest
            elif it.type in SIZES:
                yield int.from_bytes(it.value, "little"), SIZES[it.type]
            else:
                yield it.value
        for it in self.tensors:
            yield from [(len(it.name), 8), it.name, (len(it.dims), 4), *((dim, 8) for dim in it.dims)]
            yield from [(it.encoding, 4), (it.offset, 8)]

    def bytes(self, lies=None):
        """The file, in which some of the numbers, by their index among all parts, are others."""
        head = b""
        for index, part in enumerate(self.parts()):
            if lies and index in lies:
                part = (lies[index], part[1])
            head += part if isinstance(part, bytes) else number(*part)
        return head.ljust(container.up(len(head), self.alignment), b"\0") + self.data

    def numbers(self):
        return [(index, part[0]) for index, part in enumerate(self.parts()) if not isinstance(part, bytes)]

    def place(self):
        """Makes sizes, offsets and data what they should be; a shape without a size leaves them as they are."""
        end = 0
        for it in self.tensors:
            encoding = container.table.BY_ID.get(it.encoding)
            elements = 1
            for dim in it.dims:
                elements *= dim
            if encoding and elements * encoding.bytes // encoding.values < 2**20:
                it.size = elements * encoding.bytes // encoding.values
            it.offset = end
            end += container.up(it.size, self.alignment)
        self.data = self.data[:end].ljust(end, b"\0")


IDS = {name: id for id, (name, _) in container.TYPES.items()}


def encoded(it, longest):
    """A value as it stands in a file, cut to so many elements or bytes; arrays of arrays are not in these headers."""
    if it.type == "STRING":
        return sized(it.value.encode()[:longest])
    if it.type != "ARRAY":
        return it.data
    layout = container.TYPES[IDS[it.element_type]][1]
    values = [sized(word.encode()) if layout is None else struct.pack(layout, word) for word in it.value[:longest]]
    return number(IDS[it.element_type], 4) + number(len(values)) + b"".join(values)


def header_of(data, words=2**32, rows=2**63, tensors=2**32):
    """A file of version 3 in pieces; with limits, the begin of its arrays, of its matrices and of its table."""
    read = container.read(data)
    header = Header(
        [Entry(key.encode(), IDS[it.type], encoded(it, words)) for key, it in read.metadata.items()],
        [Tensor(it.name.encode(), [*it.dims[:1], *(min(dim, rows) for dim in it.dims[1:])], it.encoding.id, 0, 0)
         for it in read.tensors[:tensors]],
        data[read.data_start : read.body_end] if rows > 2**32 else b"",
        alignment=read.alignment,
    )  # fmt: skip
    header.place()
    return header


def real_headers():
    """SmolLM2, cut to 40 words and bytes of text, two rows and eight tensors, and the corpus's files after models."""
    result = {"smollm2": header_of(smollm2().read_bytes(), words=40, rows=2, tensors=8)}
    for path in sorted(REAL.glob("*.gguf")):
        result[path.stem] = header_of(path.read_bytes())
        assert result[path.stem].bytes() == path.read_bytes(), path
    return result


def nested(levels, kind=0):
    """An array in an array in an array, of one element each; the innermost is empty."""
    return (number(9, 4) + number(1)) * (levels - 1) + number(kind, 4) + number(0)


def mutant(header, random):
    """The file with one thing changed, as its bytes."""
    header = dataclasses.replace(
        header,
        entries=[dataclasses.replace(it) for it in header.entries],
        tensors=[dataclasses.replace(it, dims=list(it.dims)) for it in header.tensors],
    )
    entries, tensors = header.entries, header.tensors
    entry, tensor = random.choice(entries), random.choice(tensors)
    match random.randrange(20):
        case 0:
            entry.key = random.choice(TEXTS)
        case 1:
            entries.append(random.choice([entry, Entry(b"new", 8, sized(random.choice(TEXTS)))]))
        case 2:
            entry.type, entry.value = 7, number(random.choice([0, 1, 2, 255]), 1)
        case 3:
            entry.type, entry.value = 9, nested(random.randrange(1, 7), random.choice([0, 7, 8]))
        case 4:
            entry.type, entry.value = 9, number(random.choice([7, 8, 13]), 4) + number(1) + random.choice(
                [b"\2", b"\1", sized(b"\xff"), sized(b"a")])  # fmt: skip
            if random.randrange(3) == 0:
                entry.value = number(random.choice([0, 8]), 4) + number(random.choice([2**31, 2**40, 2**63]))
        case 5 | 6:
            kind = random.choice([4, 4, 4, 10, 5])
            value = random.choice([0, 1, 2, 3, 4, 8, 16, 24, 64, 128, 4096, 2**20, 2**21, 2**31])
            entries[:] = [it for it in entries if it.key != b"general.alignment"]
            entries.append(Entry(b"general.alignment", kind, number(value, SIZES[kind])))
            # What follows keeps the rules where the alignment does.
            if value.bit_count() == 1 and value <= 4096:
                header.alignment = value
                header.place()
        case 7:
            tensor.name = random.choice(TEXTS)
        case 8:
            tensors.append(dataclasses.replace(tensor, name=random.choice([tensor.name, b"another"])))
            header.place()
        case 9:
            tensor.dims = random.choice([[], [0], tensor.dims[:1], [*tensor.dims, 1], tensor.dims[:1] * 5,
                                         [32, 1, 1, 1, 1]])  # fmt: skip
            header.place()
        case 10:
            tensor.encoding = random.choice(ENCODINGS)
            header.place()
        case 11:
            place = random.randrange(len(tensor.dims))
            tensor.dims[place] = random.choice([*EDGES, tensor.dims[place] + 1])
            if random.randrange(3) == 0:
                tensor.dims = random.choice([[2**62], [2**40, 2**22], [2**40, 2**24], [2**40, 2**40, 0], [2**33] * 4])
            header.place()
        case 12:
            tensor.offset += random.choice([1, -1, 8, 32, -32, 64, 2**20])
        case 13:
            random.shuffle(tensors)
        case 14:
            data = header.bytes()
            return data[: random.randrange(len(data))]
        case 15:
            return random.choice([header.bytes() + b"more", header.bytes()[: -random.randrange(1, 33)]])
        case 16:
            data = bytearray(header.bytes())
            data[random.randrange(len(data) - len(header.data))] ^= 1 << random.randrange(8)
            return bytes(data)
        case _:
            index, truth = random.choice(header.numbers())
            return header.bytes({index: random.choice([truth + 1, truth - 1, *EDGES])})
    return header.bytes()


def mutants(count, seed):
    """So many mutants of each real header, and the headers themselves."""
    for name, header in real_headers().items():
        generator = random.Random(f"{seed} {name}")
        yield header.bytes()
        for _ in range(count):
            yield mutant(header, generator)
