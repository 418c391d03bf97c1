"""Puts the table of rules into spec/conformance.md, from the rules of the command and the cases of the corpus.

usage: ingot validate --rules --json | python testdata/generators/conformance/rules_page.py [--check]

With --check nothing is written, and a table that is not current is a failure.
"""

import json
import pathlib
import sys

from cases import all_cases
from rules import LEVEL, SEVERITY

PAGE = pathlib.Path(__file__).resolve().parents[3] / "spec" / "conformance.md"
BEGIN, END = "<!-- rules -->\n", "<!-- /rules -->\n"
PAGES = {"C": "container.md", "E": "encodings.md", "S": "safetensors.md", "M": "metadata.md"}
HEAD = """| rule | clause | severity | level | what is wanted | broken | nearest neighbours | test |
| --- | --- | --- | --- | --- | --: | --- | --- |
"""


def short(path):
    """A path without what all of its folder have: the folder, the ending, and of a set the file that is opened."""
    return path.split("/")[1] if path.startswith("sets/") else path.split("/")[1].rpartition(".")[0]


def row(rule, cases):
    broken = [case for case in cases if any(finding[0] == rule["id"] for finding in case.findings)]
    # A file of the clause itself, and one whose bytes differ, not its limits alone.
    near = min(
        (case for case in broken if case.neighbour),
        key=lambda it: (it.distance == 0, it.distance, it.clause != rule["clause"]),
        default=None,
    )
    names = f"`{short(near.path)}` of `{short(near.neighbour.path)}`" if near else "none"
    link = f"[{rule['clause']}]({PAGES[rule['clause'][0]]})"
    test = "corpus" if broken else "none"
    title = rule["title"].replace("|", "\\|").replace("__", "\\_\\_")
    cells = [f"`{rule['id']}`", link, rule["severity"], rule["level"], title, str(len(broken)), names, test]
    return "| " + " | ".join(cells) + " |\n"


def table(rules, cases):
    for rule in rules:
        known = SEVERITY.get(rule["id"], rule["severity"]), LEVEL.get(rule["id"], rule["level"])
        assert known == (rule["severity"], rule["level"]), f"the corpus has another severity or level of {rule['id']}"
    missing = set(LEVEL) - {rule["id"] for rule in rules}
    assert not missing, f"the command lacks {sorted(missing)}"
    return HEAD + "".join(row(rule, cases) for rule in rules)


def main(rules, only_check):
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    current = before + BEGIN + table(rules, all_cases().cases) + END + after
    if not only_check:
        PAGE.write_text(current, encoding="utf-8")
    elif current != page:
        sys.exit(f"the table of {PAGE.name} is not current: run {pathlib.Path(__file__).name}")


main(json.load(sys.stdin), "--check" in sys.argv)
