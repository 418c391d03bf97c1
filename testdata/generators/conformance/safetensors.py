"""Builds safetensors files, and edits of their headers that keep the length."""

from dataclasses import dataclass

from container import u64
from corpus import Edit, File, replace

ROOM = 12  # spaces after the header, so that an edit may lengthen it

# Bits of every element type.
DTYPES = {
    "BOOL": 8, "U8": 8, "I8": 8, "U16": 16, "I16": 16, "U32": 32, "I32": 32, "U64": 64, "I64": 64, "F16": 16,
    "BF16": 16, "F32": 32, "F64": 64, "F8_E4M3": 8, "F8_E5M2": 8, "F8_E8M0": 8, "F8_E4M3FNUZ": 8,
    "F8_E5M2FNUZ": 8, "F6_E2M3": 6, "F6_E3M2": 6, "F4": 4, "C64": 64,
}  # fmt: skip


def entry(name, dtype, shape, begin, end):
    dims = ",".join(map(str, shape))
    return f'"{name}":{{"dtype":"{dtype}","shape":[{dims}],"data_offsets":[{begin},{end}]}}'


def header(*members):
    return "{" + ",".join(members) + "}"


@dataclass
class Checkpoint(File):
    """A file, and where its header ends."""

    header_end: int = 0

    def find(self, text, nth=0):
        """Where a text of the header stands, of several the one with that number."""
        at = 7
        for _ in range(nth + 1):
            at = self.data.index(text.encode() if isinstance(text, str) else text, at + 1, self.header_end)
        return at

    def at(self, text, nth=0):
        return self.find(text, nth)

    def swap(self, old, new, nth=0):
        """The edits that put one text in the place of another; spaces at the header's end make up for the rest."""
        edits = [replace(self.find(old, nth), old, new)]
        grown, end = len(edits[0].new) - edits[0].removed, self.header_end
        assert grown <= ROOM, "no room in the header"
        if grown > 0:
            edits.append(Edit(end - grown, grown, b""))
        elif grown < 0:
            edits.append(Edit(end, 0, b" " * -grown))
        return edits


def checkpoint(text, data=b"", room=ROOM):
    text = (text.encode() if isinstance(text, str) else text) + b" " * room
    return Checkpoint(u64(len(text)) + text + data, {}, 8 + len(text))


def values(count):
    """Bytes that every element type may hold."""
    return (b"\1\0" * count)[:count]
