"""All cases of the corpus, a module for each group of clauses."""

from cases import (
    arrays,
    blocks,
    checkpoint_data,
    checkpoint_entries,
    checkpoint_syntax,
    header,
    layout,
    metadata,
    model,
    model_faults,
    seals,
    shards,
    split_sets,
    tensors,
)
from corpus import Corpus, Section, SetSection


def all_cases():
    corpus = Corpus()
    container = Section(corpus, "container", ".gguf")
    for part in (header, metadata, arrays, tensors, layout):
        part.add(container)
    blocks.add(Section(corpus, "encodings", ".gguf"))
    for part in (checkpoint_syntax, checkpoint_entries, checkpoint_data):
        part.add(Section(corpus, "safetensors", ".safetensors"))
    for part in (split_sets, shards):
        part.add(SetSection(corpus, "sets", ""))
    model.add(Section(corpus, "real", ".gguf"))
    model_faults.add(Section(corpus, "models", ".gguf"), {case.path: case for case in corpus.cases})
    seals.add(corpus)
    corpus.check()
    return corpus
