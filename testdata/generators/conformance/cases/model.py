"""Models: three that are shaped like real ones (clauses M…)."""


def add(corpus):
    pass
