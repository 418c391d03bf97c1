"""Clauses M6 to M10: what is wrong with a model, and what looks as if it were."""

import struct

from cases.model import CHAT
from container import F32, F64, I32, U8, U32, U64, container, number, text, u32, u64
from corpus import Edit, change, cut, insert


def add(section, cases):
    models = Models(section, {name: cases[f"real/{name}.gguf"] for name in ("llama", "qwen2", "bert")})
    for part in (types, architecture, hyperparameters, values, tensors, tokenizer, vocabulary):
        part(models)


class Models:
    """Broken models: each is one of the valid ones after an edit, and is judged at the level of the model."""

    def __init__(self, section, whole):
        self.section, self.whole = section, whole

    def broken(self, name, about, edits, *findings, of="llama"):
        clause = findings[0][0].partition("-")[0]
        case = self.section.broken(clause, name, about, self.whole[of], edits, *findings)
        case.is_model = True

    def renamed(self, name, about, key, *findings, of="llama", part="text"):
        """The last letter of a key or a tensor name is the next one."""
        at = self.whole[of].at(key, part) + len(key) - 1
        self.broken(name, about, change(at, bytes([ord(key[-1]) + 1])), *findings, of=of)

    def valid(self, clause, name, about, file, *findings):
        self.section.valid(clause, name, about, file, *findings).is_model = True

    def value(self, key, of="llama"):
        return self.whole[of].at(key, "value")

    def type(self, key, of="llama"):
        return self.whole[of].at(key, "type")

    def within(self, key, part, of="llama"):
        """Where some bytes stand in a value."""
        return self.whole[of].data.index(part, self.value(key, of))


def types(models):
    """Clause M6."""
    for name, key, type in [
        ("float", "llama.vocab_size", F32), ("integer", "llama.rope.freq_base", U32), ("float-id", "general.file_type", F32),
    ]:  # fmt: skip
        models.broken(
            f"kind-{name}", f"{key} of another kind.", change(models.type(key), u32(type)), ("M6-SCHEMA", models.value(key))
        )
    for name, key in [("count", "llama.block_count"), ("id", "tokenizer.ggml.bos_token_id")]:
        models.broken(
            f"sign-{name}", f"{key} with a sign.", change(models.type(key), u32(I32)), ("M6-WIDTH", models.value(key))
        )
    types, scores = "tokenizer.ggml.token_type", "tokenizer.ggml.scores"
    models.broken(
        "elements-unsigned", "Token types without a sign.", change(models.value(types), u32(U32)),
        ("M6-WIDTH", models.value(types)),
    )  # fmt: skip
    models.broken(
        "elements-integers", "Scores that are integers.", change(models.value(scores), u32(I32)),
        ("M6-SCHEMA", models.value(scores)),
    )  # fmt: skip

    def alone(name, about, entry, *findings):
        """A file of no known architecture with one more key; findings name a rule and the part of the entry."""
        file = container([text("general.architecture", "generic"), entry])
        places = [(rule, file.at(entry.key, part)) for rule, part in findings]
        models.valid("M6", name, about, file, *places, ("M7-UNKNOWN", file.at("general.architecture", "value")))

    alone("generic", "A key of the known type in a file of no known architecture.", number("generic.block_count", U32, 1))
    alone(
        "generic-wide", "A wide one: keys of any architecture are known by their end.",
        number("generic.block_count", U64, 1), ("M6-WIDTH", "value"),
    )  # fmt: skip
    alone("other-architecture", "A key of another architecture says nothing.", number("llama.block_count", U64, 1))
    alone("unknown-key", "A key that nobody knows has any type.", number("general.favourite", F64, 1))
    alone("pattern", "A key that looks like a pattern is not known.", number("{arch}.block_count", F64, 1), ("C6-STYLE", "length"))
    alone("number", "A key with a number in it is known.", text("general.base_model.12.name", "a"))
    alone("number-kind", "And is of one kind.", number("general.base_model.12.name", U8, 1), ("M6-SCHEMA", "value"))


def architecture(models):
    """Clause M7."""
    key, type = "general.architecture", "general.type"
    models.renamed("no-architecture", "The key of the architecture is missing.", key, ("M7-MISSING", None))
    models.broken(
        "unknown", "An architecture that nobody knows: nothing else is judged.", change(models.value(key) + 12, b"b"),
        ("M7-UNKNOWN", models.value(key)),
    )  # fmt: skip
    models.broken(
        "part", "A file of another type: nothing else is judged.", change(models.value(type) + 12, b"m"),
        ("M7-PART", models.value(type)),
    )  # fmt: skip
    models.valid("M7", "adapter", "An adapter names the architecture of its model.", container(
        [text("general.type", "adapter"), text(key, "llama"), text("adapter.type", "lora")]), ("M7-PART", 48))  # fmt: skip
    models.valid("M7", "imatrix", "Importance data has no architecture.", container(
        [text("general.type", "imatrix"), number("imatrix.chunk_count", U32, 1)]), ("M7-PART", 48))  # fmt: skip


def hyperparameters(models):
    """Clause M8: keys that are missing."""
    for key in [
        "block_count", "context_length", "embedding_length", "feed_forward_length", "attention.head_count",
        "attention.layer_norm_rms_epsilon",
    ]:  # fmt: skip
        name = key.rpartition(".")[2].replace("_", "-")
        models.renamed(f"no-{name}", f"The key {key} is missing.", f"llama.{key}", ("M8-MISSING", None))
    models.renamed(
        "no-token-types", "A key that only BERT needs.", "tokenizer.ggml.token_type_count", ("M8-MISSING", None), of="bert"
    )
    for key in ("key_length", "value_length"):
        name = key.replace("_", "-")
        at = models.whole["llama"].at(f"llama.attention.{key}", "text") + len(f"llama.attention.{key}") - 1
        data = bytearray(models.whole["llama"].data)
        data[at] += 1
        models.valid("M8", f"no-{name}", f"Without {key} it follows from the others.", bytes(data))


def values(models):
    """Clause M8: values that make no sense."""
    for name, key, about, value in [
        ("context-0", "context_length", "A context of no tokens.", u32(0)),
        ("epsilon-negative", "attention.layer_norm_rms_epsilon", "An epsilon below 0.", struct.pack("<f", -1)),
        ("epsilon-nan", "attention.layer_norm_rms_epsilon", "An epsilon that is no number.", struct.pack("<f", float("nan"))),
        ("epsilon-infinite", "attention.layer_norm_rms_epsilon", "An infinite epsilon.", struct.pack("<f", float("inf"))),
        ("base-0", "rope.freq_base", "A base of 0.", struct.pack("<f", 0)),
        ("rotary", "rope.dimension_count", "Keys that are rotated in part.", u32(1)),
        ("context-2-31", "context_length", "A context of 2^31 tokens.", u32(2**31)),
    ]:  # fmt: skip
        key = f"llama.{key}"
        models.broken(name, about, change(models.value(key), value), ("M8-VALUE", models.value(key)))
    key = "llama.vocab_size"
    models.broken(
        "vocabulary-0", "A vocabulary of no words.", change(models.value(key), u32(0)), ("M8-VALUE", models.value(key)),
        ("M10-VOCABULARY", models.value(key)),
    )  # fmt: skip
    data = bytearray(models.whole["llama"].data)
    at = models.value("llama.attention.layer_norm_rms_epsilon")
    data[at : at + 4] = bytes(4)
    models.valid("M8", "epsilon-0", "An epsilon of 0.", bytes(data))


def tensors(models):
    """Clause M9."""
    whole = models.whole["llama"]

    def swapped(name, tensor, of="llama"):
        first, second = models.whole[of].at(tensor, "dim 0"), models.whole[of].at(tensor, "dim 1")
        data = models.whole[of].data
        models.broken(
            f"shape-{name}", f"{tensor} with its dimensions swapped.",
            [change(first, data[second : second + 8]), change(second, data[first : first + 8])],
            ("M9-SHAPE", models.whole[of].at(tensor)), of=of,
        )  # fmt: skip

    swapped("embedding", "token_embd.weight")
    swapped("output", "output.weight")
    swapped("up", "blk.0.ffn_up.weight")
    swapped("positions", "position_embd.weight", of="bert")
    for tensor in ["output_norm.weight", "blk.0.attn_q.weight", "blk.0.ffn_down.weight", "token_embd.weight"]:
        name = tensor.removeprefix("blk.0.").removesuffix(".weight").replace("_", "-")
        models.renamed(
            f"no-{name}", f"{tensor} is missing, and another one is there.", tensor, ("M9-MISSING", None),
            ("M9-UNKNOWN", whole.at(tensor)),
        )  # fmt: skip
    models.renamed(
        "unknown", "A model can do without output.weight, and has another tensor.", "output.weight",
        ("M9-UNKNOWN", whole.at("output.weight")),
    )  # fmt: skip
    bias = "blk.0.attn_q.bias"
    at = models.whole["qwen2"].at(bias, "text") + 4
    models.broken(
        "block", "A tensor of a block that the model does not have.", change(at, b"1"),
        ("M9-UNKNOWN", models.whole["qwen2"].at(bias)), of="qwen2",
    )  # fmt: skip
    empty = container(
        [text("general.architecture", "llama"), text("tokenizer.ggml.model", "none"), text("tokenizer.chat_template", CHAT)]
    ).data
    models.broken(
        "no-tensors", "A vocabulary alone.", Edit(0, len(whole.data), empty), ("M9-EMPTY", None)
    )  # fmt: skip


def tokenizer(models):
    """Clause M10: keys."""
    for name, key, of in [
        ("tokenizer", "model", "llama"), ("tokens", "tokens", "llama"), ("scores", "scores", "llama"), ("merges", "merges", "qwen2"),
    ]:  # fmt: skip
        models.renamed(f"no-{name}", f"The key {key} is missing.", f"tokenizer.ggml.{key}", ("M10-MISSING", None), of=of)
    for name, key, of in [("types", "token_type", "llama"), ("pre", "pre", "qwen2")]:
        models.renamed(f"no-{name}", f"The key {key} is missing.", f"tokenizer.ggml.{key}", ("M10-INCOMPLETE", None), of=of)
    key = "tokenizer.ggml.model"
    models.broken(
        "unknown-tokenizer", "A way to cut text that nobody knows.", change(models.value(key) + 12, b"b"),
        ("M10-MODEL", models.value(key)),
    )  # fmt: skip
    models.renamed("no-template", "No chat template.", "tokenizer.chat_template", ("M10-TEMPLATE", None))


def vocabulary(models):
    """Clause M10: tokens."""
    size = "llama.vocab_size"
    models.broken("size", "A vocabulary of one word more.", change(models.value(size), u32(9)), ("M10-VOCABULARY", models.value(size)))
    for key in ("bos", "eos", "unknown"):
        key = f"tokenizer.ggml.{key}_token_id"
        name = key.split(".")[2].partition("_")[0]
        models.broken(f"id-{name}", "A special token behind the last.", change(models.value(key), u32(8)), ("M10-ID", models.value(key)))
    data = bytearray(models.whole["llama"].data)
    at = models.value("tokenizer.ggml.unknown_token_id")
    data[at : at + 4] = u32(2**32 - 1)
    models.valid("M10", "id-none", "The number that means none.", bytes(data))

    tokens, types, merges = "tokenizer.ggml.tokens", "tokenizer.ggml.token_type", "tokenizer.ggml.merges"
    for value in (0, 7):
        models.broken(
            f"type-{value}", f"A token of type {value}.", change(models.value(types) + 12, u32(value)),
            ("M10-TYPE", models.value(types)),
        )  # fmt: skip
    b = models.within(tokens, u64(1) + b"b") + 8
    models.broken("twice", "A token that occurs twice.", change(b, b"a"), ("M10-DUPLICATE", models.value(tokens)))
    merge = models.within(merges, b"a b", "qwen2")
    for name, letters in [("no-space", b"acb"), ("one-piece", b"ab "), ("space-first", b" ab")]:
        models.broken(
            f"merge-{name}", "A merge that is not two pieces.", change(merge, letters),
            ("M10-MERGE", models.value(merges, "qwen2")), of="qwen2",
        )  # fmt: skip
    end = models.whole["llama"].at("file", "table end")
    for key in ("scores", "token_type"):
        at = models.value(f"tokenizer.ggml.{key}")
        models.broken(
            f"one-less-{key.replace('_', '-')}", "One element less than there are tokens.",
            [change(at + 4, u64(7)), cut(at + 12 + 28, 4), insert(end, bytes(4))], ("M10-LENGTH", at),
        )  # fmt: skip
