"""Split sets, made part by part or at once: spec/conversion.md, V5; llama.cpp and gguf-py read them."""

import hashlib
import pathlib
import subprocess
import sys
import unittest

import gguf

import llama
from oracle import INGOT, ROOT, Test, ingot, ingot_json, smollm2

sys.path.append(str(ROOT / "Benchmarks"))
import synthetic  # noqa: E402 (the benchmarks write the same files)

COUNT = 3


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class PartsTest(Test):
    def names(self, folder, count=COUNT):
        return [self.folder / folder / f"model-{index + 1:05}-of-{count:05}.gguf" for index in range(count)]

    def split(self, folder, *options):
        (self.folder / folder).mkdir()
        return ingot_json("convert", smollm2(), "-o", self.folder / folder / "model.gguf", "--encoding", "q8_0",
                          "--split", COUNT, *options)

    def test_parts_of_processes_that_run_at_once_are_those_of_one_process(self):
        report = self.split("together")
        self.assertEqual([it["output"] for it in report["parts"]], list(map(str, self.names("together"))))
        (self.folder / "alone").mkdir()
        processes = [
            subprocess.Popen([INGOT, "convert", smollm2(), "-o", self.folder / "alone/model.gguf", "--encoding", "q8_0",
                              "--part", f"{number}/{COUNT}", "--threads", "1"], stdout=subprocess.DEVNULL)
            for number in (3, 1, 2)]
        self.assertEqual([process.wait(timeout=300) for process in processes], [0, 0, 0])
        for left, right in zip(self.names("together"), self.names("alone")):
            self.assertEqual(digest(left), digest(right))
        sizes = [it["byteCount"] for it in report["parts"]]
        self.assertEqual(sizes, [path.stat().st_size for path in self.names("alone")])
        largest = max(it["byteCount"] for it in ingot_json("info", self.names("alone")[0])["tensors"])
        self.assertLess(max(sizes) - min(sizes), 2 * largest + (16 << 20), "the first has the vocabulary too")
        # gguf-py: the tensors of all files, and the metadata of the first.
        tensors = [tensor.name for path in self.names("alone") for tensor in gguf.GGUFReader(path).tensors]
        self.assertEqual(tensors, [tensor.name for tensor in gguf.GGUFReader(smollm2()).tensors])
        last = gguf.GGUFReader(self.names("alone")[2])
        self.assertEqual([key for key in last.fields if not key.startswith("GGUF.")],
                         ["split.no", "split.count", "split.tensors.count"])
        ingot("validate", self.names("alone")[0], "--level", "model")

    def test_llama_cpp_runs_a_set(self):
        self.split("set")
        text = llama.completions(self.names("set")[0], ["The capital of France is"])[0]["text"]
        self.assertIn("Paris", text)

    def test_a_set_is_sealed_as_it_is_written_or_afterwards(self):
        self.split("sealed", "--seal", "sha256")
        ingot("verify", self.names("sealed")[0])
        self.split("plain")
        ingot("seal", self.names("plain")[0], "--digest", "sha256")
        self.assertEqual([digest(path) for path in self.names("sealed")], [digest(path) for path in self.names("plain")])

    def test_the_plan_tells_the_parts(self):
        plan = ingot_json("convert", smollm2(), "-o", "out/model", "--dry-run", "--split", 4)
        self.assertEqual([part["number"] for part in plan["parts"]], [1, 2, 3, 4])
        self.assertEqual(plan["parts"][1]["output"], "out/model-00002-of-00004.gguf")
        self.assertEqual(sum(part["tensors"] for part in plan["parts"]), len(plan["tensors"]))
        first = [part["firstTensor"] for part in plan["parts"]]
        # V5.1, once more from its text.
        sizes = [(it["byteCount"] + 31) // 32 * 32 for it in plan["tensors"]]
        total, ends = sum(sizes), [0]
        for size in sizes:
            ends.append(ends[-1] + size)
        cuts = [0]
        for part in range(1, 4):
            aim = part * total // 4
            places = range(cuts[-1] + 1, len(sizes) - (4 - part) + 1)
            cuts.append(min(places, key=lambda place: (abs(ends[place] - aim), ends[place], -place)))
        self.assertEqual(first, cuts)

    def test_what_makes_no_sense_is_refused(self):
        output = self.folder / "model.gguf"
        for arguments in (["--part", "4/3"], ["--part", "0/3"], ["--part", "x"], ["--split", "0"],
                          ["--split", "2", "--part", "1/2"], ["--part", "1/2", "--seal", "crc32"], ["--memory", "1"],
                          ["--memory", "12Q"]):
            with self.subTest(arguments):
                ingot("convert", smollm2(), "-o", output, *arguments, expect=64)
        ingot("convert", smollm2(), "-o", self.folder / "a-00001-of-00002.gguf", "--part", "1/2", expect=64)
        ingot("convert", smollm2(), "-o", output, "--split", "60000", expect=2)
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_a_model_of_70_billion_parameters_is_planned_and_a_part_of_it_made(self):
        synthetic.llama70b(self.folder / "llama")
        plan = ingot_json("convert", self.folder / "llama", "--encoding", "q4_k", "--dry-run", "--split", "200")
        self.assertGreater(plan["byteCount"], 38e9)
        self.assertEqual(len(plan["parts"]), 200)
        report = ingot_json("convert", self.folder / "llama", "-o", self.folder / "out.gguf", "--encoding", "q8_0",
                            "--effort", "fast", "--part", "200/200")
        self.assertEqual(report["parts"][0]["byteCount"], (self.folder / "out-00200-of-00200.gguf").stat().st_size)


if __name__ == "__main__":
    unittest.main()
