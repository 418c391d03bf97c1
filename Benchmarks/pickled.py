"""Checkpoints of PyTorch, written without it: the archive that torch.save writes of many small tensors.

usage: pickled.py FILE COUNT        COUNT tensors of 16 values, each with a storage of its own
"""

import collections
import io
import pickle
import struct
import sys
import types
import unittest.mock
import zipfile


class _Storage:
    def __init__(self, key):
        self.key = key


class _Tensor:
    def __init__(self, key):
        self.storage = _Storage(key)

    def __reduce__(self):
        arguments = (self.storage, 0, (4, 4), (4, 1), False, collections.OrderedDict())
        return sys.modules["torch._utils"]._rebuild_tensor_v2, arguments


class _Pickler(pickle.Pickler):
    def persistent_id(self, value):
        if isinstance(value, _Storage):
            return "storage", sys.modules["torch"].FloatStorage, value.key, "cpu", 16
        return None


def _modules():
    """Modules with the names that the pickle refers to."""
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch"})
    utils._rebuild_tensor_v2 = lambda: None
    utils._rebuild_tensor_v2.__module__ = "torch._utils"
    utils._rebuild_tensor_v2.__qualname__ = utils._rebuild_tensor_v2.__name__ = "_rebuild_tensor_v2"
    torch._utils = utils
    return {"torch": torch, "torch._utils": utils}


def many(path, count):
    """An archive of `count` tensors of 4 × 4, of which each has its index as the first value."""
    text = io.BytesIO()
    with unittest.mock.patch.dict(sys.modules, _modules()):
        _Pickler(text, protocol=2).dump({f"blocks.{index}.weight": _Tensor(str(index)) for index in range(count)})
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("archive/data.pkl", text.getvalue())
        archive.writestr("archive/byteorder", b"little")
        for index in range(count):
            archive.writestr(f"archive/data/{index}", struct.pack("<f60x", index))
        archive.writestr("archive/version", b"3\n")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    many(sys.argv[1], int(sys.argv[2]))


if __name__ == "__main__":
    main()
