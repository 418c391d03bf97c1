"""Makes testdata/conformance: small files, valid and broken, and in verdicts.json what is to be said of each.

usage: python testdata/generators/conformance [folder]
"""

import pathlib
import shutil
import sys

from cases import blocks, checkpoints, header, metadata, model, sets, tensors
from corpus import Corpus, Section, SetSection

TESTDATA = pathlib.Path(__file__).resolve().parents[2]


def main(folder):
    corpus = Corpus()
    container = Section(corpus, "container", ".gguf")
    for part in (header, metadata, tensors):
        part.add(container)
    blocks.add(Section(corpus, "encodings", ".gguf"))
    checkpoints.add(Section(corpus, "safetensors", ".safetensors"))
    sets.add(SetSection(corpus, "sets", ""))
    model.add(Section(corpus, "real", ".gguf"))
    corpus.check()
    if folder.exists():
        shutil.rmtree(folder)
    corpus.write(folder)
    print(len(corpus.cases), "cases")


main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else TESTDATA / "conformance")
