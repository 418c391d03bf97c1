"""Writes the codebooks of clause E38 to spec/tables.

usage: codebooks.py <spec/tables>

The reference decoder is asked what each index stands for: a block with scale 1 is decoded for every index, with all
signs positive. Needs gguf-py (`pip install gguf numpy`).
"""

import struct
import sys

import numpy as np
from gguf import GGMLQuantizationType as Type
from gguf import quants

ONE = struct.pack("<e", 1)


def iq2_xxs(index):  # sub-scale (0.5 + 0) / 4
    return ONE + bytes([index, 0, 0, 0]) + bytes(60), 8


def iq2_xs(index):
    return ONE + struct.pack("<H", index) + bytes(62) + bytes(8), 8


def iq2_s(index):
    return ONE + bytes([index & 255]) + bytes(63) + bytes([index >> 8]) + bytes(7 + 8), 8


def iq3_xxs(index):  # sub-scale (0.5 + 0) / 2
    return ONE + bytes([index]) + bytes(63) + bytes(32), 4


def iq3_s(index):  # sub-scale 1
    return ONE + bytes([index & 255]) + bytes(63) + bytes([index >> 8]) + bytes(7 + 32 + 4), 1


def iq1(index):  # sub-scale 1, offset 1/8
    return ONE + bytes([index & 255]) + bytes(31) + struct.pack("<H", index >> 8) + bytes(14), 1


BOOKS = {  # name: type, maker of a block, indices, values an entry, offset, values of the levels
    "iq2_xxs": (Type.IQ2_XXS, iq2_xxs, 256, 8, 0, [8, 25, 43]),
    "iq2_xs": (Type.IQ2_XS, iq2_xs, 512, 8, 0, [8, 25, 43]),
    "iq2_s": (Type.IQ2_S, iq2_s, 1024, 8, 0, [8, 25, 43]),
    "iq3_xxs": (Type.IQ3_XXS, iq3_xxs, 256, 4, 0, [4, 12, 20, 28, 36, 44, 52, 62]),
    "iq3_s": (Type.IQ3_S, iq3_s, 512, 4, 0, [1, 3, 5, 7, 9, 11, 13, 15]),
    "iq1": (Type.IQ1_S, iq1, 2048, 8, 0.125, [-1, 0, 1]),
}

for name, (kind, make, count, size, offset, levels) in BOOKS.items():
    with open(f"{sys.argv[1]}/{name}.txt", "w") as file:
        for index in range(count):
            block, factor = make(index)
            values = quants.dequantize(np.frombuffer(block, np.uint8), kind)[:size]
            file.write("".join(str(levels.index(v)) for v in values * factor - offset) + "\n")
