"""What was read from a container, as JSON: `python spec/check/description.py FILE…` prints a line for each.

Of a file that opens, its header; of all, the findings. Floats that JSON lacks are the texts NaN, Infinity and
-Infinity.
"""

import json
import math
import pathlib
import sys

import container
import stored_data


def plain(value):
    if isinstance(value, list):
        return [plain(it) for it in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


def header(read):
    """The header, under the names that the command's `info --json` has (command.md, K3)."""
    return {
        "version": read.version,
        "alignment": read.alignment,
        "dataOffset": read.data_start,
        "bodyByteCount": read.body_end,
        "metadata": [
            {"key": key, "type": it.type, "elementType": it.element_type, "value": plain(it.value)}
            for key, it in read.metadata.items()
        ],
        "tensors": [
            {
                "name": it.name, "dimensions": it.dims, "type": it.encoding.name,
                "offset": read.data_start + it.offset, "byteCount": it.size,
            }
            for it in read.tensors
        ],
    }  # fmt: skip


def describe(file, limits=None):
    """What is to be said of a file, a path or its bytes."""
    data = file if isinstance(file, bytes) else pathlib.Path(file).read_bytes()
    judged = container.judge(data, limits)
    try:
        answer = {"reader": None, "header": header(container.read(data, limits))}
    except container.ContainerError as error:
        answer = {"reader": {"code": error.code, "offset": error.offset}}
    found = {"structure": judged.findings, "data": stored_data.judge(data, judged)}
    answer["findings"] = [
        {"rule": rule, "offset": offset, "level": level} for level, it in found.items() for rule, offset in it
    ]
    return answer


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps(describe(name), ensure_ascii=False))
