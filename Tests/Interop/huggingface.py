"""Writes the folder of a Llama with a byte-pair vocabulary, as Hugging Face keeps it, from a GGUF file: a conversion undone."""

import json
import pathlib

import gguf
from safetensors.numpy import save_file

BLOCK_NAMES = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
NAMES = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
CONTROL, USER_DEFINED = 3, 4


def source_name(name):
    """The name in a checkpoint."""
    stem, _, suffix = name.rpartition(".")
    if stem.startswith("blk."):
        _, block, part = stem.split(".")
        return f"model.layers.{block}.{BLOCK_NAMES[part]}.{suffix}"
    return f"{NAMES[stem]}.{suffix}"


def source_rows(rows, heads):
    """The rows of queries or keys as in a checkpoint, where the halves that rotate together follow each other."""
    return rows.reshape(heads, -1, 2, rows.shape[1]).swapaxes(1, 2).reshape(rows.shape)


def write_folder(path, folder):
    """Writes weights in single precision, configuration and tokenizer of a GGUF file into a folder."""
    folder = pathlib.Path(folder)
    reader = gguf.GGUFReader(path)
    keys = {it.name: it.contents() for it in reader.fields.values()}
    heads = {"attn_q": keys["llama.attention.head_count"], "attn_k": keys["llama.attention.head_count_kv"]}
    tensors = {}
    for tensor in reader.tensors:
        rows = gguf.dequantize(tensor.data, tensor.tensor_type).reshape(tensor.shape[::-1])
        part = tensor.name.split(".")[-2]
        tensors[source_name(tensor.name)] = (source_rows(rows, heads[part]) if part in heads else rows).copy()
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    write_json(folder / "config.json", configuration(keys, "lm_head.weight" not in tensors))
    write_json(folder / "tokenizer.json", tokenizer(keys))
    write_json(folder / "tokenizer_config.json", tokenizer_configuration(keys))


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")


def configuration(keys, tied):
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "torch_dtype": "float32",
        "vocab_size": keys["llama.vocab_size"],
        "hidden_size": keys["llama.embedding_length"],
        "intermediate_size": keys["llama.feed_forward_length"],
        "num_hidden_layers": keys["llama.block_count"],
        "num_attention_heads": keys["llama.attention.head_count"],
        "num_key_value_heads": keys["llama.attention.head_count_kv"],
        "max_position_embeddings": keys["llama.context_length"],
        "rms_norm_eps": float(f"{keys['llama.attention.layer_norm_rms_epsilon']:.6g}"),
        "rope_theta": keys["llama.rope.freq_base"],
        "rope_scaling": None,
        "tie_word_embeddings": tied,
        "bos_token_id": keys["tokenizer.ggml.bos_token_id"],
        "eos_token_id": keys["tokenizer.ggml.eos_token_id"],
        "pad_token_id": keys["tokenizer.ggml.padding_token_id"],
    }


def added_tokens(keys):
    return [
        {
            "id": number, "content": keys["tokenizer.ggml.tokens"][number], "single_word": False, "lstrip": False,
            "rstrip": False, "normalized": False, "special": kind == CONTROL,
        }
        for number, kind in enumerate(keys["tokenizer.ggml.token_type"]) if kind in (CONTROL, USER_DEFINED)
    ]


def tokenizer(keys):
    """The structure is that of SmolLM: digits one by one, then words as GPT-2 cuts them."""
    words = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": added_tokens(keys),
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": True}, words]},
        "post_processor": None,
        "decoder": words | {"add_prefix_space": True},
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
            "vocab": {token: number for number, token in enumerate(keys["tokenizer.ggml.tokens"])},
            "merges": [pair.split(" ") for pair in keys["tokenizer.ggml.merges"]],
        },
    }


def tokenizer_configuration(keys):
    def token(name):
        return keys["tokenizer.ggml.tokens"][keys[f"tokenizer.ggml.{name}_token_id"]]

    return {
        "tokenizer_class": "GPT2Tokenizer",
        "add_prefix_space": keys["tokenizer.ggml.add_space_prefix"],
        "add_bos_token": keys["tokenizer.ggml.add_bos_token"],
        "added_tokens_decoder": {str(it.pop("id")): it for it in added_tokens(keys)},
        "bos_token": token("bos"),
        "eos_token": token("eos"),
        "unk_token": token("unknown"),
        "pad_token": token("padding"),
        "chat_template": keys["tokenizer.chat_template"],
    }
