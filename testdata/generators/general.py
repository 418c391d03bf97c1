"""Makes testdata/general from what the reference, gguf-py of llama.cpp, answers.

usage: python testdata/generators/general.py

It needs the gguf-py of a llama.cpp of July 2026 or later (older ones do not know `repetition_penalty`), and PyYAML.
"""

import contextlib
import io
import json
import logging
import pathlib
import tempfile

import general_cases
import gguf
import numpy
from gguf.metadata import Metadata
from gguf.utility import size_label

target = pathlib.Path(__file__).resolve().parents[1] / "general"
logging.disable(logging.CRITICAL)


def write(name, rows):
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (target / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def identifiers():
    for identifier, parameters in general_cases.identifiers:
        name, organization, base, tune, version, size = Metadata.get_model_id_components(identifier, parameters)
        yield {
            "identifier": identifier, "parameters": parameters, "name": name, "title": Metadata.id_to_title(name),
            "organization": organization, "basename": base, "finetune": tune, "version": version, "size_label": size,
        }  # fmt: skip


def sizes():
    for total, shared, expert, experts in general_cases.sizes:
        yield [total, shared, expert, experts, size_label(total, shared, expert, experts)]


def counts():
    """Shapes are given here with the fastest dimension first, and to the reference with the slowest first."""
    for tensors in general_cases.tensors:
        writer = gguf.GGUFWriter(None, "llama")
        for name, shape in tensors:
            writer.add_tensor_info(name, list(reversed(shape)), numpy.dtype("float32"), 0)
        yield {"tensors": tensors, "count": list(writer.get_total_parameter_count())}


def entry(key, value):
    match value.type:
        case gguf.GGUFValueType.ARRAY:
            return [key, f"ARRAY of {gguf.GGUFValueType.get_type(value.value[0]).name}", value.value]
        case gguf.GGUFValueType.FLOAT32:
            return [key, "FLOAT32", [str(numpy.float32(value.value))]]
        case gguf.GGUFValueType.INT32 | gguf.GGUFValueType.UINT32:
            return [key, value.type.name, [str(int(value.value))]]
        case _:
            return [key, value.type.name, [value.value]]


def folder_metadata(case):
    with tempfile.TemporaryDirectory() as parent:
        folder = pathlib.Path(parent) / case["folder"]
        folder.mkdir()
        for file in ("README.md", "config.json", "generation_config.json"):
            if file in case:
                (folder / file).write_bytes(case[file].encode())
        writer = gguf.GGUFWriter(None, "llama")
        total, shared, expert, experts = case["parameters"]
        metadata = Metadata.load(None, folder, None, total)
        if metadata.size_label is None and total > 0:
            metadata.size_label = size_label(total, shared, expert, experts)
        writer.add_type("model")
        metadata.set_gguf_meta_model(writer)
        for key, value in writer.kv_data[0].items():
            if key == "general.architecture":
                continue
            writer._pack_val(value.value, value.type, add_vtype=True)
            yield entry(key, value)


def folders():
    for case in general_cases.folders:
        try:
            answer = list(folder_metadata(case))
        except Exception as error:  # whatever it fails with, it fails
            answer = None
            print(f"the reference fails: {case['case']}: {type(error).__name__}: {str(error)[:70]}")
        yield case | {"metadata": answer}


target.mkdir(exist_ok=True)
write("identifiers.json", identifiers())
write("sizes.json", sizes())
write("counts.json", counts())
with contextlib.redirect_stderr(io.StringIO()):
    write("folders.json", folders())
