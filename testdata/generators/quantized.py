#!/usr/bin/env python3
"""Makes testdata/quantized: tiny checkpoints in each scheme of spec/quantized.md, and the weights that they stand for.

usage: quantized.py FOLDER

Weights of bitsandbytes and compressed-tensors are quantized by these packages; GPTQ, AWQ, FP8 and MXFP4 are packed here, by their
published layouts. The expected weights are computed here with numpy, from the bytes that are stored, and held against what the packages
dequantize. Needs numpy, safetensors, torch, bitsandbytes, compressed-tensors.
"""
import json, sys
from pathlib import Path
import numpy as np
import torch
import bitsandbytes.functional as bnb
from compressed_tensors.compressors.pack_quantized.helpers import pack_to_int32
from compressed_tensors.compressors.nvfp4.helpers import pack_fp4_to_uint8
from compressed_tensors.quantization import QuantizationArgs
from compressed_tensors.quantization.lifecycle.forward import dequantize, quantize
from safetensors.torch import save_file

OUT = Path(sys.argv[1])
F = np.float32
torch.set_num_threads(1)


def random(name):
    return np.random.default_rng(list(name.encode()))


def numbers(tensor):
    """The values of a torch tensor of floats, as Float32."""
    return tensor.to(torch.float32).numpy()


def write(name, config, tensors, expected, note="config.json"):
    folder = OUT / name
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    if config is not None:
        (folder / note).write_text(json.dumps(config, indent=1) + "\n")
    save_file({k: v.contiguous() for k, v in tensors.items()}, folder / "model.safetensors")
    values = {k: torch.from_numpy(np.ascontiguousarray(v, dtype=F)) for k, v in expected.items()}
    save_file(values, folder / "expected.safetensors")


def words(codes, bits):
    """Codes of the first dimension in 32-bit words, the first in the lowest bits."""
    per = 32 // bits
    codes = codes.astype(np.uint32).reshape(codes.shape[0] // per, per, -1)
    packed = np.zeros((codes.shape[0], codes.shape[2]), np.uint32)
    for place in range(per):
        packed |= codes[:, place] << np.uint32(place * bits)
    return torch.from_numpy(packed.view(np.int32))


# ---------------------------------------------------------------- FP8
def fp8():
    r = random("fp8")
    tensors, expected = {}, {}
    codes = lambda shape, dtype: torch.from_numpy(r.normal(0, 60, shape).astype(F)).clamp(-400, 400).to(dtype)

    def add(name, shape, dtype, scale, rows, columns, suffix):
        weight = codes(shape, dtype)
        tensors[name], tensors[name + suffix] = weight, scale
        full = numbers(scale)
        if full.ndim >= 2:
            full = np.repeat(np.repeat(full, rows, -2), columns, -1)[..., : shape[-2], : shape[-1]]
        expected[name] = numbers(weight) * full

    scale = lambda *shape: torch.from_numpy(r.uniform(1e-4, 1e-3, shape).astype(F))
    add("a.weight", (40, 56), torch.float8_e4m3fn, scale(3, 3), 16, 24, "_scale_inv")
    add("experts.gate_up_proj", (2, 20, 48), torch.float8_e4m3fn, scale(2, 2, 2), 16, 24, "_scale_inv")
    add("b.weight", (16, 24), torch.float8_e5m2, scale(1, 1), 16, 24, "_scale_inv")
    add("c.weight", (7, 9), torch.float8_e5m2, torch.tensor(0.0123, dtype=torch.bfloat16), 0, 0, "_scale")
    tensors["a.activation_scale"] = torch.tensor([1.0])
    tensors["lm_head.weight"] = codes((4, 8), torch.float8_e4m3fn)
    tensors["norm.weight"] = torch.ones(8, dtype=torch.bfloat16)
    config = {"quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [16, 24],
              "modules_to_not_convert": ["lm_head"]}
    write("fp8", {"quantization_config": config}, tensors, expected)


# ---------------------------------------------------------------- GPTQ
def gptq(name, bits, group, act=False, index=True, v2=False, old_note=False):
    r = random(name)
    outputs, inputs = 32, 64
    groups = 1 if group == -1 else inputs // group
    codes = r.integers(0, 1 << bits, (inputs, outputs))
    zeros = r.integers(0, 1 << bits, (groups, outputs))
    scales = torch.from_numpy(r.uniform(0.001, 0.02, (groups, outputs))).to(torch.float16)
    group_of = np.arange(inputs) // (inputs if group == -1 else group)
    if act:
        group_of = r.permutation(group_of)
    tensors = {"m.q.qweight": words(codes, bits), "m.q.qzeros": words(zeros.T, bits).T, "m.q.scales": scales,
               "m.q.bias": torch.zeros(outputs, dtype=torch.float16)}
    if index:
        tensors["m.q.g_idx"] = torch.from_numpy(group_of.astype(np.int32))
    zero = zeros + (0 if v2 else 1)
    value = numbers(scales)[group_of] * (codes - zero[group_of]).astype(F)
    config = {"bits": bits, "group_size": group, "desc_act": act, "sym": False}
    if old_note:
        write(name, config, tensors, {"m.q.weight": value.T}, "quantize_config.json")
        return
    config |= {"quant_method": "gptq", "checkpoint_format": "gptq_v2" if v2 else "gptq"}
    write(name, {"quantization_config": config}, tensors, {"m.q.weight": value.T})


# ---------------------------------------------------------------- AWQ
def awq():
    r = random("awq")
    outputs, inputs, group = 40, 48, 16
    order = [0, 2, 4, 6, 1, 3, 5, 7]
    codes, zeros = r.integers(0, 16, (inputs, outputs)), r.integers(0, 16, (inputs // group, outputs))
    scales = torch.from_numpy(r.uniform(0.001, 0.02, (inputs // group, outputs))).to(torch.float16)

    def pack(values):
        # Place k of a word has the output order[k] of its eight.
        return words(values.reshape(-1, outputs // 8, 8)[:, :, order].reshape(-1, outputs).T, 4).T

    value = (codes - np.repeat(zeros, group, 0)).astype(F) * np.repeat(numbers(scales), group, 0)
    config = {"quant_method": "awq", "bits": 4, "group_size": group, "version": "gemm", "zero_point": True,
              "modules_to_not_convert": None}
    tensors = {"m.q.qweight": pack(codes), "m.q.qzeros": pack(zeros), "m.q.scales": scales}
    write("awq", {"quantization_config": config}, tensors, {"m.q.weight": value.T})


# ---------------------------------------------------------------- bitsandbytes
def four_bits(name, kind, nested, shape, blocksize):
    r = random(name)
    weight = torch.from_numpy(r.normal(0, 0.02, shape).astype(F))
    packed, state = bnb.quantize_4bit(weight, blocksize=blocksize, compress_statistics=nested, quant_type=kind)
    parts = {f"m.q.weight.{k}": v for k, v in state.as_dict(packed=True).items()}
    tensors = {"m.q.weight": packed, **parts}
    text = json.loads(bytes(parts[f"m.q.weight.quant_state.bitsandbytes__{kind}"].tolist()))
    stored = packed.numpy().reshape(-1)
    codes = np.stack([stored >> 4, stored & 15], 1).reshape(-1)[: weight.numel()]
    scales = parts["m.q.weight.absmax"].numpy()
    if nested:
        outer = np.repeat(parts["m.q.weight.nested_absmax"].numpy(), text["nested_blocksize"])[: len(scales)]
        scales = parts["m.q.weight.nested_quant_map"].numpy()[scales] * outer + F(text["nested_offset"])
    value = parts["m.q.weight.quant_map"].numpy()[codes] * np.repeat(scales, text["blocksize"])[: len(codes)]
    value = value.reshape(text["shape"])
    theirs = numbers(bnb.dequantize_4bit(packed, state))
    print(name, "largest difference from bitsandbytes", np.abs(theirs - value).max())
    assert np.allclose(theirs, value, rtol=1e-6, atol=0)
    config = {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": kind}
    write(name, {"quantization_config": config}, tensors, {"m.q.weight": value})


def eight_bits():
    r = random("llm-int8")
    weight = torch.from_numpy(r.normal(0, 0.02, (24, 40))).to(torch.float16)
    codes, scales, _ = bnb.int8_vectorwise_quant(weight)
    tensors = {"m.q.weight": codes, "m.q.SCB": scales, "m.q.weight_format": torch.tensor(0, dtype=torch.uint8)}
    value = codes.numpy().astype(F) * scales.numpy()[:, None] * F(1 / 127)
    theirs = numbers(bnb.int8_vectorwise_dequant(codes, scales))
    assert (theirs == value).all()
    write("llm-int8", None, tensors, {"m.q.weight": value})


# ---------------------------------------------------------------- compressed-tensors
def compressed(name, groups, modules, fmt, ignore=("lm_head",)):
    """modules: name -> (shape, QuantizationArgs, format, with groups in any order)"""
    r = random(name)
    tensors, expected = {}, {}
    for module, (shape, args, form, any_order) in modules.items():
        weight = torch.from_numpy(r.normal(0, 0.02, shape).astype(F))
        rows, columns = shape
        high, wide = rows, columns
        if args.strategy == "channel":
            high = 1
        elif args.strategy in ("group", "tensor_group"):
            high, wide = 1, args.group_size
        elif args.strategy == "block":
            high, wide = args.block_structure
        grid = (-(-rows // high), -(-columns // wide))
        spread = lambda t: np.repeat(np.repeat(t, high, 0), wide, 1)[:rows, :columns]
        if form in ("nvfp4-pack-quantized", "mxfp4-pack-quantized"):
            table = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6], F)
            codes = r.integers(0, 16, shape)
            packed = pack_fp4_to_uint8(torch.from_numpy(table[codes]).to(torch.bfloat16))
            codes = np.stack([packed.numpy() & 15, packed.numpy() >> 4], 2).reshape(shape)
            tensors[module + ".weight_packed"] = packed
            if form.startswith("nv"):
                scale = torch.from_numpy(r.uniform(1, 400, grid).astype(F)).to(torch.float8_e4m3fn)
                whole = torch.tensor([1234.5])
                tensors[module + ".weight_global_scale"] = whole
                scales = numbers(scale) / numbers(whole)
            else:
                scale = torch.from_numpy(r.integers(110, 125, grid).astype(np.uint8))
                scales = np.exp2(scale.numpy().astype(F) - 127)
            tensors[module + ".weight_scale"] = scale
            expected[module + ".weight"] = table[codes] * spread(scales)
            continue
        if args.type == "float":
            scale = torch.from_numpy(r.uniform(1e-4, 1e-3, grid)).to(torch.bfloat16)
            codes = torch.from_numpy(spread(1 / numbers(scale)) * numbers(weight)).clamp(-448, 448).to(torch.float8_e4m3fn)
            tensors[module + ".weight"], tensors[module + ".weight_scale"] = codes, scale
            if args.strategy == "tensor":
                tensors[module + ".weight_scale"] = scale.reshape(1)
            expected[module + ".weight"] = numbers(codes) * spread(numbers(scale))
            tensors[module + ".input_scale"] = torch.tensor([0.5])
            continue
        half = 1 << args.num_bits - 1
        order = r.permutation(columns) if any_order else np.arange(columns)
        group_of = np.empty(columns, np.int64)
        group_of[order] = np.arange(columns) // wide
        scale = torch.from_numpy(r.uniform(0.05, 0.1, grid) / half).to(torch.bfloat16)
        zero = torch.from_numpy(r.integers(-half // 2, half // 2, grid).astype(np.int8))
        if args.symmetric:
            zero = torch.zeros_like(zero)
        full = numbers(scale)[np.arange(rows)[:, None] // high, group_of[None]]
        zeros = zero.numpy()[np.arange(rows)[:, None] // high, group_of[None]].astype(F)
        codes = np.clip(np.round(numbers(weight) / full) + zeros, -half, half - 1)
        expected[module + ".weight"] = (codes.astype(F) - zeros) * full
        codes = torch.from_numpy(codes.astype(np.int8))
        tensors[module + ".weight_scale"] = scale
        packed_form = form == "pack-quantized"
        if packed_form:
            tensors[module + ".weight_packed"] = pack_to_int32(codes, args.num_bits)
            tensors[module + ".weight_shape"] = torch.tensor(shape)
        else:
            tensors[module + ".weight"] = codes
        if not args.symmetric:
            tensors[module + ".weight_zero_point"] = (
                pack_to_int32(zero, args.num_bits, packed_dim=0).contiguous() if packed_form else zero)
        if any_order:
            tensors[module + ".weight_g_idx"] = torch.from_numpy(group_of.astype(np.int32))
        elif args.strategy != "block":
            # Theirs, in single precision.
            theirs = dequantize(codes, scale.float(), zero_point=None if args.symmetric else zero, args=args)
            assert (numbers(theirs) == expected[module + ".weight"]).all(), name
    tensors["lm_head.weight"] = torch.ones((2, 4), dtype=torch.bfloat16)
    config = {"quant_method": "compressed-tensors", "format": fmt, "ignore": list(ignore), "config_groups": groups,
              "quantization_status": "compressed", "kv_cache_scheme": None, "sparsity_config": {}}
    write(name, {"quantization_config": config}, tensors, expected)


def args(**members):
    return QuantizationArgs(**members)


def group(args, targets=("Linear",), **members):
    weights = {"num_bits": args.num_bits, "type": str(getattr(args.type, "value", args.type)), "strategy": str(getattr(args.strategy, "value", args.strategy)),
               "group_size": args.group_size, "symmetric": args.symmetric, "block_structure": args.block_structure}
    return {"targets": list(targets), "weights": weights, "input_activations": None, **members}


def compressed_tensors():
    one = lambda name, form, shape, a, any_order=False: compressed(
        name, {"group_0": group(a)}, {"m.q": (shape, a, form, any_order)}, form)
    one("ct-int-quantized", "int-quantized", (12, 24), args(num_bits=8, type="int", strategy="channel", symmetric=False))
    one("ct-naive-quantized", "naive-quantized", (12, 24), args(num_bits=4, type="int", strategy="group", group_size=8, symmetric=False))
    one("ct-float-quantized", "float-quantized", (20, 24), args(num_bits=8, type="float", strategy="block", block_structure=[8, 16]))
    one("ct-float-tensor", "float-quantized", (12, 24), args(num_bits=8, type="float", strategy="tensor"))
    one("ct-pack-order", "pack-quantized", (13, 36), args(num_bits=4, type="int", strategy="group", group_size=12, symmetric=False), True)
    one("ct-nvfp4", "nvfp4-pack-quantized", (6, 48), args(num_bits=4, type="float", strategy="tensor_group", group_size=16))
    one("ct-mxfp4", "mxfp4-pack-quantized", (6, 64), args(num_bits=4, type="float", strategy="group", group_size=32))
    four = args(num_bits=4, type="int", strategy="group", group_size=16)
    eight = args(num_bits=8, type="int", strategy="channel")
    eight_float = args(num_bits=8, type="float", strategy="channel")
    compressed(
        "ct-mixed-precision",
        {"group_0": group(four, ["re:.*q$"], format="pack-quantized"), "group_1": group(eight, ["re:.*k$"], format="pack-quantized"),
         "group_2": group(eight_float, ["Linear"], format="float-quantized")},
        {"m.q": ((10, 32), four, "pack-quantized", False), "m.k": ((10, 32), eight, "pack-quantized", False),
         "m.v": ((10, 32), eight_float, "float-quantized", False)}, "mixed-precision")


# ---------------------------------------------------------------- MXFP4
def mxfp4():
    r = random("mxfp4")
    table = np.array([0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6], F)
    blocks = r.integers(0, 256, (2, 6, 3, 16)).astype(np.uint8)
    scales = r.integers(115, 130, (2, 6, 3)).astype(np.uint8)
    codes = np.stack([blocks & 15, blocks >> 4], 4).reshape(2, 6, 3, 32)
    value = table[codes] * np.exp2(scales.astype(F) - 127)[..., None]
    tensors = {"e.down_proj_blocks": torch.from_numpy(blocks), "e.down_proj_scales": torch.from_numpy(scales),
               "e.down_proj_bias": torch.zeros((2, 6), dtype=torch.bfloat16)}
    write("mxfp4", {"quantization_config": {"quant_method": "mxfp4", "modules_to_not_convert": ["lm_head"]}}, tensors,
          {"e.down_proj": value.reshape(2, 6, 96)})


fp8()
gptq("gptq-2", 2, 16, index=False, old_note=True)
gptq("gptq-4", 4, 16, act=True)
gptq("gptq-8", 8, -1, v2=True)
awq()
four_bits("nf4-nested", "nf4", True, (48, 100), 64)
four_bits("fp4", "fp4", False, (9, 33), 64)
eight_bits()
compressed_tensors()
mxfp4()
