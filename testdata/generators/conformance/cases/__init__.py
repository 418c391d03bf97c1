"""All cases of the corpus, a module for each group of clauses."""

from cases import blocks, checkpoints, header, metadata, model, sets, tensors
from corpus import Corpus, Section, SetSection


def all_cases():
    corpus = Corpus()
    container = Section(corpus, "container", ".gguf")
    for part in (header, metadata, tensors):
        part.add(container)
    blocks.add(Section(corpus, "encodings", ".gguf"))
    checkpoints.add(Section(corpus, "safetensors", ".safetensors"))
    sets.add(SetSection(corpus, "sets", ""))
    model.add(Section(corpus, "real", ".gguf"))
    corpus.check()
    return corpus
