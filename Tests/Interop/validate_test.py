"""Verdicts: real files and what real tools write pass; ggml finds the same scales and values that are not finite."""

import ctypes
import json
import subprocess
import unittest

import gguf
import numpy

from oracle import ENCODINGS, GGML, INGOT, Test, ingot, minilm, smollm2


def verdict(*arguments):
    """The object of K6, whatever the exit status says."""
    run = subprocess.run(
        [INGOT, "validate", "--json", *map(str, arguments)], capture_output=True, text=True, check=False)
    answer = json.loads(run.stdout)
    assert run.returncode == (0 if answer["valid"] else 1), run
    return answer


class ValidateTest(Test):
    def assert_clean(self, *arguments):
        """No errors and no warnings, at any level."""
        for level in ("structure", "data", "model"):
            for file in verdict(*arguments, "--level", level)["files"]:
                troubles = [it for it in file["findings"] if it["severity"] != "note"]
                self.assertEqual(troubles, [], f"{file['path']} at level {level}")

    def test_real_files_pass(self):
        self.assert_clean(smollm2(), minilm())

    def test_what_convert_writes_passes(self):
        outputs = []
        for encoding in ["auto", *ENCODINGS]:
            outputs.append(self.folder / f"{encoding}.gguf")
            ingot("convert", minilm(), "-o", outputs[-1], "--encoding", encoding)
        outputs.append(self.folder / "smollm2.gguf")
        ingot("convert", smollm2(), "-o", outputs[-1], "--encoding", "q8_0")
        self.assert_clean(*outputs)

    def test_what_gguf_py_writes_passes(self):
        path = self.folder / "gguf-py.gguf"
        writer = gguf.GGUFWriter(path, "test")
        writer.add_array("tokens", ["<s>", "", "▁the"])
        writer.add_float32("scale", float("nan"))
        rows = numpy.random.default_rng(5).standard_normal((6, 256)).astype("<f4")
        for kind in ("Q8_0", "Q4_0", "Q5_1", "TQ1_0", "TQ2_0", "BF16", "F16"):
            type = gguf.GGMLQuantizationType[kind]
            writer.add_tensor(kind, gguf.quants.quantize(rows, type), raw_dtype=type)
        writer.add_tensor("odd", rows[0, :7])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        self.assert_clean(path)

    def test_ggml_finds_the_same_blocks(self):
        """E17.1, E17.2: random blocks, most of them with a scale or value that is not finite somewhere."""
        validate = GGML().library.ggml_validate_row_data
        validate.argtypes, validate.restype = (ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t), ctypes.c_bool
        random = numpy.random.default_rng(17)
        faults = 0
        for kind, (_, size) in gguf.GGML_QUANT_SIZES.items():
            # ggml looks at no integers and doubles, nor at sums, and lets every scale of NVFP4 pass.
            if kind.name in ("I8", "I16", "I32", "I64", "F64", "Q8_1", "Q8_K", "NVFP4"):
                continue
            path = self.folder / f"{kind.name}.gguf"
            writer = gguf.GGUFWriter(path, "test")
            expected = set()
            for index in range(60):
                block = random.integers(0, 256, size, dtype="u1")
                block[random.integers(0, size, size // 3)] |= 0x7C
                if index % 3 == 0:
                    block[:] = random.integers(0, 0x70, size, dtype="u1")
                writer.add_tensor(str(index), block.reshape(1, -1), raw_dtype=kind)
                if not validate(int(kind), block.ctypes.data, size):
                    expected.add(str(index))
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.write_tensors_to_file()
            writer.close()
            findings = verdict(path)["files"][0]["findings"]
            found = {it["subject"]["name"] for it in findings if it["code"] == "NOT_FINITE"}
            self.assertEqual(found, expected, kind.name)
            faults += len(found)
        self.assertGreater(faults, 100)


if __name__ == "__main__":
    unittest.main()
