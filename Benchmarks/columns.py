"""Checkpoints of some 120 million values that stand by column, so that each row of the result is taken from all over a matrix."""

import json
import pathlib
import shutil

import numpy
from safetensors.numpy import save_file

OUTPUTS, INPUTS, GROUP = 8192, 14336, 128
TESTDATA = pathlib.Path(__file__).resolve().parents[1] / "testdata"


def fortran(folder, deflated):
    """One array in Fortran's order."""
    random = numpy.random.default_rng(5)
    columns = 4096 if deflated else INPUTS
    values = random.standard_normal((OUTPUTS, columns), dtype="f4")
    path = folder / "fortran.npz"
    save = numpy.savez_compressed if deflated else numpy.savez
    save(path, weight=numpy.asfortranarray(numpy.round(values, 2)))
    return path


def reversed_axes(folder):
    """One array of three dimensions in Fortran's order: no two of them are a matrix that lies by column."""
    path = folder / "reversed.npy"
    numpy.save(path, numpy.random.default_rng(8).standard_normal((96, 512, 512), dtype="f4").T)
    return path


def small(folder):
    """Many small arrays in Fortran's order."""
    random = numpy.random.default_rng(9)
    path = folder / "small.npz"
    numpy.savez(path, **{f"layer.{index}": numpy.asfortranarray(random.standard_normal((100, 150)))
                         for index in range(1024)})
    return path


def gpt2(folder):
    """A GPT-2 of the widths of its largest, whose layers store matrices the other way round."""
    path = folder / "gpt2"
    shutil.copytree(TESTDATA / "huggingface/gpt2-bpe-f32", path)
    config = json.loads((path / "config.json").read_text())
    width, layers, words = 1600, 4, config["vocab_size"]
    config |= {"n_embd": width, "n_head": 25, "n_layer": layers, "n_inner": None}
    (path / "config.json").write_text(json.dumps(config))
    random = numpy.random.default_rng(6)
    shapes = {"wte.weight": (words, width), "wpe.weight": (config["n_positions"], width)}
    for layer in range(layers):
        for name, shape in {"attn.c_attn": (width, 3 * width), "attn.c_proj": (width, width),
                            "mlp.c_fc": (width, 4 * width), "mlp.c_proj": (4 * width, width)}.items():
            shapes |= {f"h.{layer}.{name}.weight": shape, f"h.{layer}.{name}.bias": shape[1:]}
        for name in ("ln_1", "ln_2"):
            shapes |= {f"h.{layer}.{name}.{part}": (width,) for part in ("weight", "bias")}
    shapes |= {"ln_f.weight": (width,), "ln_f.bias": (width,)}
    save_file({f"transformer.{name}": random.standard_normal(shape, dtype="f4") * 0.02 for name, shape in shapes.items()},
              path / "model.safetensors")
    return path


def quantized(folder, method):
    """One matrix of GPTQ, its groups in any order, or of AWQ, in 4 bits."""
    random = numpy.random.default_rng(7)
    path = folder / method
    path.mkdir()

    def words(*shape):
        return random.integers(-2**31, 2**31, shape, dtype="i4")

    tensors = {"layer.qzeros": words(INPUTS // GROUP, OUTPUTS // 8),
               "layer.scales": (random.random((INPUTS // GROUP, OUTPUTS), dtype="f4") * 0.01).astype("f2")}
    note = {"quant_method": method, "bits": 4, "group_size": GROUP}
    if method == "gptq":
        tensors |= {"layer.qweight": words(INPUTS // 8, OUTPUTS),
                    "layer.g_idx": random.permutation(INPUTS).astype("i4") // GROUP}
        note |= {"desc_act": True, "sym": False}
    else:
        tensors["layer.qweight"] = words(INPUTS, OUTPUTS // 8)
        note |= {"version": "gemm", "zero_point": True}
    save_file(tensors, path / "model.safetensors")
    (path / "config.json").write_text(json.dumps({"architectures": ["Layer"], "quantization_config": note}))
    return path


CHECKPOINTS = {
    "NumPy, Fortran's order": lambda folder: fortran(folder, False),
    "the same, deflated (34 million)": lambda folder: fortran(folder, True),
    "NumPy, three dimensions in Fortran's order (25 million)": reversed_axes,
    "NumPy, a thousand small arrays in Fortran's order (15 million)": small,
    "GPT-2, its folder": gpt2,
    "GPTQ, groups in any order": lambda folder: quantized(folder, "gptq"),
    "AWQ": lambda folder: quantized(folder, "awq"),
}
