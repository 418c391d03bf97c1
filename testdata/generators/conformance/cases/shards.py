"""Clauses S7 and S8: shards of safetensors files, and their index."""

import json

from corpus import Edit, File, change, insert, replace
from safetensors import checkpoint, entry, header, values

INDEX = "model.safetensors.index.json"


def add(section):
    indexes(section)
    shards(section)


class Index(File):
    def __init__(self, data, marks, end):
        super().__init__(data, marks)
        self.end = end

    def find(self, text, nth=0):
        at = -1
        for _ in range(nth + 1):
            at = self.data.index(text.encode(), at + 1)
        return at

    def swap(self, old, new, nth=0):
        return replace(self.find(old, nth), old, new)


def index_file(places, **members):
    text = json.dumps(members | {"weight_map": places}, ensure_ascii=False, separators=(",", ":"))
    return checkpoint_of(text)


def checkpoint_of(text):
    """A file of JSON, whose texts can be found like those of a header."""
    file = checkpoint(text, room=0)
    return Index(file.data[8:], {}, len(file.data) - 8)


def shard(*names):
    return checkpoint(
        header(*[entry(name, "U8", [1], i, i + 1) for i, name in enumerate(names)]), values(len(names)), room=0
    )


def indexes(section):
    a = {"a.safetensors": shard("t")}
    index = index_file({"t": "a.safetensors"})
    one = section.valid("S7.1", "one-shard", "An index of one shard.", INDEX, {INDEX: index} | a)

    def broken(clause, name, about, edit, rule, offset, **more):
        section.broken(clause, name, about, one, {INDEX: edit}, (rule, offset), **more)

    end = len(index.data)
    section.valid(
        "S7.1",
        "whitespace",
        "White space around the index.",
        INDEX,
        {INDEX: Index(b"\n " + index.data + b"\r\n\t ", {}, 0)} | a,
    )
    section.valid(
        "S7.1",
        "other-members",
        "Members that are passed over.",
        INDEX,
        {INDEX: index_file({"t": "a.safetensors"}, metadata={"total_size": 1.5, "x": [None, {}]})} | a,
    )
    section.valid("S7.2", "no-tensors", "An index without a tensor.", INDEX, {INDEX: index_file({})})
    for name, edit, offset, about in [
        ("comma", index.swap('"}}', '",}}'), index.find('"}}') + 2, "A comma after the last member"),
        ("letter-after", insert(end, b"x"), end, "A letter after the index"),
        ("no-end", Edit(end - 1, 1, b""), end - 1, "The last brace is missing"),
        ("nul-after", insert(end, b"\0"), end, "NUL after the index"),
        ("escape", index.swap('"t"', r'"\t\x"'), index.find('"t"') + 4, "An escape that JSON lacks"),
        ("surrogate", index.swap('"t"', r'"\ud800"'), index.find('"t"') + 1, "A lone surrogate"),
        ("colon", index.swap('map":', 'map";'), index.find('map":') + 4, "A semicolon for a colon"),
    ]:
        broken("S7.1", name, f"{about}.", edit, "S7.1-JSON", offset)
    at = index.find('"t"') + 1
    broken("S7.1", "latin-1", "A name in Latin-1.", change(at, b"\xe9"), "S7.1-UTF8", at)
    broken(
        "S7.1",
        "shard-latin-1",
        "A shard's name in Latin-1.",
        change(index.find("a.safe"), b"\xe9"),
        "S7.1-UTF8",
        index.find("a.safe"),
    )
    lowered = section.valid(
        "S7.1",
        "lowered",
        "An index as long and as deep as lowered limits.",
        INDEX,
        {INDEX: index} | a,
        limits={"nesting": 3, "headerByteCount": 100},
    )
    section.broken(
        "S7.1",
        "lowered-nesting",
        "More levels than a lowered limit allows.",
        lowered,
        {},
        ("S7.1-NESTING", index.find('{"t"')),
        limits={"nesting": 1},
    )
    section.broken(
        "S7.1",
        "lowered-length",
        "An index longer than a lowered limit.",
        lowered,
        {},
        ("S7.1-LIMIT", 0),
        limits={"headerByteCount": end - 1},
    )
    section.broken(
        "S7.1",
        "lowered-text",
        "A name longer than a lowered limit.",
        lowered,
        {},
        ("S7.1-LIMIT", index.find('"a.safe')),
        limits={"textByteCount": 12},
    )
    deep = "[" * 8 + "]" * 8
    section.broken(
        "S7.1",
        "nesting",
        "Nine levels in a member that is passed over.",
        one,
        {INDEX: insert(1, f'"x":{deep},'.encode())},
        ("S7.1-NESTING", 1 + 4 + 7),
    )

    broken("S7.2", "renamed", "There is no weight_map.", index.swap("weight_map", "weight_mop"), "S7.2-JSON", 0)
    broken("S7.2", "empty", "There is nothing in the index.", Edit(1, end - 2, b""), "S7.2-JSON", 0)
    none = section.valid("S7.2", "neighbour", "An index without a tensor.", INDEX, {INDEX: index_file({})})
    at = none.file.find(":{}") + 1
    for name, new in [("array", "[]"), ("text", '"x"'), ("null", "null"), ("number", "1")]:
        section.broken(
            "S7.2",
            f"map-{name}",
            "The weight_map is no object.",
            none,
            {INDEX: none.file.swap("{}", new)},
            ("S7.2-JSON", at),
        )
    at = index.find('"a.safe')
    for name, new in [("number", "1"), ("null", "null"), ("array", "[]"), ("object", "{}"), ("true", "true")]:
        broken(
            "S7.2",
            f"shard-{name}",
            "A shard's name that is no text.",
            index.swap('"a.safetensors"', new),
            "S7.2-JSON",
            at,
        )
    two = section.valid(
        "S7.2",
        "two-tensors",
        "Two tensors of one shard.",
        INDEX,
        {INDEX: index_file({"t": "a.safetensors", "u": "a.safetensors"}), "a.safetensors": shard("t", "u")},
    )
    twin = section.valid(
        "S7.2",
        "two-maps",
        "A member whose name is like weight_map.",
        INDEX,
        {INDEX: checkpoint_of('{"weight_map":{"t":"a.safetensors"},"weight_mop":{}}')} | a,
    )
    section.broken(
        "S7.2",
        "map-twice",
        "The weight_map occurs twice.",
        twin,
        {INDEX: twin.file.swap("weight_mop", "weight_map")},
        ("S7.2-DUPLICATE", twin.file.find('"weight_mop')),
    )
    names = section.valid(
        "S7.2", "empty-tensor", "Two tensors.", INDEX, {INDEX: two.file, "a.safetensors": shard("t", "u")}
    )
    at = names.file.find('"u"')
    section.broken(
        "S7.2",
        "twice",
        "A tensor occurs twice in the index.",
        names,
        {INDEX: change(at + 1, b"t"), "a.safetensors": [Edit(0, len(shard("t", "u").data), shard("t").data)]},
        ("S7.2-DUPLICATE", at),
    )
    both = section.valid(
        "S7.2",
        "lowered",
        "As many shards as a lowered limit allows.",
        INDEX,
        {
            INDEX: index_file({"t": "a.safetensors", "u": "b.safetensors"}),
            "a.safetensors": shard("t"),
            "b.safetensors": shard("u"),
        },
        limits={"shardCount": 2},
    )
    section.broken(
        "S7.2",
        "lowered-over",
        "A shard more than a lowered limit.",
        both,
        {},
        ("S7.2-LIMIT", both.file.find('"b.safe')),
        limits={"shardCount": 1},
    )

    at = index.find('"a.safe')
    for name, new in [
        ("parent", "../a.safetensors"),
        ("dot", "./a.safetensors"),
        ("absolute", "/a.safetensors"),
        ("folder", "a/a.safetensors"),
        ("backslash", r"..\\a.safetensors"),
        ("empty", ""),
        ("only-dot", "."),
        ("only-parent", ".."),
        ("nul", r"a.safe\u0000tensors"),
        ("slash-last", "a.safetensors/"),
        ("escaped-slash", r"a\/a.safetensors"),
        ("etc", "/etc/passwd"),
        ("drive", r"C:\\a.safetensors"),
    ]:
        broken(
            "S7.3",
            name,
            "A shard's name that is no plain file name.",
            index.swap('"a.safetensors"', f'"{new}"'),
            "S7.3-PATH",
            at,
        )
    section.valid(
        "S7.3",
        "dots",
        "A plain name with dots and spaces.",
        INDEX,
        {INDEX: index_file({"t": "..a b...safetensors"}), "..a b...safetensors": shard("t")},
    )


def shards(section):
    a, b = "a.safetensors", "b.safetensors"
    index = index_file({"t": a, "u": b})
    pair = section.valid("S8.1", "two-shards", "Two shards.", INDEX, {INDEX: index, a: shard("t"), b: shard("u")})
    section.valid(
        "S8.4",
        "order",
        "Shards that the index names in another order.",
        INDEX,
        {INDEX: index_file({"u": b, "t": a}), a: shard("t"), b: shard("u")},
    )
    section.broken(
        "S8.1", "missing", "The second shard is missing.", pair, {b: None}, ("S8.1-SHARD", index.find(f'"{b}'))
    )
    section.broken(
        "S8.1", "missing-first", "The first shard is missing.", pair, {a: None}, ("S8.1-SHARD", index.find(f'"{a}'))
    )
    start = len(shard("u").data) - 1
    section.broken(
        "S8.1",
        "broken",
        "The second shard has a byte too much.",
        pair,
        {b: insert(start + 1, b"\1")},
        ("S6.1-COVERAGE", start + 1, b),
    )
    at = index.find('"u"')
    section.broken(
        "S8.2",
        "not-in-shard",
        "The second tensor is in no shard, and another is in its place.",
        pair,
        {INDEX: change(at + 1, b"v")},
        ("S8.2-SHARD", at),
        ("S8.2-SHARD", start, b),
    )
    section.broken(
        "S8.2",
        "renamed-in-shard",
        "A shard has its tensor under another name.",
        pair,
        {b: change(8 + 2, b"v")},
        ("S8.2-SHARD", at),
        ("S8.2-SHARD", start, b),
    )
    both = section.valid(
        "S8.2",
        "neighbour",
        "Three tensors in two shards.",
        INDEX,
        {INDEX: index_file({"t": a, "u": a, "v": b}), a: shard("t", "u"), b: shard("v")},
    )
    at = both.file.find(f'"{a}"', 1)
    section.broken(
        "S8.2",
        "other-shard",
        "A tensor is in another shard than the index says.",
        both,
        {INDEX: change(at + 1, b"b")},
        ("S8.2-SHARD", both.file.find('"u"')),
    )
    more = section.valid(
        "S8.2",
        "more-neighbour",
        "Two tensors in the second shard.",
        INDEX,
        {INDEX: index_file({"t": a, "u": b, "v": b}), a: shard("t"), b: (last := shard("u", "v"))},
    )
    at = last.data.index(b'"v"')
    section.broken(
        "S8.2",
        "twice",
        "A tensor is in two shards.",
        more,
        {INDEX: more.file.swap(f',"v":"{b}"', ""), b: change(at + 1, b"t")},
        ("S8.2-DUPLICATE", len(last.data) - 1, b),
    )
    section.broken(
        "S8.2",
        "not-in-index",
        "A tensor of a shard that the index does not name.",
        more,
        {INDEX: more.file.swap(f',"v":"{b}"', "")},
        ("S8.2-SHARD", len(last.data) - 1, b),
    )
    # The one name is taken from the other shard: one byte of each file.
    section.broken(
        "S8.2",
        "swapped",
        "A tensor that the index names is missing, and its shard has one of the other's twice.",
        more,
        {b: change(at + 1, b"t")},
        ("S8.2-SHARD", more.file.find('"v"')),
        ("S8.2-DUPLICATE", len(last.data) - 1, b),
    )
    first, second = "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"
    section.valid(
        "S8.3",
        "named",
        "A set whose index names every file.",
        INDEX,
        {INDEX: index_file({"t": first, "u": second}), first: shard("t"), second: shard("u")},
    )
    lone = section.valid(
        "S8.3",
        "neighbour",
        "The shard of another set beside the index.",
        INDEX,
        {INDEX: index_file({"t": first}), first: shard("t"), second.replace("of-00002", "of-00003"): shard("u")},
    )
    section.broken(
        "S8.3",
        "forgotten",
        "A shard of the set that the index does not name.",
        lone,
        {second: shard("u").data},
        ("S8.3-SHARD", None),
    )
    nan = section.valid(
        "S8.1",
        "floats",
        "A shard of floats.",
        INDEX,
        {
            INDEX: index_file({"t": a}),
            a: (floats := checkpoint(header(entry("t", "F32", [1], 0, 4)), values(4), room=0)),
        },
    )
    at = len(floats.data) - 4
    section.broken(
        "S8.1", "nan", "A NaN in a shard.", nan, {a: change(at + 2, b"\xc0\x7f")}, ("S5.7-NOT_FINITE", at, a)
    )
