"""Judges of files that belong together: split sets (C23) and shards with their index (S7, S8)."""

import re

import container
import json_text
import safetensors
import stored_data

SPLIT_KEYS = ("split.no", "split.count", "split.tensors.count")
INTEGERS = {"UINT8", "INT8", "UINT16", "INT16", "UINT32", "INT32", "UINT64", "INT64"}
SYNTAX = {code: f"S7.1-{code}" for code in ("JSON", "UTF8", "NESTING", "LIMIT")}


def split_name(name, ending=".gguf"):
    """Prefix, number and count of the name of a file of a split set, or None (C23)."""
    match = re.fullmatch(r"(.+)-(\d{5,})-of-(\d{5,})" + re.escape(ending), name, re.ASCII | re.DOTALL)
    if not match or any(len(digits) > 5 and digits[0] == "0" for digits in match.groups()[1:]):
        return None
    number, count = int(match[2]), int(match[3])
    return (match[1], number, count) if 1 <= number <= count else None


class Findings:
    """What is found in the files of a set: rule, offset and plain name, by level."""

    def __init__(self):
        self.structure, self.data = [], []

    def add(self, rule, offset, name):
        self.structure.append((rule, offset, name))

    def add_file(self, name, structure, data):
        self.structure += [(*finding, name) for finding in structure]
        self.data += [(*finding, name) for finding in data]


def judge(path, limits):
    """The findings of a set, of which the path names the file that is opened."""
    found = Findings()
    if path.suffix == ".json":
        Index(path, limits, found).judge()
    else:
        judge_split_set(path, limits, found)
    return found


def judge_split_set(path, limits, found):
    name = split_name(path.name)
    names = [path.name]
    if name:
        prefix, _, count = name
        names = [f"{prefix}-{i + 1:05}-of-{count:05}.gguf" for i in range(count)]
    files = {}
    for it in names:
        if not (path.parent / it).exists():
            found.add("C23-SPLIT", None, it)
            continue
        data = (path.parent / it).read_bytes()
        files[it] = file = container.judge(data, container.Limits.lowered(limits))
        found.add_file(it, file.findings, stored_data.judge(data, file))
    positions = {it: position(file, it, found) for it, file in files.items() if file.is_whole}
    for i, it in enumerate(names):
        if positions.get(it):
            number, count, _ = positions[it]
            if name and (number, count) != (i, len(names)) or not name and count > 1:
                found.add("C23-SPLIT", None, it)
    owners, total = {}, 0
    for it, file in files.items():
        total += len(file.tensors)
        for tensor in file.tensors:
            if owners.setdefault(tensor.name, it) != it:
                found.add("C23-DUPLICATE", tensor.entry, it)
    if len(positions) == len(names):
        for it, place in positions.items():
            if place and place[2] not in (None, total):
                found.add("C23-SPLIT", None, it)


def position(file, name, found):
    """Number, count and total of tensors that a file states, or None where it does not, or wrongly."""
    values = [file.metadata.get(key) for key in SPLIT_KEYS]
    if values[1] is None:
        return None
    wrong = [it for it in values if it and it.type not in INTEGERS]
    for it in wrong:
        found.add("C23-SCHEMA", it.at, name)
    if wrong:
        return None
    number, count, total = (it.value if it else None for it in values)
    is_right = [0 <= (number or 0) < max(count, 1), count >= 0, total is None or total >= 0]
    # A number is only judged against a count that makes sense.
    for it, right in zip(values, is_right):
        if it and not right and (it is not values[0] or is_right[1]):
            found.add("C23-SCHEMA", it.at, name)
    return (number or 0, count, total) if all(is_right) else None


class Index:
    """An index of shards."""

    def __init__(self, path, limits, found):
        self.path, self.found = path, found
        self.limits = safetensors.Limits.lowered(limits)
        self.places = {}  # the shard of each tensor, and where its name stands
        self.shards = {}  # where each shard is first mentioned

    def fault(self, rule, offset, ends=False):
        self.found.add(rule, offset, self.path.name)
        if ends:
            raise container.End

    def judge(self):
        try:
            self.read()
        except container.End:
            return
        self.judge_shards()

    def read(self):
        data = self.path.read_bytes()
        if len(data) > self.limits.header_byte_count:
            self.fault("S7.1-LIMIT", 0, ends=True)
        text = json_text.Text(
            data, 0, len(data), lambda code, at: self.fault(SYNTAX[code], at, ends=True), self.limits.nesting,
            self.limits.text_byte_count,
        )  # fmt: skip
        text.visible()
        start, maps = text.at, 0
        for name, at in text.members():
            if name == "weight_map":
                maps += 1
                if maps > 1:
                    self.fault("S7.2-DUPLICATE", at)
                self.read_map(text, is_first=maps == 1)
            else:
                text.value()
        if text.visible() is not None:
            self.fault("S7.1-JSON", text.at, ends=True)
        if not maps:
            self.fault("S7.2-JSON", start)

    def read_map(self, text, is_first):
        if text.visible() != ord("{"):
            self.fault("S7.2-JSON", text.value().at)
            return
        for name, at in text.members():
            shard = text.value()
            if not is_first:
                continue
            if name in self.places:
                self.fault("S7.2-DUPLICATE", at)
            elif shard.kind != "text":
                self.fault("S7.2-JSON", shard.at)
            elif shard.value in ("", ".", "..") or any(it in shard.value for it in "/\\\0"):
                self.fault("S7.3-PATH", shard.at)
            else:
                if shard.value not in self.shards and len(self.shards) == self.limits.shard_count:
                    self.fault("S7.2-LIMIT", shard.at, ends=True)
                self.shards.setdefault(shard.value, shard.at)
                self.places[name] = (shard.value, at)

    def judge_shards(self):
        folder, owners, missing = self.path.parent, {}, set()
        for shard in sorted(self.shards, key=str.encode):
            if not (folder / shard).exists():
                self.fault("S8.1-SHARD", self.shards[shard])
                missing.add(shard)
                continue
            file = safetensors.judge((folder / shard).read_bytes(), self.limits)
            self.found.add_file(shard, file.findings, safetensors.judge_data(file))
            if not file.is_whole:
                missing.add(shard)
            for tensor in file.tensors.values():
                place = file.data_start + tensor.range[0] if tensor.range else None
                if tensor.name not in self.places:
                    self.found.add("S8.2-SHARD", place, shard)
                elif owners.setdefault(tensor.name, shard) != shard:
                    self.found.add("S8.2-DUPLICATE", place, shard)
        for name, (shard, at) in self.places.items():
            if shard not in missing and owners.get(name) != shard:
                self.fault("S8.2-SHARD", at)
        sets = {self.set_of(shard) for shard in self.shards} - {None}
        for it in folder.iterdir():
            if it.name not in self.shards and self.set_of(it.name) in sets:
                self.fault("S8.3-SHARD", None)

    @staticmethod
    def set_of(name):
        """What the names of all shards of a set have in common (S8.3)."""
        parts = split_name(name, ".safetensors")
        return parts and (parts[0], parts[2])
