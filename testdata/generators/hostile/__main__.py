"""Makes testdata/checkpoints/hostile: small files of PyTorch and NumPy that are to be refused, or just not to be.

usage: python testdata/generators/hostile

verdicts.json says of each the code, the byte and the subject of the error, or null where it is to be opened. Nothing in these
files was ever run: they are made byte by byte, and what they name is what scanners of pickles are known to miss. With `survey`
it says what a survey shows of a file that is refused.
"""

import json
import pathlib
import shutil

from arrays import arrays
from calls import calls
from costs import costs
from instructions import instructions
from members import members
from surveys import surveys
from tensors import tensors

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "checkpoints/hostile"


class Corpus:
    def __init__(self):
        self.verdicts = {}

    def add(self, name, data, clause, code=None, offset=None, subject=None, **more):
        assert name not in self.verdicts, name
        (FOLDER / name).write_bytes(data)
        error = None if code is None else {"code": code, "offset": offset, "subject": subject}
        self.verdicts[name] = {"clause": clause, "error": error, **more}


if FOLDER.exists():
    shutil.rmtree(FOLDER)
FOLDER.mkdir(parents=True)
corpus = Corpus()
for group in (members, instructions, calls, surveys, tensors, costs, arrays):
    group(corpus)
lines = [f"{json.dumps(name)}: {json.dumps(verdict)}" for name, verdict in sorted(corpus.verdicts.items())]
(FOLDER / "verdicts.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
print(len(lines), "files")
