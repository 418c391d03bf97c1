"""What the parts of the static, stripped example of Benchmarks/Edge take.

usage: edge.py PROGRAM MAP     the stripped program, and the map that its linker wrote (-Xlinker -Map=MAP); scripts/bench --edge
"""

import collections
import pathlib
import re
import sys

from measure import table

# Folders of objects, and archives, by the words of the table.
PARTS = [
    (r"Ingot(\w+)\.build", r"Ingot\1"),
    (r"(CVectors)\.build", r"its kernels in C"),
    (r"(CPlatform|edge)\.build", r"the example, CPlatform"),
    (r"(OrderedCollections|InternalCollectionsUtilities)\.build", "swift-collections"),
    (r"(SystemPackage|CSystem)\.build", "swift-system"),
    (r"libswiftCore\.a", "Swift's standard library and runtime"),
    (r"libswift_Concurrency\.a", "Swift's concurrency"),
    (r"libswift_StringProcessing\.a|libswift_RegexParser\.a", "Swift's regular expressions"),
    (r"lib(dispatch|BlocksRuntime)\.a", "Dispatch"),
    (r"libswift\w+\.a|swiftrt", "other parts of Swift"),
]
# Of an allocated section of one file: its size and the file. A long name stands on a line of its own.
SECTION = re.compile(r"^ (?P<name>\S+)?\s+0x(?P<address>[0-9a-f]+)\s+0x(?P<size>[0-9a-f]+)\s+(?P<file>\S.*)$")
NOT_STORED = re.compile(r"^\.(bss|tbss|debug|comment|note|symtab|strtab)")


def part(file):
    for pattern, name in PARTS:
        match = re.search(pattern, file)
        if match:
            return match.expand(name)
    return "C library's start, others"


def sizes(path):
    """The bytes that each part adds to the file."""
    found = collections.Counter()
    name = ""
    placed = False
    for line in path.read_text(errors="replace").splitlines():
        if line == "Memory map":
            placed = True
        elif placed and (match := SECTION.match(line)):
            section = match["name"] or name
            if int(match["address"], 16) and not NOT_STORED.match(section):
                found[part(match["file"])] += int(match["size"], 16)
        elif placed and re.match(r"^ \S+$", line):
            name = line.strip()
    return found


def main():
    program, plan = map(pathlib.Path, sys.argv[1:])
    total = program.stat().st_size
    found = sizes(plan)
    rows = [[name, f"{size / 1024:.0f}", f"{size / total:.1%}"] for name, size in found.most_common()]
    rest = total - sum(found.values())
    rows.append(["names, relocations, tables that the linker makes", f"{rest / 1024:.0f}", f"{rest / total:.1%}"])
    print(f"\n### A static, stripped program with the loader alone: {total / 1e6:.1f} MB")
    table(["part", "KiB", "share"], rows)


if __name__ == "__main__":
    main()
