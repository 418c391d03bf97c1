"""Small files, valid or hostile, are judged in little memory and time: those of the corpus, which have at most 4 KiB."""

import json
import statistics
import subprocess
import sys
import unittest

from mutants import PACKAGE
from oracle import INGOT, Test

MEBIBYTE = 1 << 20
CORPUS = PACKAGE / "testdata" / "conformance"
# Above what the command takes to say its version.
MEMORY = 8 * MEBIBYTE
SECONDS = 0.050

# Runs each of many commands, and says of each its wall time and peak memory. It is small itself, since what it holds when it
# starts a command counts as the command's.
MEASURE = """
import json, os, sys, time
for command in json.load(sys.stdin):
    start = time.monotonic()
    quiet = [(os.POSIX_SPAWN_OPEN, stream, os.devnull, os.O_RDWR, 0) for stream in (0, 1, 2)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status, use = os.wait4(child, 0)
    wall = time.monotonic() - start
    # The unit of ru_maxrss is a kibibyte, and a byte on Apple platforms.
    peak = use.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(json.dumps([os.waitstatus_to_exitcode(status), wall, peak]))
"""


def measured(commands):
    """Exit status, seconds and peak bytes of each command."""
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", MEASURE], input=json.dumps(commands), capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


class BoundsTest(Test):
    def test_small_files_take_little_memory_and_time(self):
        version = measured([[INGOT, "--version"]] * 5)
        memory = statistics.median(it[2] for it in version) + MEMORY
        files = sorted(path for path in CORPUS.rglob("*") if path.is_file() and path.name != "verdicts.json")
        self.assertGreater(len(files), 300)
        commands = [[INGOT, "validate", "--level", "model", str(path)] for path in files]
        for command, (status, seconds, peak) in zip(commands, measured(commands), strict=True):
            with self.subTest(command[-1]):
                self.assertIn(status, (0, 1, 74), "a crash")
                if seconds > SECONDS or peak > memory:
                    # Other programs may have been in the way, so the median of five counts.
                    again = measured([command] * 5)
                    seconds = statistics.median(it[1] for it in again)
                    peak = statistics.median(it[2] for it in again)
                self.assertLessEqual(seconds, SECONDS)
                self.assertLessEqual(peak, memory, f"{(peak - memory + MEMORY) / MEBIBYTE:.1f} MiB above --version")


if __name__ == "__main__":
    unittest.main()
