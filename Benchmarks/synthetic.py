"""Checkpoints that are large and take next to no space: sparse safetensors files of zeros, with a few values.

usage: synthetic.py llama70b FOLDER        a Llama of 70 billion parameters, BF16: 30 shards, 141 GB apparent
       synthetic.py experts FOLDER         a Qwen3-MoE with the tensors of the largest, 94 blocks of 128 experts, but small ones: 0.6 GB
       synthetic.py experts-fp8 FOLDER     half of it in FP8, with a scale for each 128 x 128 values: 0.2 GB
       synthetic.py tiny FILE COUNT        COUNT tensors of 16 values
       synthetic.py npz FILE COUNT         the same as an archive of NumPy, and deflated
       synthetic.py npz-deflated FILE COUNT
       synthetic.py onnx FILE COUNT        the same as initializers of a model
       synthetic.py large FILE ROWS        one tensor of ROWS rows of 4,096 values, F32: 262144 are 4.3 GB

`convert` has as much to do with them as with real ones, but for the reading.
"""

import json
import pathlib
import struct
import sys
import zipfile

WIDTH, HIDDEN, HEADS, GROUPS, LAYERS, WORDS = 8192, 28672, 64, 8, 80, 128_256
SIZES = {"BF16": 2, "F32": 4, "F8_E4M3": 1}


def write_sparse(path, tensors, element="F32", mark=16 << 20):
    """A safetensors file of tensors that are zero, but for one value every `mark` bytes.

    A shape may begin with the type of its tensor.
    """
    size = SIZES[element]
    header, end = {}, 0
    for name, shape in tensors.items():
        own, shape = (shape[0], shape[1:]) if isinstance(shape[0], str) else (element, shape)
        count = SIZES[own]
        for dimension in shape:
            count *= dimension
        header[name] = {"dtype": own, "shape": list(shape), "data_offsets": [end, end + count]}
        end += count
    text = json.dumps(header, separators=(",", ":")).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        start = file.tell()
        file.truncate(start + end)
        for index, place in enumerate(range(0, end, mark)):
            file.seek(start + place)
            file.write(struct.pack("<f", 1 + index % 100)[4 - size:])
    return end


def llama70b(folder):
    """The folder of a model: shards and their index, config.json, and a tokenizer of bytes."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {"model.embed_tokens.weight": (WORDS, WIDTH)}
    for layer in range(LAYERS):
        prefix = f"model.layers.{layer}."
        tensors |= {
            prefix + "input_layernorm.weight": (WIDTH,),
            prefix + "mlp.down_proj.weight": (WIDTH, HIDDEN),
            prefix + "mlp.gate_proj.weight": (HIDDEN, WIDTH),
            prefix + "mlp.up_proj.weight": (HIDDEN, WIDTH),
            prefix + "post_attention_layernorm.weight": (WIDTH,),
            prefix + "self_attn.k_proj.weight": (WIDTH // HEADS * GROUPS, WIDTH),
            prefix + "self_attn.o_proj.weight": (WIDTH, WIDTH),
            prefix + "self_attn.q_proj.weight": (WIDTH, WIDTH),
            prefix + "self_attn.v_proj.weight": (WIDTH // HEADS * GROUPS, WIDTH),
        }
    tensors |= {"model.norm.weight": (WIDTH,), "lm_head.weight": (WORDS, WIDTH)}
    count = 30
    names = list(tensors)
    places, total = {}, 0
    for shard in range(count):
        part = names[len(names) * shard // count:len(names) * (shard + 1) // count]
        file = f"model-{shard + 1:05}-of-{count:05}.safetensors"
        total += write_sparse(folder / file, {name: tensors[name] for name in part}, "BF16")
        places |= dict.fromkeys(part, file)
    write_json(folder / "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": places})
    write_json(folder / "config.json", {
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": WIDTH,
        "intermediate_size": HIDDEN, "num_attention_heads": HEADS, "num_key_value_heads": GROUPS,
        "num_hidden_layers": LAYERS, "vocab_size": WORDS, "max_position_embeddings": 8192, "rms_norm_eps": 1e-5,
        "rope_theta": 500000.0, "hidden_act": "silu", "tie_word_embeddings": False, "torch_dtype": "bfloat16",
        "bos_token_id": 0, "eos_token_id": 1})
    write_tokenizer(folder)
    return total


def experts(folder, layers=94, count=128, fp8=False):
    """The folder of a mixture of experts: a file with a tensor for each of their matrices, config.json, and a tokenizer of bytes.

    In FP8 each projection has a second tensor, its scales.
    """
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    width, hidden, heads, groups, length, words = 256, 32, 4, 2, 64, 256
    tensors = {"model.embed_tokens.weight": (words, width)}
    for layer in range(layers):
        prefix = f"model.layers.{layer}."
        tensors |= {
            prefix + "input_layernorm.weight": (width,),
            prefix + "mlp.gate.weight": (count, width),
            prefix + "post_attention_layernorm.weight": (width,),
            prefix + "self_attn.k_norm.weight": (length,),
            prefix + "self_attn.k_proj.weight": (groups * length, width),
            prefix + "self_attn.o_proj.weight": (width, heads * length),
            prefix + "self_attn.q_norm.weight": (length,),
            prefix + "self_attn.q_proj.weight": (heads * length, width),
            prefix + "self_attn.v_proj.weight": (groups * length, width),
        }
        for expert in range(count):
            tensors |= {
                f"{prefix}mlp.experts.{expert}.down_proj.weight": (width, hidden),
                f"{prefix}mlp.experts.{expert}.gate_proj.weight": (hidden, width),
                f"{prefix}mlp.experts.{expert}.up_proj.weight": (hidden, width),
            }
    tensors |= {"model.norm.weight": (width,), "lm_head.weight": (words, width)}
    quantization = {}
    if fp8:
        for name, shape in list(tensors.items()):
            if "_proj." in name:
                tensors[name] = ("F8_E4M3", *shape)
                tensors[name + "_scale_inv"] = ("F32", *(-(-size // 128) for size in shape))
        quantization["quantization_config"] = {"quant_method": "fp8", "weight_block_size": [128, 128]}
    write_json(folder / "config.json", quantization | {
        "architectures": ["Qwen3MoeForCausalLM"], "model_type": "qwen3_moe", "hidden_size": width,
        "intermediate_size": hidden, "moe_intermediate_size": hidden, "num_attention_heads": heads,
        "num_key_value_heads": groups, "head_dim": length, "num_hidden_layers": layers, "num_experts": count,
        "num_experts_per_tok": 8, "vocab_size": words, "max_position_embeddings": 8192, "rms_norm_eps": 1e-6,
        "rope_theta": 1000000.0, "hidden_act": "silu", "tie_word_embeddings": False, "torch_dtype": "bfloat16"})
    write_tokenizer(folder)
    return write_sparse(folder / "model.safetensors", tensors, "BF16"), len(tensors)


def write_tokenizer(folder):
    """The 256 letters that stand for bytes, and no merges: each byte is a token."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [chr(byte) for byte in plain] + [chr(256 + index) for index in range(256 - len(plain))]
    split = {"type": "Split", "behavior": "Isolated", "invert": False, "pattern": {"Regex": LLAMA3}}
    write_json(folder / "tokenizer.json", {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            split, {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}]},
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
                  "ignore_merges": True, "vocab": {letter: index for index, letter in enumerate(letters)},
                  "merges": []}})
    write_json(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"})


# How tokenizers of Llama 3 cut text.
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
          r"|\s+(?!\S)|\s+")


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False))


def tiny(path, count):
    """Many tensors of 16 values."""
    return write_sparse(path, {f"blocks.{index}.weight": (4, 4) for index in range(count)}, mark=1 << 16)


def npz(path, count, method=zipfile.ZIP_STORED):
    """Many arrays of 16 values in an archive."""
    text = b"{'descr': '<f4', 'fortran_order': False, 'shape': (4, 4), }".ljust(117) + b"\n"
    array = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + struct.pack("<16f", *range(16))
    with zipfile.ZipFile(path, "w", method) as archive:
        for index in range(count):
            archive.writestr(f"blocks.{index}.weight.npy", array)
    return 64 * count


def npz_deflated(path, count):
    """The same, deflated."""
    return npz(path, count, zipfile.ZIP_DEFLATED)


def onnx(path, count):
    """A model of many initializers of 16 values."""
    def varint(number):
        return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)

    def field(number, value):
        return varint(number << 3 | 2) + varint(len(value)) + value

    shape_and_type = bytes([1 << 3, 4, 1 << 3, 4, 2 << 3, 1])
    values = field(9, struct.pack("<16f", *range(16)))
    graph = b"".join(
        field(5, shape_and_type + field(8, f"blocks.{index}.weight".encode()) + values) for index in range(count))
    pathlib.Path(path).write_bytes(bytes([1 << 3, 8]) + field(7, graph) + field(8, bytes([2 << 3, 13])))
    return 64 * count


def large(path, rows):
    """One tensor."""
    return write_sparse(path, {"weight": (rows, 4096)})


# What is made of a number.
COUNTED = {"tiny": tiny, "npz": npz, "npz-deflated": npz_deflated, "onnx": onnx, "large": large}


def main():
    arguments = sys.argv[1:]
    if len(arguments) == 2 and arguments[0] == "llama70b":
        size = llama70b(arguments[1])
    elif len(arguments) == 2 and arguments[0] == "experts":
        size, _ = experts(arguments[1])
    elif len(arguments) == 2 and arguments[0] == "experts-fp8":
        size, _ = experts(arguments[1], layers=47, fp8=True)
    elif len(arguments) == 3 and arguments[0] in COUNTED:
        size = COUNTED[arguments[0]](arguments[1], int(arguments[2]))
    else:
        sys.exit(__doc__)
    print(f"{size / 1e9:.1f} GB of data")


if __name__ == "__main__":
    main()
