"""The same bytes through Ingot, gguf-py and llama.cpp: every class of disagreement is a row of spec/container.md."""

import collections
import concurrent.futures
import os
import pathlib
import tempfile
import unittest

import mutants
import peers
from oracle import Test, reports

SEED = 20261123
COUNT = 500
PAGE = mutants.PACKAGE / "spec" / "container.md"
HEADING = "## Where other readers differ"


def content(report):
    tensors = [[it["name"], it["dimensions"], it["type"], it["offset"]] for it in report["tensors"]]
    return peers.plain([it["key"] for it in report["metadata"]], tensors)


def listed_classes():
    """The rows of the page: what Ingot, gguf-py and llama.cpp make of a case."""
    section = PAGE.read_text().split(HEADING)[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("|")][2:]
    return {tuple(cell.strip().strip("`") for cell in row[1:4]) for row in rows}


class DifferentialTest(Test):
    def setUp(self):
        super().setUp()
        shared = pathlib.Path("/dev/shm")
        folder = tempfile.TemporaryDirectory(dir=shared if os.access(shared, os.W_OK) else None)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def classes(self):
        """For each class of disagreement the files that are in it."""
        paths = []
        for index, data in enumerate(mutants.mutants(COUNT, SEED)):
            path = self.folder / f"{index}.gguf"
            path.write_bytes(data)
            paths.append(path)
        with concurrent.futures.ThreadPoolExecutor() as pool:
            theirs = [pool.submit(peers.outcomes, reader, paths) for reader in peers.READERS]
            ours = reports(paths)
            theirs = [it.result() for it in theirs]
        found = collections.defaultdict(list)
        for path, report, *others in zip(paths, ours, *theirs, strict=True):
            code = report.get("error", {}).get("code", "reads")
            others = [self.outcome(it, None if code != "reads" else content(report)) for it in others]
            if any((it == "reads") != (code == "reads") or it not in ("reads", "refuses") for it in others):
                found[code, *others].append(path)
        return found

    @staticmethod
    def outcome(theirs, ours):
        if isinstance(theirs, str):
            return theirs
        return "reads" if ours is None or theirs == ours else "reads otherwise"

    def test_every_class_of_disagreement_is_a_row_of_the_page(self):
        """C1 to C21"""
        print(f"seed {SEED}")
        found = self.classes()
        listed = listed_classes()
        for row in sorted(found.keys() - listed):
            print("not listed:", " | ".join(row), f"({len(found[row])} files)")
        self.assertEqual(found.keys() - listed, set(), "disagreements that the page does not list")
        self.assertEqual(listed - found.keys(), set(), "rows of the page that no file shows")


if __name__ == "__main__":
    unittest.main()
