"""What sealed files cost: opening them next to ggml, cold pages, memory, and verifying next to zlib and swift-crypto.

usage: sealing.py INGOT OPENMODEL [--rounds N]     the two programs, built for release; scripts/bench --sealing calls it
"""

import argparse
import concurrent.futures
import ctypes
import ctypes.util
import datetime
import json
import mmap
import os
import pathlib
import shutil
import struct
import subprocess
import tempfile
import time
import zlib

import vocabulary
from ggml import GGML
from measure import machine, median, table

# name, file, way, access
OPENINGS = [
    ("index, trusted", "sealed", "trusted", "mapped"),
    ("index, signed", "signed", "signed", "mapped"),
    ("walk, unsealed", "plain", "walk", "mapped"),
    ("walk, sealed, nothing asked", "sealed", "walk", "mapped"),
    ("walk, header held to its seal", "sealed", "sealed", "mapped"),
    ("walk, unsealed, positional", "plain", "walk", "positional"),
    ("index, trusted, positional", "sealed", "trusted", "positional"),
]


class Files:
    def __init__(self, ingot, folder, layers):
        key = folder / "key.pem"
        self.public = folder / "key.pub.pem"
        self.plain, self.sealed, self.signed = (folder / f"{name}-{layers}.gguf" for name in ("plain", "sealed", "signed"))
        vocabulary.write(self.plain, layers=layers)
        if not key.exists():
            run(ingot, "keygen", "-o", key)
        run(ingot, "seal", self.plain, "-o", self.sealed)
        run(ingot, "seal", self.plain, "-o", self.signed, "--sign", key, "--name", "benchmark", "--counter", 1)

    def path(self, name):
        return getattr(self, name)


def run(*command):
    return subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout


def opened(program, files, opening, rounds):
    _, file, way, access = opening
    return json.loads(run(program, files.path(file), way, access, rounds, files.public))


def ggml_times(ggml, path, rounds):
    times = {"wall": [], "cpu": []}
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), time.thread_time()
        ggml.open_and_close(path)
        times["wall"].append(time.perf_counter() - wall)
        times["cpu"].append(time.thread_time() - cpu)
    return times


def openings(options, ggml, files, what):
    """Each way in turn, with ggml between them; the best and the median of all rounds."""
    ours = {name: {"wall": [], "cpu": []} for name, *_ in OPENINGS}
    theirs = {"wall": [], "cpu": []}
    for _ in range(options.rounds):
        for opening in OPENINGS:
            report = opened(options.open_model, files, opening, 20 if "index" in opening[0] else 4)
            ours[opening[0]]["wall"] += [it / 1e9 for it in report["nanoseconds"]]
            ours[opening[0]]["cpu"] += [it / 1e9 for it in report["processorNanoseconds"]]
        for kind, times in ggml_times(ggml, files.plain, 2).items():
            theirs[kind] += times
    rows = []
    for name, *_ in OPENINGS:
        wall, cpu = ours[name]["wall"], ours[name]["cpu"]
        rows.append([
            name, f"{median(theirs['wall']) / median(wall):.0f}", f"{median(theirs['cpu']) / median(cpu):.0f}",
            f"{median(wall) * 1e3:.3f}", f"{median(cpu) * 1e3:.3f}", f"{min(cpu) * 1e3:.3f}",
        ])
    print(f"\n### Opening {what}, warm\n")
    print("How many times as fast as ggml's `gguf_init_from_file` by wall and by processor time, medians of "
          f"{options.rounds} interleaved rounds; ggml took {median(theirs['wall']) * 1e3:.1f} ms "
          f"({median(theirs['cpu']) * 1e3:.1f} ms of the processor, at best {min(theirs['cpu']) * 1e3:.1f}).")
    table(["way", "× wall", "× processor", "ms", "processor ms", "at best"], rows)


def resident_pages(path):
    """How many pages of a file the system holds."""
    library = ctypes.CDLL(None, use_errno=True)
    library.mincore.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p]
    with open(path, "r+b") as file, mmap.mmap(file.fileno(), 0) as pages:
        count = -(-len(pages) // mmap.PAGESIZE)
        held = ctypes.create_string_buffer(count)
        start = ctypes.addressof(ctypes.c_char.from_buffer(pages))
        if library.mincore(start, len(pages), held) != 0:
            raise OSError(ctypes.get_errno(), "mincore")
        return sum(byte & 1 for byte in held.raw[:count]), count


def drop(path):
    """Sends the pages of a file out of memory."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)


def cold(options, ggml, files):
    """On a disk: what is in memory after the file was opened once, and what the process had more then."""
    rows = []
    for opening in OPENINGS:
        path = files.path(opening[1])
        drop(path)
        before, count = resident_pages(path)
        report = opened(options.open_model, files, opening, 0)
        after, _ = resident_pages(path)
        rows.append([opening[0], after - before, count, f"{report['privateBytes'] / 1024:.0f}", report["filePages"]])
    drop(files.plain)
    before, count = resident_pages(files.plain)
    memory = anonymous()
    context = ggml.open(files.plain)
    more = anonymous() - memory
    ggml.close(context)
    rows.append(["ggml", resident_pages(files.plain)[0] - before, count, f"{more / 1024:.0f}", 0])
    print("\n### Cold pages and memory\n")
    print("Pages of 4 KiB that the system had read when the model was open, after all had been dropped (it reads ahead); how much "
          "memory of its own the process then had more, in KiB; and how many pages of the file it had mapped.")
    table(["way", "pages read", "of", "KiB more", "pages mapped"], rows)


def anonymous():
    with open("/proc/self/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("RssAnon"))


def verifying(options, folder, where):
    """`verify` on all cores, the digest alone on one, reading, and a plain loop that reads and digests, in turn."""
    path = folder / "large.gguf"
    large_tensor(path, 1 << 30)
    rows = []
    for digest, name in (("crc32", "CRC-32"), ("sha256", "SHA-256")):
        run(options.ingot, "seal", path, "--force", "--digest", digest)
        times = {it: {"wall": [], "cpu": []} for it in ("verify", "alone", "read", "plain")}
        for _ in range(max(3, options.rounds // 2)):
            measure(times["verify"], options, path, "verify")
            if digest == "crc32":
                clocked(times["alone"], lambda: digest_buffer(path.stat().st_size))
                clocked(times["plain"], lambda: read_and_digest(path))
            else:
                measure(times["alone"], options, path, "sha256")
                measure(times["plain"], options, path, "readsha256")
            measure(times["read"], options, path, "read")
        size, cores = path.stat().st_size / 1e9, os.cpu_count()
        wall = {it: size / median(times[it]["wall"]) for it in times}
        cpu = {it: size / median(times[it]["cpu"]) for it in times}
        rows.append([name, "wall"] + figures(wall, cores * wall["alone"]))
        rows.append([name, "processor"] + figures(cpu, cpu["alone"]))
    print(f"\n### Verifying 1 GiB {where}\n")
    print(f"GB/s of `ModelVerifier` on {os.cpu_count()} cores; of the digest alone, zlib's `crc32` and swift-crypto's SHA-256, over a buffer of "
          "1 MiB on one core; of reading the file alone on all cores, 1 MiB at a time; of a plain loop on all cores that reads so and digests "
          "what it has read; the first as a share of cores × the second, and of the plain loop. By processor time all are those of one core.")
    table(["digest", "clock", "verify", "digest", "reading", "plain loop", "share", "of the plain loop"], rows)


def figures(speed, limit):
    parts = [f"{speed[it]:.2f}" for it in ("verify", "alone", "read", "plain")]
    return parts + [f"{speed['verify'] / limit:.2f}", f"{speed['verify'] / speed['plain']:.2f}"]


def measure(times, options, path, way):
    report = json.loads(run(options.open_model, path, way, "positional", 2))
    times["wall"] += [it / 1e9 for it in report["nanoseconds"]]
    times["cpu"] += [it / 1e9 for it in report["processorNanoseconds"]]


def clocked(times, work):
    for _ in range(2):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        times["wall"].append(time.perf_counter() - wall)
        times["cpu"].append(time.process_time() - cpu)


def digest_buffer(size):
    """zlib's CRC-32 of as many bytes, from a buffer of 1 MiB."""
    library = ctypes.CDLL(ctypes.util.find_library("z"))
    library.crc32.restype = ctypes.c_ulong
    library.crc32.argtypes = [ctypes.c_ulong, ctypes.c_char_p, ctypes.c_uint]
    buffer, checksum = b"\xa5" * (1 << 20), 0
    for _ in range(size >> 20):
        checksum = library.crc32(checksum, buffer, len(buffer))


def read_and_digest(path):
    """Reads a file on all cores, and digests each part with zlib; Python lets go of its lock in both."""
    part = 8 << 20

    def work(descriptor, first):
        buffer, checksum = bytearray(1 << 20), 0
        for start in range(first, min(first + part, path.stat().st_size), len(buffer)):
            checksum = zlib.crc32(memoryview(buffer)[: os.preadv(descriptor, [buffer], start)], checksum)

    descriptor = os.open(path, os.O_RDONLY)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda first: work(descriptor, first), range(0, path.stat().st_size, part)))
    os.close(descriptor)


def large_tensor(path, size):
    """A model with one tensor of that many bytes."""
    name = vocabulary.sized("w")
    data = b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + name + struct.pack("<IQIQ", 1, size // 4, 0, 0)
    part = bytes(range(256)) * 4096
    with open(path, "wb") as file:
        file.write(data + bytes(-len(data) % 32))
        for _ in range(size // len(part)):
            file.write(part)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ingot")
    parser.add_argument("open_model")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    print(f"{datetime.date.today()}: {machine()}")
    ggml = GGML()
    # On a disk, so that pages can be dropped.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        folder = pathlib.Path(name)
        words = "262,144 words and 514,906 merges"
        files = Files(options.ingot, folder, 32)
        openings(options, ggml, files, f"{words}, 289 tensors")
        openings(options, ggml, Files(options.ingot, folder, 0), f"{words}, one tensor")
        cold(options, ggml, files)
    # What a disk's file system keeps in memory it keeps in larger pieces, which are read faster.
    places = {"/var/tmp": "of a disk, all in its cache"}
    if shutil.disk_usage("/dev/shm").free > 3 << 30:
        places["/dev/shm"] = "in memory (tmpfs)"
    for place, where in places.items():
        with tempfile.TemporaryDirectory(dir=place) as name:
            verifying(options, pathlib.Path(name), where)


if __name__ == "__main__":
    main()
