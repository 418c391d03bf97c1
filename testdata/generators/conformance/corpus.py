"""Cases, each a small file (or a folder of them) with its verdict, and how near each violation is to a valid file."""

import json
from dataclasses import dataclass, field

from rules import LEVEL, is_refusal

LARGEST_FILE = 4096
LARGEST_DISTANCE = 8


@dataclass(frozen=True)
class Edit:
    """The bytes from `at` on, `removed` of them, become `new`; `at` counts in the file that is edited."""

    at: int
    removed: int
    new: bytes


def change(at, new):
    return Edit(at, len(new), new)


def insert(at, new):
    return Edit(at, 0, new)


def cut(at, count=1):
    return Edit(at, count, b"")


def apply(edits, data):
    """The edited bytes, and how many were changed, added or taken away."""
    distance, data = 0, bytearray(data)
    for edit in sorted(edits, key=lambda it: it.at, reverse=True):
        old = data[edit.at : edit.at + edit.removed]
        assert len(old) == edit.removed, "an edit past the end"
        if len(old) == len(edit.new):
            distance += sum(a != b for a, b in zip(old, edit.new))
        else:
            distance += max(len(old), len(edit.new))
        data[edit.at : edit.at + edit.removed] = edit.new
    return bytes(data), distance


@dataclass
class File:
    """Bytes, and where their fields stand: `at("t", "offset")`."""

    data: bytes
    marks: dict = field(default_factory=dict)

    def at(self, name, part="length"):
        return self.marks[name, part]


@dataclass
class Case:
    path: str
    clause: str
    about: str
    file: File
    findings: list  # (rule, offset) or (rule, offset, plain name of another file of the set)
    neighbour: "Case | None" = None
    limits: dict | None = None
    is_model: bool = False  # whether the findings are complete at the level of the model, too
    others: dict = field(default_factory=dict)  # the other files of a set: bytes by plain name

    def at(self, *place):
        return self.file.at(*place)

    @property
    def data(self):
        return self.file.data

    @property
    def verdict(self):
        """The entry of verdicts.json."""
        refusal = next((it for it in self.findings if is_refusal(it[0])), None)
        entry = {"path": self.path, "clause": self.clause, "about": self.about, "reader": None}
        if refusal:
            rule, offset, *file = refusal
            entry["reader"] = {"code": rule.partition("-")[2], "offset": offset}
            entry["reader"] |= {"file": file[0]} if file else {}
        entry["findings"] = []
        for rule, offset, *file in self.findings:
            finding = {"rule": rule, "offset": offset, "level": LEVEL[rule]}
            entry["findings"].append(finding | ({"file": file[0]} if file else {}))
        if self.neighbour:
            entry["neighbour"] = self.neighbour.path
        if self.limits:
            entry["limits"] = self.limits
        if self.is_model:
            entry["model"] = True
        return entry


class Corpus:
    def __init__(self):
        self.cases = []

    def add(self, case):
        assert all(case.path != it.path for it in self.cases), f"{case.path} twice"
        assert len(case.data) <= LARGEST_FILE, f"{case.path} has {len(case.data)} bytes"
        self.cases.append(case)
        return case

    def write(self, folder):
        for case in self.cases:
            path = folder / case.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(case.data)
            for name, data in case.others.items():
                (path.parent / name).write_bytes(data)
        lines = ",\n".join(json.dumps(case.verdict, ensure_ascii=False) for case in self.cases)
        (folder / "verdicts.json").write_text(f'{{"files": [\n{lines}\n]}}\n', encoding="utf-8")

    def check(self):
        """Every rule has a violation, whose neighbour is valid and differs in little."""
        broken = {finding[0] for case in self.cases if case.neighbour for finding in case.findings}
        missing = [rule for rule in LEVEL if rule not in broken]
        assert not missing, f"no violation of {missing}"


class Section:
    """The cases of one folder of the corpus."""

    def __init__(self, corpus, folder, suffix):
        self.corpus, self.folder, self.suffix = corpus, folder, suffix

    def path(self, clause, name):
        """Container clauses have two digits, so that the files are sorted."""
        digits = clause[1:].zfill(2) if clause[0] == "C" else clause[1:]
        return f"{self.folder}/{clause[0].lower()}{digits}-{name}{self.suffix}"

    def valid(self, clause, name, about, file, *findings, limits=None):
        """A file that opens; one with findings is a violation of a warning that has no neighbour of its own."""
        file = file if isinstance(file, File) else File(file)
        return self.corpus.add(Case(self.path(clause, name), clause, about, file, list(findings), limits=limits))

    def broken(self, clause, name, about, neighbour, edits, *findings, limits=None, far=None):
        """What becomes of a valid file by a few edits. `far` says why they are more than a few bytes."""
        assert not neighbour.findings, f"the neighbour {neighbour.path} is not valid"
        edits = [edits] if isinstance(edits, Edit) else edits
        data, distance = apply(edits, neighbour.data)
        assert far or distance <= LARGEST_DISTANCE, f"{clause} {name} is {distance} bytes from {neighbour.path}"
        case = Case(self.path(clause, name), clause, about, File(data), list(findings), neighbour)
        case.limits = limits or neighbour.limits
        return self.corpus.add(case)
