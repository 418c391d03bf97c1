"""`ingot validate` next to ggml's check of tensors, on the same files."""

import ctypes
import json
import mmap
import pathlib
import time

from measure import child, interleaved, median, table


def ggml_check(library, path, tensors):
    """Seconds in which ggml looks at the data of all tensors, mapped, on one thread."""
    validate = library.ggml_validate_row_data
    validate.argtypes, validate.restype = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t), ctypes.c_bool
    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY) as bytes:
        anchor = ctypes.c_char.from_buffer(bytes)
        start = time.perf_counter()
        for number, begin, size in tensors:
            assert validate(number, ctypes.addressof(anchor) + begin, size)
        seconds = time.perf_counter() - start
        del anchor
    return seconds


def validations(options, ggml, source, numbers):
    """Validates a checkpoint of 100 million parameters in several encodings."""
    rows = []
    for target in ("f32", "f16", "q8_0", "q4_0", "tq2_0"):
        path = pathlib.Path(options.folder, f"validate-{target}.gguf")
        child(options.ingot, "convert", source, "-o", path, "--encoding", target, "--force", "--json")
        info = json.loads(child(options.ingot, "info", path, "--json")["output"])
        tensors = [(numbers[it["type"]], it["offset"], it["byteCount"]) for it in info["tensors"]]
        runners = {"ingot": lambda path=path: child(options.ingot, "validate", path, "--quiet"),
                   "structure": lambda path=path: child(options.ingot, "validate", path, "--level", "structure")}
        if ggml:
            runners["ggml"] = lambda: ggml_check(ggml.library, path, tensors)
        runs = interleaved(3 if options.quick else 9, **runners)
        seconds = median(run["wall"] for run in runs["ingot"])
        theirs = median(runs["ggml"]) if ggml else None
        size = path.stat().st_size
        rows.append([
            target, f"{theirs / seconds:.2f}" if ggml else "–", f"{size / seconds / 1e9:.1f}",
            f"{size / theirs / 1e9:.1f}" if ggml else "–",
            f"{median(run['wall'] for run in runs['structure']) * 1e3:.0f}",
            f"{max(run['peak'] for run in runs['ingot']) / 2**20:.0f}",
        ])
        path.unlink()
    print("\n### Validating 100 million parameters\n")
    print("How many times as fast as ggml's `ggml_validate_row_data` on one thread, which has the file mapped and its "
          "process started before the clock; gigabytes a second; milliseconds for the header alone; peak memory. Ingot "
          "starts, reads, and checks the padding as well.")
    table(["encoding", "× ggml", "ingot GB/s", "ggml GB/s", "structure ms", "ingot MiB"], rows)
