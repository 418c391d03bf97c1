"""A model file with the vocabulary of a large multilingual model: 262,144 words, 514,906 merges, small tensors."""

import random
import struct

LATIN = "etaoinshrdlucmfwypvbgkjqxz"
# The first character of a script, and how many it has.
SCRIPTS = [(0x430, 32), (0x4E00, 20_000), (0xAC00, 11_000), (0x905, 50), (0x627, 30), (0xE01, 40), (0x3042, 80)]
STRING, ARRAY, INT32, FLOAT32 = 8, 9, 5, 6


def words(count, random):
    """Two thirds are ASCII, and half begin with the mark of a space, U+2581."""
    found = []
    for _ in range(count):
        if random.random() < 0.66:
            length = min(16, max(1, int(random.gauss(6, 2.8))))
            text = "".join(LATIN[min(25, int(random.expovariate(0.18)))] for _ in range(length))
        else:
            first, size = random.choice(SCRIPTS)
            length = random.randint(1, 3) if size > 1000 else random.randint(2, 7)
            text = "".join(chr(first + random.randrange(size)) for _ in range(length))
        found.append(("\u2581" if random.random() < 0.5 else "") + text)
    return found


def merges(count, words, random):
    found = []
    for _ in range(count):
        text = random.choice(words) + random.choice(words)[:2]
        cut = random.randint(1, max(1, len(text) - 1))
        found.append(f"{text[:cut]} {text[cut:]}")
    return found


def sized(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def array(type, count, payload):
    return struct.pack("<IQ", type, count) + payload


def write(path, word_count=262_144, merge_count=514_906, layers=32):
    """289 tensors, unless another number of layers is given."""
    source = random.Random(1)
    tokens = words(word_count, source)
    pairs = merges(merge_count, tokens, source)
    entries = {
        "general.architecture": (STRING, sized("llama")),
        "tokenizer.ggml.model": (STRING, sized("llama")),
        "tokenizer.ggml.tokens": (ARRAY, array(STRING, word_count, b"".join(map(sized, tokens)))),
        "tokenizer.ggml.scores": (ARRAY, array(FLOAT32, word_count, struct.pack(f"<{word_count}f", *range(word_count)))),
        "tokenizer.ggml.token_type": (ARRAY, array(INT32, word_count, struct.pack("<i", 1) * word_count)),
        "tokenizer.ggml.merges": (ARRAY, array(STRING, merge_count, b"".join(map(sized, pairs)))),
    }
    names = ["token_embd.weight"] + [f"blk.{layer}.part_{part}.weight" for layer in range(layers) for part in range(9)]
    data = b"GGUF" + struct.pack("<IQQ", 3, len(names), len(entries))
    data += b"".join(sized(key) + struct.pack("<I", type) + value for key, (type, value) in entries.items())
    size = 128
    for index, name in enumerate(names):
        data += sized(name) + struct.pack("<IQIQ", 1, size // 4, 0, index * size)
    with open(path, "wb") as file:
        file.write(data + bytes(-len(data) % 32) + bytes(len(names) * size))
