"""Cases, each a small file (or a folder of them) with its verdict, and how near each violation is to a valid file."""

import json
from dataclasses import dataclass, field

from rules import LEVEL, is_refusal

LARGEST_FILE = 4096
LARGEST_DISTANCE = 8
# A file that is cut within the magic lacks all of what every valid file has: 32 bytes with the padding.
FARTHER = {"C2-TRUNCATED": 29, "M9-EMPTY": LARGEST_FILE, "M10-LENGTH": 9}


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


def replace(at, old, new):
    """One text in the place of another; what both begin and end with stays."""
    old, new = (it.encode() if isinstance(it, str) else it for it in (old, new))
    while old and new and old[0] == new[0]:
        old, new, at = old[1:], new[1:], at + 1
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return Edit(at, len(old), new)


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
    distance: int = 0  # how many bytes differ from the neighbour
    limits: dict | None = None
    is_model: bool = False  # whether the findings are complete at the level of the model, too
    others: dict = field(default_factory=dict)  # the other files of a set: bytes by plain name
    seal: dict | None = None  # of a verifier: the code and offset of what it says first, nothing if the seal holds
    asked: dict | None = None  # what its user asks of the seal

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
        if self.seal is not None:
            entry["seal"] = self.seal
        if self.asked:
            entry["asked"] = self.asked
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
        """Every rule has a violation that differs from a valid file in a few bytes at most."""
        for rule in LEVEL:
            near = [
                it.distance for it in self.cases if it.neighbour and rule in (finding[0] for finding in it.findings)
            ]
            assert near, f"no violation of {rule}"
            assert min(near) <= FARTHER.get(rule, LARGEST_DISTANCE), (
                f"the nearest violation of {rule} differs in {min(near)} bytes"
            )


class Section:
    """The cases of one folder of the corpus."""

    def __init__(self, corpus, folder, suffix):
        self.corpus, self.folder, self.suffix = corpus, folder, suffix

    def path(self, clause, name):
        """Container clauses have two digits, so that the files are sorted."""
        if self.folder == "real":
            return f"real/{name}{self.suffix}"
        digits = clause[1:].zfill(2) if clause[0] == "C" else clause[1:]
        return f"{self.folder}/{clause[0].lower()}{digits}-{name}{self.suffix}"

    def valid(self, clause, name, about, file, *findings, limits=None):
        """A file that opens; one with findings is a violation of a warning that has no neighbour of its own."""
        file = file if isinstance(file, File) else File(file)
        return self.corpus.add(Case(self.path(clause, name), clause, about, file, list(findings), limits=limits))

    def broken(self, clause, name, about, neighbour, edits, *findings, limits=None):
        """What becomes of a valid file by a few edits."""
        assert not neighbour.findings, f"the neighbour {neighbour.path} is not valid"
        edits = [edits] if isinstance(edits, Edit) else edits
        data, distance = apply(edits, neighbour.data)
        case = Case(self.path(clause, name), clause, about, File(data), list(findings), neighbour, distance)
        case.limits = limits or neighbour.limits
        return self.corpus.add(case)


class SetSection(Section):
    """The cases of sets: each a folder, of which one file is opened."""

    def valid(self, clause, name, about, opened, files, *findings, limits=None):
        """The files by plain name; `opened` is one of them."""
        path = f"{self.path(clause, name)}/{opened}"
        others = {it: file.data for it, file in files.items() if it != opened}
        return self.corpus.add(Case(path, clause, about, files[opened], list(findings), limits=limits, others=others))

    def broken(self, clause, name, about, neighbour, edits, *findings, limits=None):
        """What becomes of a valid set: the edits by plain name. None takes a file away, bytes add one."""
        assert not neighbour.findings, f"the neighbour {neighbour.path} is not valid"
        opened = neighbour.path.rpartition("/")[2]
        files, distance = neighbour.others | {opened: neighbour.data}, 0
        for it, change in edits.items():
            if change is None:
                distance += 1  # a name of a folder
                del files[it]
            elif isinstance(change, bytes):
                distance += 1
                files[it] = change
            else:
                files[it], differing = apply([change] if isinstance(change, Edit) else change, files[it])
                distance += differing
        data = files.pop(opened)
        path = f"{self.path(clause, name)}/{opened}"
        case = Case(path, clause, about, File(data), list(findings), neighbour, distance, limits or neighbour.limits)
        case.others = files
        return self.corpus.add(case)
