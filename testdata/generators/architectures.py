"""Makes testdata/architectures/models.json from the answers of the reference converter.

usage: python testdata/generators/architectures.py <folder>

The folder has one folder for each model, with `expected.json`: all metadata and tensors that the converter wrote.
Of arrays only the type and the number of elements are kept, of tensors only name, shape and encoding.
"""

import json
import pathlib
import sys

target = pathlib.Path(__file__).resolve().parents[1] / "architectures" / "models.json"
models = []
for path in sorted(pathlib.Path(sys.argv[1]).glob("*/expected.json")):
    answer = json.loads(path.read_text())["auto"]
    keys = [
        [it["key"], it["element"], it["count"]] if it["type"] == "ARRAY" else [it["key"], it["type"], it["value"]]
        for it in answer["metadata"]
    ]
    tensors = [[it["name"], it["type"], it["shape"]] for it in answer["tensors"]]
    lines = [f'{{"name": "{path.parent.name}",', '"metadata": [']
    lines.append(",\n".join(
        json.dumps({"key": k, "array" if it["type"] == "ARRAY" else "type": t, "value": str(v)}, ensure_ascii=False)
        for (k, t, v), it in zip(keys, answer["metadata"])
    ))  # fmt: skip
    lines += ["],", '"tensors": [']
    lines.append(",\n".join(json.dumps({"name": n, "encoding": t, "shape": s}) for n, t, s in tensors))
    lines.append("]}")
    models.append("\n".join(lines))
target.parent.mkdir(exist_ok=True)
target.write_text("[\n" + ",\n".join(models) + "\n]\n", encoding="utf-8")
