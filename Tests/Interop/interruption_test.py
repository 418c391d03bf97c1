"""A conversion that is interrupted ends at once, says so by its status, and leaves nothing behind."""

import pathlib
import random
import signal
import subprocess
import sys
import time
import unittest

import numpy
from safetensors.numpy import save_file

from oracle import INGOT, ROOT, Test

sys.path.append(str(ROOT / "Benchmarks"))
import synthetic  # noqa: E402 (the benchmarks write the same files)

# Long enough for a machine that has other things to do; on an idle one it is some 20 ms.
LATENCY = 1.0
SEED = 20260101

# In the background of a script interruptions are ignored, by children too, which is respected.
signal.signal(signal.SIGINT, signal.default_int_handler)


class InterruptionTest(Test):
    def interrupted(self, delay, *arguments):
        """Starts a conversion, interrupts it after some time, and gives its status and how long it took to end."""
        process = subprocess.Popen(
            [INGOT, "convert", *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        start = time.monotonic()
        process.send_signal(signal.SIGINT)
        status = process.wait(timeout=30)
        return status, time.monotonic() - start

    def check(self, *arguments, rounds, most):
        generator = random.Random(SEED)
        before = sorted(self.folder.iterdir())
        latencies = []
        for _ in range(rounds):
            delay = generator.uniform(0.05, most)
            status, latency = self.interrupted(delay, *arguments)
            with self.subTest(delay=delay, seed=SEED):
                # Before the work begins the signal itself ends the process.
                self.assertIn(status, (130, -signal.SIGINT))
                self.assertEqual(sorted(self.folder.iterdir()), before)
            latencies.append(latency)
        # One of them may meet a busy moment of the machine.
        self.assertLess(sorted(latencies)[rounds // 2], LATENCY, latencies)

    def test_at_random_moments_of_a_long_search_of_a_huge_tensor(self):
        source = self.folder / "large.safetensors"
        # Random values, since zeros are found quickly.
        rows = 4096
        synthetic.large(source, rows)
        with open(source, "r+b") as file:
            file.seek(-rows * 4096 * 4, 2)
            for _ in range(rows * 4096 * 4 >> 20):
                # Bytes whose exponents are small: finite numbers.
                file.write(bytes(byte & 0x3F for byte in random.Random(1).randbytes(1 << 12)) * 256)
        for encoding in ("iq2_s", "q4_k"):
            self.check(source, "-o", self.folder / "out.gguf", "--encoding", encoding, "--effort", "best",
                       rounds=6, most=1.5)

    def test_at_random_moments_of_writing_a_split_set(self):
        source = self.folder / "many.safetensors"
        synthetic.write_sparse(source, {f"layer.{index}": (4096, 4096) for index in range(64)})
        self.check(source, "-o", self.folder / "out.gguf", "--encoding", "q8_0", "--split", 8, rounds=8, most=0.5)

    def test_when_a_split_set_is_put_in_place(self):
        """V5.5 of spec/conversion.md: all files of a set or none, and none of another set."""
        count = 1500
        source = self.folder / "small.safetensors"
        arguments = [INGOT, "convert", source, "-o", self.folder / "p.gguf", "--split", str(count), "--force"]
        second = self.folder / f"p-00002-of-{count:05}.gguf"
        generator = random.Random(SEED)

        def write(value):
            save_file({f"t.{index}": numpy.full((2, 8), value, "f4") for index in range(count)}, source)

        def inode():
            return second.stat().st_ino if second.exists() else None

        def values():
            names = sorted(path for path in self.folder.iterdir() if path != source)
            return [numpy.frombuffer(path.read_bytes()[-64:], "<f4").tolist() for path in names]

        standing = 0.0
        for round_ in range(1, 9):
            write(float(round_))
            before = inode()
            process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            while process.poll() is None and inode() == before:
                time.sleep(0.0005)
            time.sleep(generator.uniform(0, 0.02))
            process.send_signal([signal.SIGINT, signal.SIGTERM, signal.SIGHUP][round_ % 3])
            status = process.wait(timeout=60)
            with self.subTest(round=round_, seed=SEED):
                self.assertIn(status, (0, 130))
                if status == 0:
                    standing = float(round_)
                self.assertEqual(values(), [[standing] * 16] * count if standing else [])


if __name__ == "__main__":
    unittest.main()
