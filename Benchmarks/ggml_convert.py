"""The work of `ingot convert`, done by ggml's encoders or by gguf-py's: a program of its own so that its memory is too.

usage: ggml_convert.py ggml|gguf-py CHECKPOINT OUTPUT PLAN      PLAN: what `ingot convert --dry-run --json` prints

It gives ggml every advantage: the file is mapped and not copied, rows are shared out to two threads (a call
to ggml leaves Python's lock), and only the work is timed, not the start of Python. What it writes are the tensors
alone, with neither header nor sync.
"""

import concurrent.futures
import json
import mmap
import struct
import sys
import time

import numpy

from ggml import GGML, NUMBERS

THREADS = 2
# Values a task: the stretch stays in a core's cache.
STRETCH = 1 << 18


def checkpoint(path):
    """The tensors of a safetensors file by name, mapped."""
    with open(path, "rb") as file:
        bytes_ = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    size = struct.unpack("<Q", bytes_[:8])[0]
    header = json.loads(bytes_[8 : 8 + size])
    types = {"F32": "<f4", "I64": "<i8"}
    return {
        name: numpy.frombuffer(
            bytes_, types[entry["dtype"]], offset=8 + size + entry["data_offsets"][0],
            count=numpy.prod(entry["shape"], dtype=int),
        )
        for name, entry in header.items() if name != "__metadata__"
    }


def with_ggml(values, rows, encoding, pool, ggml):
    """The blocks, made on all threads."""
    number = NUMBERS[encoding]
    traits = ggml.traits(number)
    length = values.size // rows
    row_bytes = length // traits.blck_size * traits.type_size
    output = numpy.empty(rows * row_bytes, "u1")
    step = max(1, STRETCH // length)

    def part(first):
        ggml.library.ggml_quantize_chunk(
            number, values.ctypes.data, output.ctypes.data, first * length, min(step, rows - first), length, None
        )

    list(pool.map(part, range(0, rows, step)))
    return output


def with_gguf_py(values, rows, encoding):
    import gguf

    return gguf.quants.quantize(values.reshape(rows, -1), gguf.GGMLQuantizationType[encoding])


def main(peer, source, target, plan):
    ggml = GGML()
    with open(plan) as file:
        plan = json.load(file)["tensors"]
    start = time.perf_counter()
    tensors = checkpoint(source)
    with concurrent.futures.ThreadPoolExecutor(THREADS) as pool, open(target, "wb", buffering=0) as file:
        for tensor in plan:
            values = tensors[tensor["sourceName"]]
            if tensor["transform"] == "encode":
                rows = values.size // tensor["dimensions"][0]
                if peer == "ggml":
                    values = with_ggml(values, rows, tensor["encoding"], pool, ggml)
                else:
                    values = with_gguf_py(values, rows, tensor["encoding"])
            file.write(values.data)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main(*sys.argv[1:])
