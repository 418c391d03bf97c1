"""`ingot convert` against llama-quantize, whole processes on the same model: how many times as fast.

usage: quantizing.py INGOT LLAMA_QUANTIZE [--encodings a,b,…] [--effort balanced] [--importance]

llama-quantize comes with no wheel: Benchmarks/README.md says how to build it. Both read the same GGUF of 16-bit or
32-bit floats, write to memory, and use two threads.
"""

import argparse
import os
import pathlib
import tempfile

import gguf
import numpy

from measure import child, interleaved, machine, median, table

ALL = ("q8_0,q4_0,q4_1,q5_0,q5_1,q1_0,q2_0,mxfp4,nvfp4,q2_k,q3_k,q4_k,q5_k,q6_k,iq4_nl,iq4_xs,tq1_0,tq2_0,"
       "iq1_s,iq1_m,iq2_xxs,iq2_xs,iq2_s,iq3_xxs,iq3_s")
# What llama-quantize calls the pure form of an encoding.
NAMES = {"q3_k": "Q3_K_M", "q4_k": "Q4_K_M", "q5_k": "Q5_K_M", "q2_k": "Q2_K", "mxfp4": "MXFP4_MOE", "nvfp4": "Q8_0"}
# It has no such form of these: each tensor is given the encoding.
BY_TENSOR = ("nvfp4",)
WIDTH, HIDDEN, WORDS = 1024, 3072, 32_000


def write_model(path, layers):
    """A Llama of random weights whose rows divide by 256."""
    random = numpy.random.default_rng(3)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(layers)
    writer.add_context_length(2048)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(16)
    writer.add_head_count_kv(16)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(WORDS)
    shapes = {"token_embd.weight": (WORDS, WIDTH), "output.weight": (WORDS, WIDTH)}
    for layer in range(layers):
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            shapes[f"blk.{layer}.{name}.weight"] = (WIDTH, WIDTH)
        shapes[f"blk.{layer}.ffn_gate.weight"] = shapes[f"blk.{layer}.ffn_up.weight"] = (HIDDEN, WIDTH)
        shapes[f"blk.{layer}.ffn_down.weight"] = (WIDTH, HIDDEN)
    importance = {}
    for name, shape in shapes.items():
        scale = numpy.exp(random.standard_normal((shape[0], 1), dtype="f4") * 0.3) * 0.02
        writer.add_tensor(name, (random.standard_normal(shape, dtype="f4") * scale).astype("<f4"))
        importance[name] = numpy.exp(random.standard_normal(shape[1])).astype("<f4")
    for layer in range(layers):
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", numpy.ones(WIDTH, "<f4"))
    writer.add_tensor("output_norm.weight", numpy.ones(WIDTH, "<f4"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return importance


def write_importance(path, importance):
    writer = gguf.GGUFWriter(path, "imatrix")
    writer.add_type("imatrix")
    writer.add_array("imatrix.datasets", ["none"])
    writer.add_uint32("imatrix.chunk_count", 1)
    writer.add_uint32("imatrix.chunk_size", 512)
    for name, weights in importance.items():
        writer.add_tensor(f"{name}.in_sum2", weights[None, :])
        writer.add_tensor(f"{name}.counts", numpy.ones((1, 1), "<f4"))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ingot")
    parser.add_argument("llama_quantize")
    parser.add_argument("--encodings", default=ALL)
    parser.add_argument("--effort", default="balanced")
    parser.add_argument("--importance", action="store_true")
    parser.add_argument("--layers", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"{machine()}\n")
    shared = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    rows = []
    with tempfile.TemporaryDirectory(dir=shared) as folder:
        model, matrix, output = (pathlib.Path(folder, name) for name in ("model.gguf", "imatrix.gguf", "out.gguf"))
        importance = write_model(model, options.layers)
        write_importance(matrix, importance)
        for encoding in options.encodings.split(","):
            weighted = options.importance or encoding in ("iq2_xxs", "iq2_xs", "iq1_s", "iq2_s", "iq1_m")
            name = NAMES.get(encoding, encoding.upper())
            guide = ["--imatrix", matrix] if weighted else []
            if encoding in BY_TENSOR:
                guide += ["--tensor-type", f"weight={encoding}"]
            runs = interleaved(
                options.rounds,
                ingot=lambda: child(
                    options.ingot, "convert", model, "-o", output, "--encoding", encoding, "--effort", options.effort,
                    "--threads", "2", "--force", "--json", *(["--importance", matrix] if weighted else [])),
                llama=lambda: child(options.llama_quantize, "--pure", *guide, "--token-embedding-type", encoding,
                                    "--output-tensor-type", encoding, model, output, name, "2"),
            )
            ours, theirs = (median(run["wall"] for run in runs[side]) for side in ("ingot", "llama"))
            rows.append([f"{encoding}{' weighted' if weighted else ''}", f"{theirs / ours:.2f}", f"{ours / theirs:.2f}",
                         f"{ours:.2f}", f"{theirs:.2f}"])
            print(" ".join(rows[-1]), flush=True)
    print(f"\n### Converting with --effort {options.effort} against llama-quantize, two threads\n")
    table(["encoding", "× as fast", "its time = 1", "ingot s", "llama-quantize s"], rows)


if __name__ == "__main__":
    main()
