"""How other readers take a file: each in a process of its own, which may crash, hang or ask for any memory.

As a program: `peers.py READER` takes paths on standard input, a line each, and answers with a line of JSON for each.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys

MEMORY = 4 << 30
SECONDS = 2


def read_by_gguf_py():
    """Keys and tensors as gguf-py has them."""
    import gguf

    def read(path):
        reader = gguf.GGUFReader(path)
        keys = [key for key in reader.fields if not key.startswith("GGUF.")]
        return keys, [
            [it.name, list(map(int, it.shape)), it.tensor_type.name, int(it.data_offset)] for it in reader.tensors
        ]

    return read


def read_by_llama_cpp():
    """Keys and tensors as llama.cpp's gguf_init_from_file has them."""
    import oracle

    library = oracle.GGML().library
    for name, result in {
        "gguf_get_n_kv": ctypes.c_int64, "gguf_get_n_tensors": ctypes.c_int64, "gguf_get_key": ctypes.c_char_p,
        "gguf_get_tensor_name": ctypes.c_char_p, "gguf_get_tensor_type": ctypes.c_int,
        "gguf_get_tensor_offset": ctypes.c_size_t, "gguf_get_data_offset": ctypes.c_size_t,
        "gguf_get_tensor_ne": ctypes.POINTER(ctypes.c_int64), "ggml_type_name": ctypes.c_char_p,
    }.items():  # fmt: skip
        function = getattr(library, name)
        function.restype = result
        of_entry = name in ("gguf_get_key", "gguf_get_tensor_ne") or name.startswith("gguf_get_tensor_")
        function.argtypes = [ctypes.c_void_p, ctypes.c_int64] if of_entry else [ctypes.c_void_p]
    library.ggml_type_name.argtypes = [ctypes.c_int]

    def read(path):
        parameters = oracle.ggml.InitParameters(True, None)
        context = library.gguf_init_from_file(path.encode(), parameters)
        if not context:
            raise ValueError("refused")
        keys = [library.gguf_get_key(context, index).decode(errors="replace")
                for index in range(library.gguf_get_n_kv(context))]  # fmt: skip
        start = library.gguf_get_data_offset(context)
        tensors = []
        for index in range(library.gguf_get_n_tensors(context)):
            tensors.append([
                library.gguf_get_tensor_name(context, index).decode(errors="replace"),
                list(library.gguf_get_tensor_ne(context, index)[:4]),
                library.ggml_type_name(library.gguf_get_tensor_type(context, index)).decode().upper(),
                start + library.gguf_get_tensor_offset(context, index),
            ])  # fmt: skip
        return keys, tensors

    return read


READERS = {"gguf-py": read_by_gguf_py, "llama.cpp": read_by_llama_cpp}


def plain(keys, tensors):
    """What is compared: dimensions of 1 at the end say nothing."""
    shapes = []
    for name, dims, encoding, offset in tensors:
        while dims and dims[-1] == 1:
            dims = dims[:-1]
        shapes.append([name, dims, encoding.upper(), offset])
    return [list(keys), shapes]


def outcomes(reader, paths):
    """What the reader makes of each file: `refuses`, `crashes`, `hangs`, `takes 4 GiB`, or what it reads."""
    run = subprocess.run(
        [sys.executable, __file__, reader], input="\n".join(map(str, paths)), capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in run.stdout.splitlines()]


def answer(read, path, output):
    """In a process of its own: reads and writes what there is to say."""
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        result = plain(*read(path))
    except MemoryError:
        result = "takes 4 GiB"
    except Exception:
        result = "refuses"
    os.write(output, json.dumps(result).encode())


def main():
    read = READERS[sys.argv[1]]()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 2)
    for path in sys.stdin.read().splitlines():
        source, target = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(quiet, 1)
            answer(read, path, target)
            os._exit(0)
        os.close(target)
        with open(source, "rb") as file:
            text = file.read().decode()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status:
            text = json.dumps("hangs" if status == -signal.SIGPROF else "crashes")
        print(text)


if __name__ == "__main__":
    main()
