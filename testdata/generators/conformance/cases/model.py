"""Models that are shaped like real ones: every key and tensor that a converter writes, with tiny numbers.

Violations at the level of the model (clauses M…) belong here, too.
"""

from container import (
    F32,
    I32,
    STRING,
    U32,
    Tensor,
    array,
    boolean,
    container,
    number,
    text,
)

WIDTH, INNER, HEADS, CONTEXT = 4, 32, 2, 8
CHAT = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6


def add(section):
    for name, file, about in [
        ("llama", llama(), "Llama with a vocabulary of SentencePiece."),
        ("bert", bert(), "BERT with a vocabulary of word pieces."),
        ("qwen2", qwen2(), "Qwen2 with a vocabulary of byte pairs, and biases."),
    ]:
        section.valid("M7", name, about, file).is_model = True


def general(architecture, name, file_type):
    return [
        text("general.architecture", architecture),
        text("general.type", "model"),
        text("general.name", name),
        text("general.size_label", "1K"),
        number("general.file_type", U32, file_type),
        number("general.quantization_version", U32, 2),
    ]


def hyperparameters(architecture, **values):
    """Numbers by the rest of their key, with two underscores for a dot."""
    types = {int: U32, float: F32}
    entries = [
        ("block_count", 1),
        ("context_length", CONTEXT),
        ("embedding_length", WIDTH),
        ("feed_forward_length", INNER),
    ]
    entries += [("attention__head_count", HEADS), *values.items()]
    return [number(f"{architecture}.{key.replace('__', '.')}", types[type(value)], value) for key, value in entries]


def tokenizer(model, pre, tokens, types, merges=None, scores=None, **ids):
    entries = [
        text("tokenizer.ggml.model", model),
        text("tokenizer.ggml.pre", pre),
        array("tokenizer.ggml.tokens", STRING, tokens),
    ]
    if scores:
        entries.append(array("tokenizer.ggml.scores", F32, scores))
    entries.append(array("tokenizer.ggml.token_type", I32, types))
    if merges:
        entries.append(array("tokenizer.ggml.merges", STRING, merges))
    for key, value in ids.items():
        key = f"tokenizer.ggml.{key}"
        entries.append(boolean(key, value) if isinstance(value, bool) else number(key, U32, value))
    return entries


def decoder_layer(key_width, has_biases):
    """The layer that Llama and Qwen2 share."""
    yield Tensor("blk.0.attn_norm.weight", [WIDTH])
    for part, rows in [("q", WIDTH), ("k", key_width), ("v", key_width)]:
        if has_biases:
            yield Tensor(f"blk.0.attn_{part}.bias", [rows])
        yield Tensor(f"blk.0.attn_{part}.weight", [WIDTH, rows], "F16")
    yield Tensor("blk.0.attn_output.weight", [WIDTH, WIDTH], "F16")
    yield Tensor("blk.0.ffn_norm.weight", [WIDTH])
    yield Tensor("blk.0.ffn_gate.weight", [WIDTH, INNER], "F16")
    yield Tensor("blk.0.ffn_up.weight", [WIDTH, INNER], "BF16")
    yield Tensor("blk.0.ffn_down.weight", [INNER, WIDTH], "Q8_0")


def llama():
    tokens = ["<unk>", "<s>", "</s>", "<0x0A>", "▁", "a", "b", "▁a"]
    types = [UNKNOWN, CONTROL, CONTROL, BYTE] + [NORMAL] * 4
    rope = {"rope__freq_base": 10000.0, "attention__layer_norm_rms_epsilon": 1e-5, "attention__head_count_kv": 1}
    entries = general("llama", "Tiny Llama", 1) + hyperparameters(
        "llama",
        **rope,
        attention__key_length=2,
        attention__value_length=2,
        vocab_size=len(tokens),
        rope__dimension_count=2,
    )
    entries += tokenizer(
        "llama",
        "default",
        tokens,
        types,
        scores=[float(-i) for i in range(8)],
        bos_token_id=1,
        eos_token_id=2,
        unknown_token_id=0,
        add_bos_token=True,
        add_eos_token=False,
    )
    entries.append(text("tokenizer.chat_template", CHAT))
    ends = [Tensor("output.weight", [WIDTH, 8], "F16"), Tensor("token_embd.weight", [WIDTH, 8], "F16")]
    return container(entries, [*ends, *decoder_layer(2, has_biases=False), Tensor("output_norm.weight", [WIDTH])])


def qwen2():
    tokens = ["a", "b", "Ġ", "Ċ", "ab", "Ġa", "<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    types = [NORMAL] * 6 + [CONTROL] * 3
    rope = {"rope__freq_base": 1e6, "attention__layer_norm_rms_epsilon": 1e-6, "attention__head_count_kv": 1}
    entries = general("qwen2", "Tiny Qwen2", 1) + hyperparameters("qwen2", **rope)
    entries += tokenizer(
        "gpt2",
        "qwen2",
        tokens,
        types,
        ["a b", "Ġ a"],
        eos_token_id=8,
        padding_token_id=6,
        bos_token_id=6,
        add_bos_token=False,
    )
    entries.append(text("tokenizer.chat_template", CHAT))
    first, last = Tensor("token_embd.weight", [WIDTH, 9], "F32"), Tensor("output_norm.weight", [WIDTH])
    return container(entries, [first, *decoder_layer(2, has_biases=True), last])


def bert():
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "▁a", "b", "▁b"]
    entries = general("bert", "Tiny BERT", 1) + hyperparameters("bert", attention__layer_norm_epsilon=1e-12)
    entries.append(boolean("bert.attention.causal", 0))
    entries.append(number("tokenizer.ggml.token_type_count", U32, 2))
    entries += tokenizer(
        "bert",
        "default",
        tokens,
        [CONTROL] * 5 + [NORMAL] * 3,
        bos_token_id=2,
        eos_token_id=3,
        unknown_token_id=1,
        seperator_token_id=3,
        padding_token_id=0,
        mask_token_id=4,
    )
    tensors = [Tensor("token_embd_norm.bias", [WIDTH]), Tensor("token_embd_norm.weight", [WIDTH])]
    tensors += [Tensor("position_embd.weight", [WIDTH, CONTEXT]), Tensor("token_types.weight", [WIDTH, 2])]
    tensors.append(Tensor("token_embd.weight", [WIDTH, 8], "BF16"))
    shapes = {
        "attn_q": (WIDTH, WIDTH),
        "attn_k": (WIDTH, WIDTH),
        "attn_v": (WIDTH, WIDTH),
        "attn_output": (WIDTH, WIDTH),
    }
    for part, (length, rows) in (shapes | {"ffn_up": (WIDTH, INNER), "ffn_down": (INNER, WIDTH)}).items():
        encoding = "Q4_0" if part == "ffn_down" else "F16"
        tensors += [Tensor(f"blk.0.{part}.bias", [rows]), Tensor(f"blk.0.{part}.weight", [length, rows], encoding)]
    for part in ("attn_output_norm", "layer_output_norm"):
        tensors += [Tensor(f"blk.0.{part}.bias", [WIDTH]), Tensor(f"blk.0.{part}.weight", [WIDTH])]
    return container(entries, tensors)
