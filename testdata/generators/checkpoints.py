"""Makes the small files of testdata/checkpoints/written, as PyTorch and NumPy write them, and what these read from them.

usage: checkpoints.py, with torch 2.15 and numpy 2.4

Of each tensor values.json has its shape, its type as Ingot calls it, and the first 16 digits of the SHA-256 of its bytes.
"""

import collections
import hashlib
import io
import json
import pathlib
import shutil
import warnings
import zipfile

import numpy
import torch

warnings.simplefilter("ignore")
FOLDER = pathlib.Path(__file__).resolve().parents[1] / "checkpoints/written"
TYPES = {
    torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64",
    torch.int32: "I32", torch.int16: "I16", torch.int8: "I8", torch.uint8: "U8", torch.uint16: "U16",
    torch.uint32: "U32", torch.uint64: "U64", torch.bool: "BOOL", torch.complex64: "C64",
    torch.float8_e4m3fn: "F8_E4M3", torch.float8_e5m2: "F8_E5M2", torch.float8_e4m3fnuz: "F8_E4M3FNUZ",
    torch.float8_e5m2fnuz: "F8_E5M2FNUZ", torch.float8_e8m0fnu: "F8_E8M0",
}
ARRAY_TYPES = {
    "b1": "BOOL", "u1": "U8", "i1": "I8", "u2": "U16", "i2": "I16", "u4": "U32", "i4": "I32", "u8": "U64",
    "i8": "I64", "f2": "F16", "f4": "F32", "f8": "F64", "c8": "C64",
}
expected = {}


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def of_tensors(tensors):
    return {
        name: [list(it.shape), TYPES[it.dtype], digest(bytes(it.detach().contiguous().reshape(-1).view(torch.uint8).tolist()))]
        for name, it in tensors.items()
    }


def of_arrays(arrays):
    return {
        name: [list(it.shape), ARRAY_TYPES[it.dtype.str[1:]], digest(it.astype(it.dtype.newbyteorder("<")).tobytes("C"))]
        for name, it in arrays.items()
    }


def save(name, value, tensors, **options):
    torch.save(value, FOLDER / name, **options)
    expected[name] = of_tensors(tensors)


def parts(value, prefix=""):
    """The tensors of nested containers, by the ways to them."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, (list, tuple)) else ()
    result = {}
    for key, item in items:
        if isinstance(item, torch.Tensor):
            result[f"{prefix}{key}"] = item
        else:
            result |= parts(item, f"{prefix}{key}.")
    return result


def of_all_types():
    bits = torch.arange(16, dtype=torch.uint8)
    result = {}
    for dtype, name in TYPES.items():
        if dtype == torch.bool:
            result[name] = bits.remainder(2).bool().reshape(4, 4)
        elif dtype.is_floating_point and dtype.itemsize == 1:
            result[name] = bits.view(dtype).reshape(4, 4)
        else:
            result[name] = torch.arange(12).to(torch.float64).to(dtype).reshape(3, 4)
    return result


def views():
    base = torch.arange(60, dtype=torch.float32).reshape(5, 12)
    cube = torch.arange(120, dtype=torch.int16).reshape(4, 5, 6)
    return {
        "base": base, "rows": base[1:3], "columns": base[:, 3:7], "transposed": base.t(), "every_third": base[:, ::3],
        "row_twice": base[2].expand(3, 12), "one": base[2, 5], "flat": base.reshape(-1)[7:20], "empty": base[5:],
        "cube": cube, "turned": cube.permute(2, 0, 1), "slab": cube[1:3, ::2, 1:5], "turned_slab": cube.permute(1, 2, 0)[2:4, 1:],
        "channels_last": torch.arange(96.0).reshape(2, 3, 4, 4).to(memory_format=torch.channels_last),
    }


class Small(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList([torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)])
        self.norm = torch.nn.BatchNorm1d(2)
        self.tied = self.layers[0]

    def forward(self, values):
        return self.norm(self.layers[1](self.layers[0](values) + torch.tensor([1.0, 2.0, 3.0, 4.0])))


if FOLDER.exists():
    shutil.rmtree(FOLDER)
FOLDER.mkdir(parents=True)
torch.manual_seed(7)
for name, old in {"pt": {}, "pth": {"_use_new_zipfile_serialization": False}}.items():
    save(f"types.{name}", of_all_types(), of_all_types(), **old)
    save(f"views.{name}", views(), views(), **old)
for protocol in (3, 4, 5):
    save(f"protocol-{protocol}.pt", views(), views(), pickle_protocol=protocol)
model = Small()
state = model.state_dict()
save("module.pt", state, state)
optimizer = torch.optim.Adam(model.parameters())
model(torch.randn(5, 3)).sum().backward()
optimizer.step()
state = model.state_dict()
training = {
    "epoch": 3, "rate": 0.1, "name": "small", "model_state": state, "optimizer": optimizer.state_dict(),
    "shape": torch.Size([1, 2]), "device": torch.device("cpu"), "dtype": torch.float16, "tags": {"a", "b"},
    "counts": collections.Counter("abca"), "lists": collections.defaultdict(list), "best": numpy.float64(0.5),
}
save("training.pt", training, parts(training))
save("nested.pt", {"epoch": 3, "state_dict": state}, state)
save("parameter.pt", {"weight": torch.nn.Parameter(torch.arange(6.0).reshape(2, 3)), "more": [torch.ones(2), torch.zeros(1)]},
     {"weight": torch.arange(6.0).reshape(2, 3), "more.0": torch.ones(2), "more.1": torch.zeros(1)})
save("tensor.pt", torch.arange(5), {"tensor": torch.arange(5)})
script = torch.jit.script(model.eval())
script.save(FOLDER / "script.jit")
expected["script.jit"] = of_tensors(script.state_dict())

# As a machine of the other byte order writes it. torch reads it alike, but for types whose storages have none: those it leaves
# as they are.
output = io.BytesIO()
with zipfile.ZipFile(FOLDER / "types.pt") as source, zipfile.ZipFile(output, "w") as target:
    loaded = {str(index): it for index, it in enumerate(of_all_types().values())}
    for member in source.infolist():
        data = source.read(member)
        if member.filename.endswith("/byteorder"):
            data = b"big"
        elif "/data/" in member.filename:
            it = loaded[member.filename.rsplit("/", 1)[1]]
            width = 4 if it.dtype == torch.complex64 else it.dtype.itemsize
            data = numpy.frombuffer(data, f"u{width}").byteswap().tobytes()
        target.writestr(member.filename, data, zipfile.ZIP_DEFLATED if "data.pkl" in member.filename else zipfile.ZIP_STORED)
(FOLDER / "big-endian.pt").write_bytes(output.getvalue())
for name, it in torch.load(FOLDER / "big-endian.pt").items():
    assert name in ("U16", "U32", "U64") or bytes(it.view(torch.uint8).flatten().tolist()) == bytes(of_all_types()[name].view(torch.uint8).flatten().tolist()), name
expected["big-endian.pt"] = expected["types.pt"]
# As a tool that packs a folder anew writes it: everything deflated.
with zipfile.ZipFile(FOLDER / "views.pt") as source, zipfile.ZipFile(FOLDER / "deflated.pt", "w", zipfile.ZIP_DEFLATED) as target:
    for member in source.infolist():
        target.writestr(member.filename, source.read(member))
expected["deflated.pt"] = expected["views.pt"]

shards = FOLDER / "shards"
shards.mkdir()
names = list(state)
for index, part in enumerate((names[:3], names[3:])):
    torch.save({name: state[name] for name in part}, shards / f"pytorch_model-{index + 1:05}-of-00002.bin")
weight_map = {name: f"pytorch_model-{1 + (index >= 3):05}-of-00002.bin" for index, name in enumerate(names)}
(shards / "pytorch_model.bin.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}, indent=1))
expected["shards"] = of_tensors(state)

random = numpy.random.default_rng(5)
arrays = {}
for kind in ARRAY_TYPES:
    for order in "<>":
        values = (random.random((3, 4)) * 100).astype(f"{order}{kind}")
        arrays[f"{'big' if order == '>' else 'little'}/{kind}"] = values
        arrays[f"{'big' if order == '>' else 'little'}/{kind}-fortran"] = numpy.asfortranarray(values)
arrays |= {"scalar": numpy.array(2.5), "empty": numpy.zeros((0, 3), "<f4"), "cube": numpy.asfortranarray(random.random((3, 4, 5), "f4"))}
numpy.savez(FOLDER / "arrays.npz", **arrays)
numpy.savez_compressed(FOLDER / "arrays-deflated.npz", **arrays)
expected["arrays.npz"] = expected["arrays-deflated.npz"] = of_arrays(arrays)
for version in ((1, 0), (2, 0), (3, 0)):
    name = f"version-{version[0]}.npy"
    with open(FOLDER / name, "wb") as file:
        numpy.lib.format.write_array(file, arrays["cube"], version)
    expected[name] = of_arrays({name.removesuffix(".npy"): arrays["cube"]})

lines = [f"{json.dumps(name)}: {json.dumps(tensors)}" for name, tensors in expected.items()]
(FOLDER / "values.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
