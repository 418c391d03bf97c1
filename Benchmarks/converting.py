"""`ingot convert` end to end: speed, share of the limit, peak memory and scale; beside llama-quantize where it is there.

usage: converting.py INGOT [--llama-quantize PROGRAM] [--json FILE] [--figure FILE.svg] [--rounds 7] [--large]

The limit is the time of reading the input and writing an output of the same size, with no arithmetic:
`cat input > /dev/null; cat output > /dev/shm/x`. All files are in memory, but for the sparse ones of the scale.
--large adds the checkpoints that take minutes: a million tensors, and a slice of a model of 70 billion parameters.
"""

import argparse
import datetime
import json
import os
import pathlib
import shutil
import tempfile

import synthetic
from measure import child, interleaved, machine, median, table

MEBIBYTE = 1 << 20
ENCODINGS = ("q8_0", "q4_0", "q2_0", "tq2_0")


def convert(options, source, output, *arguments):
    use = child(options.ingot, "convert", source, "-o", output, "--force", "--json", *arguments)
    return use | {"report": json.loads(use["output"])}


def speeds(options, folder):
    """The model of quantizing.py with five layers, 133 million parameters, in each encoding, with two threads."""
    from quantizing import write_model

    model, output, other, copy = (pathlib.Path(folder, name) for name in ("m.gguf", "o.gguf", "l.gguf", "copy"))
    write_model(model, 5)
    results = []
    for encoding in ENCODINGS:
        name = encoding.upper()
        runners = {
            "ingot": lambda: convert(options, model, output, "--encoding", encoding, "--effort", "fast", "--threads", 2),
            "limit": lambda: child("sh", "-c", f"cat '{model}' > /dev/null; cat '{output}' > '{copy}'"),
        }
        if options.llama_quantize:
            runners["llama"] = lambda: child(
                options.llama_quantize, "--pure", "--token-embedding-type", encoding, "--output-tensor-type",
                encoding, model, other, name, "2")
        runs = interleaved(options.rounds, **runners)
        wall = {side: median(run["wall"] for run in runs[side]) for side in runs}
        cpu = {side: median(run["cpu"] for run in runs[side]) for side in runs}
        values = runs["ingot"][0]["report"]["values"]
        results.append({
            "encoding": encoding, "values": values, "seconds": wall["ingot"], "processorSeconds": cpu["ingot"],
            "valuesPerSecond": values / wall["ingot"], "limitSeconds": wall["limit"],
            "timesLimit": wall["ingot"] / wall["limit"],
            "peakMebibytes": median(run["peak"] for run in runs["ingot"]) / MEBIBYTE,
            "llamaQuantizeSeconds": wall.get("llama"), "llamaQuantizeProcessorSeconds": cpu.get("llama"),
            "timesLlamaQuantize": wall["llama"] / wall["ingot"] if "llama" in wall else None,
        })
        for path in (other, copy):
            path.unlink(missing_ok=True)
    model.unlink()
    return results


def scale(options, folder, output):
    """Memory and time as the number of tensors, and the model, grow."""
    source = pathlib.Path(folder, "tiny.safetensors")
    results = []
    for count in [10_000, 100_000] + [1_000_000] * options.large:
        synthetic.tiny(source, count)
        use = convert(options, source, output, "--encoding", "q8_0")
        results.append(row(f"{count:,} tensors of 16 values", use, count))
    source.unlink()
    large = pathlib.Path(folder, "large.safetensors")
    for rows in (65_536, 262_144):
        synthetic.large(large, rows)
        use = convert(options, large, output, "--encoding", "q8_0", "--effort", "fast")
        results.append(row(f"one tensor of {rows * 4096 * 4 / 1e9:.1f} GB", use, 1))
    large.unlink()
    mixture = pathlib.Path(folder, "experts")
    _, count = synthetic.experts(mixture)
    use = convert(options, mixture, output, "--encoding", "q8_0")
    results.append(row(f"{count:,} tensors of a mixture of experts", use, count))
    shutil.rmtree(mixture)
    llama = pathlib.Path(folder, "llama70b")
    synthetic.llama70b(llama)
    use = child(options.ingot, "convert", llama, "--encoding", "q4_k", "--dry-run")
    results.append(row("plan of 70 billion parameters", use, 723))
    if options.large:
        for part, of in ((1, 64), (32, 64), (1, 16)):
            use = convert(options, llama, output, "--encoding", "q8_0", "--effort", "fast", "--part", f"{part}/{of}")
            pathlib.Path(use["report"]["output"]).unlink()
            results.append(row(f"70 billion parameters, part {part} of {of}", use, 723))
    return results


def by_column(options, folder, output):
    """What is stored by column."""
    import columns

    results = []
    for name, make in columns.CHECKPOINTS.items():
        with tempfile.TemporaryDirectory(dir=folder) as place:
            path = make(pathlib.Path(place))
            family = [] if (path / "vocab.json").exists() or (path / "tokenizer.json").exists() else ["--family", "generic"]
            uses = [convert(options, path, output, "--encoding", "q8_0", "--effort", "fast", "--threads", 2, *family)
                    for _ in range(3)]
            use = uses[0] | {key: median(it[key] for it in uses) for key in ("wall", "cpu", "peak")}
            results.append(row(name, use, 1) | {"values": use["report"]["values"]})
    return results


def row(name, use, tensors):
    return {"checkpoint": name, "tensors": tensors, "seconds": use["wall"], "processorSeconds": use["cpu"],
            "peakMebibytes": use["peak"] / MEBIBYTE}


def draw(results, path):
    """Times beside the limit, and peak memory over the number of tensors."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.fonttype"] = "none"
    matplotlib.rcParams["svg.hashsalt"] = "ingot"
    from matplotlib import pyplot

    figure, (times, memory) = pyplot.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    speeds = results["speeds"]
    bars = [("reading and writing alone", "limitSeconds", "#bbbbbb"), ("ingot convert", "seconds", "#c0562f"),
            ("llama-quantize", "llamaQuantizeSeconds", "#4a6fa5")]
    bars = [bar for bar in bars if speeds[0][bar[1]] is not None]
    for index, (label, key, colour) in enumerate(bars):
        places = [place + (index - (len(bars) - 1) / 2) * 0.26 for place in range(len(speeds))]
        times.bar(places, [it[key] for it in speeds], 0.24, label=label, color=colour)
    times.set_xticks(range(len(speeds)), [it["encoding"].upper() for it in speeds])
    times.set_ylabel(f"seconds, {speeds[0]['values'] / 1e6:.0f} million values")
    times.legend(frameon=False)
    scale = [it for it in results["scale"] if it["tensors"] >= 10_000]
    counts = [it["tensors"] for it in scale]
    memory.loglog(counts, [it["peakMebibytes"] for it in scale], "o-", color="#c0562f", label="ingot convert")
    memory.loglog(counts, [40 + 200 * count / MEBIBYTE for count in counts], "--", color="#bbbbbb",
                  label="40 MiB + 200 bytes a tensor")
    memory.set_xlabel("tensors")
    memory.set_ylabel("peak memory, MiB")
    memory.legend(frameon=False)
    for axes in (times, memory):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, format="svg", metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ingot")
    parser.add_argument("--llama-quantize")
    parser.add_argument("--json")
    parser.add_argument("--figure")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    results = {"date": datetime.date.today().isoformat(), "machine": machine()}
    print(f"{results['date']}, {results['machine']}")
    with tempfile.TemporaryDirectory(dir=shared) as folder, tempfile.TemporaryDirectory() as disk:
        results["speeds"] = speeds(options, folder)
        results["columns"] = by_column(options, folder, pathlib.Path(folder, "o.gguf"))
        results["scale"] = scale(options, disk, pathlib.Path(folder, "o.gguf"))
    print("\n### Converting, two threads, --effort fast\n")
    table(["encoding", "million values/s", "s", "÷ limit", "processor s", "MiB", "× llama-quantize", "its s"],
          [[it["encoding"], f"{it['valuesPerSecond'] / 1e6:.0f}", f"{it['seconds']:.3f}", f"{it['timesLimit']:.2f}",
            f"{it['processorSeconds']:.2f}", f"{it['peakMebibytes']:.0f}",
            f"{it['timesLlamaQuantize']:.2f}" if it["timesLlamaQuantize"] else "", f"{it['llamaQuantizeSeconds'] or 0:.3f}"]
           for it in results["speeds"]])
    print("\n### Checkpoints that stand by column, to Q8_0\n")
    table(["checkpoint", "million values/s", "s", "processor s", "MiB"],
          [[it["checkpoint"], f"{it['values'] / it['seconds'] / 1e6:.0f}", f"{it['seconds']:.2f}",
            f"{it['processorSeconds']:.2f}", f"{it['peakMebibytes']:.1f}"] for it in results["columns"]])
    print("\n### Scale\n")
    table(["checkpoint", "s", "processor s", "MiB"],
          [[it["checkpoint"], f"{it['seconds']:.2f}", f"{it['processorSeconds']:.2f}", f"{it['peakMebibytes']:.1f}"]
           for it in results["scale"]])
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(results, indent=1) + "\n")
    if options.figure:
        draw(results, options.figure)


if __name__ == "__main__":
    main()
