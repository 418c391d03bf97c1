"""Makes testdata/conformance: small files, valid and broken, and in verdicts.json what is to be said of each.

usage: python testdata/generators/conformance [folder]
"""

import pathlib
import shutil
import sys

from cases import all_cases

TESTDATA = pathlib.Path(__file__).resolve().parents[2]


def main(folder):
    corpus = all_cases()
    if folder.exists():
        shutil.rmtree(folder)
    corpus.write(folder)
    print(len(corpus.cases), "cases")


main(pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else TESTDATA / "conformance")
