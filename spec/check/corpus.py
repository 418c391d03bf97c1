"""The conformance corpus, testdata/conformance, as conformance.md describes it."""

import json
import pathlib
from dataclasses import dataclass

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "testdata" / "conformance"


@dataclass
class Case:
    """A file, or the file that is opened of a set, and what is to be said of it."""

    path: pathlib.Path
    limits: dict
    reader: "tuple | None"  # code, offset and file
    findings: list  # rule, offset and file, by level
    is_model: bool

    def __init__(self, entry):
        self.path = FOLDER / entry["path"]
        self.name, self.limits, self.is_model = entry["path"], entry.get("limits", {}), entry.get("model", False)
        self.seal, self.asked = entry.get("seal"), entry.get("asked", {})
        refusal = entry["reader"]
        self.reader = refusal and self.place(refusal["code"], refusal)
        self.findings = {
            level: sorted(
                (self.place(it["rule"], it) for it in entry["findings"] if it["level"] == level and it["rule"][0] != "M"), key=str
            )
            for level in ("structure", "data", "model")
        }

    def place(self, fault, entry):
        return fault, entry["offset"], entry.get("file", self.path.name)

    @property
    def kind(self):
        """The kind of the file, by its ending."""
        return self.path.suffix[1:]

    @property
    def is_alone(self):
        """Whether the file is no part of a set."""
        return not self.name.startswith("sets/")

    @property
    def data(self):
        return self.path.read_bytes()


CASES = [Case(entry) for entry in json.loads((FOLDER / "verdicts.json").read_text(encoding="utf-8"))["files"]]
SEALS = [case for case in CASES if case.seal is not None]
OTHERS = [case for case in CASES if case.seal is None]
CONTAINERS = [case for case in OTHERS if case.kind == "gguf" and case.is_alone]
CHECKPOINTS = [case for case in OTHERS if case.kind == "safetensors" and case.is_alone]
SETS = [case for case in OTHERS if not case.is_alone]
