"""What the comparisons share: paired runs, the use of a child process, and tables."""

import json
import os
import statistics
import subprocess
import sys
import time

# Runs a command and prints the use of its children, of which it has one: peaks of several do not mix.
WRAPPER = """
import json, resource, subprocess, sys, time
start = time.perf_counter()
run = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE)
wall = time.perf_counter() - start
use = resource.getrusage(resource.RUSAGE_CHILDREN)
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps({"status": run.returncode, "output": run.stdout.decode(), "wall": wall,
                  "cpu": use.ru_utime + use.ru_stime, "peak": use.ru_maxrss * unit}))
"""


def child(*command):
    """Runs a command alone and gives its output, wall and processor time, and peak memory."""
    run = subprocess.run(
        [sys.executable, "-c", WRAPPER, *map(str, command)], check=True, stdout=subprocess.PIPE, text=True
    )
    use = json.loads(run.stdout)
    if use["status"] != 0:
        raise RuntimeError(f"{command[0]}: status {use['status']}")
    return use


def interleaved(rounds, **runners):
    """Calls each runner once a round, in turn, so that a busy moment of the machine meets all of them."""
    results = {name: [] for name in runners}
    for _ in range(rounds):
        for name, run in runners.items():
            results[name].append(run())
    return results


def median(values):
    return statistics.median(values)


def seconds_per_call(call, calls=5, least=0.1):
    """The median time of a call, over at least that many calls and seconds."""
    times = []
    end = time.perf_counter() + least
    while len(times) < calls or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return median(times)


def table(headings, rows):
    """Prints a Markdown table; the first column is text, the others are numbers."""
    print("\n| " + " | ".join(headings) + " |")
    print("| --- |" + " ---: |" * (len(headings) - 1))
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    sys.stdout.flush()


def machine():
    """The processor, cores, memory and load, and nothing that tells whose machine it is."""
    model = "unknown processor"
    try:
        with open("/proc/cpuinfo") as file:
            model = next(line.split(":")[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {sys.platform}, load {os.getloadavg()[0]:.1f} at the start"
