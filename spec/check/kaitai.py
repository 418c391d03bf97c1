"""Reads files by ingot.ksy: an interpreter of as much of the language of Kaitai Struct as that file uses.

Its own compiler comes with neither Python's packages nor Debian's.
"""

import pathlib
import re
import struct

import yaml

DEFINITION = pathlib.Path(__file__).resolve().parents[1] / "ingot.ksy"
NUMBERS = {
    "u1": "B", "u2": "H", "u4": "I", "u8": "Q", "s1": "b", "s2": "h", "s4": "i", "s8": "q", "f4": "f", "f8": "d",
}  # fmt: skip
KNOWN = {
    "meta": {"id", "title", "file-extension", "license", "endian"},
    "field": {"id", "type", "contents", "size", "encoding", "enum", "repeat", "repeat-expr", "valid", "doc"},
    "type": {"seq", "params"},
    "valid": {"any-of", "max"},
}


class Refusal(Exception):
    """The bytes are not as the definition says."""


class Definition:
    def __init__(self, path=DEFINITION):
        self.root = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.types, self.enums = self.root["types"], self.root["enums"]
        assert set(self.root) == {"meta", "seq", "types", "enums"}
        assert set(self.root["meta"]) <= KNOWN["meta"] and self.root["meta"]["endian"] == "le"
        for it in [{"seq": self.root["seq"]}, *self.types.values()]:
            assert set(it) <= KNOWN["type"]
            for field in it["seq"]:
                assert set(field) <= KNOWN["field"] and set(field.get("valid", {})) <= KNOWN["valid"], field["id"]

    def read(self, data):
        """The fields of a file by name; an enum's value is its name, or the number where it has none."""
        return Walk(self, data).structure(self.root["seq"], {})


class Walk:
    def __init__(self, definition, data):
        self.definition, self.data, self.at = definition, data, 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise Refusal(f"the file ends at {len(self.data)}")
        self.at += count
        return self.data[self.at - count : self.at]

    def structure(self, fields, values):
        """The values of fields in order; those that are there already are parameters."""
        for field in fields:
            if "repeat" in field:
                values[field["id"]] = [self.field(field, values) for _ in range(values[field["repeat-expr"]])]
            else:
                values[field["id"]] = self.field(field, values)
        return values

    def field(self, field, scope):
        if "contents" in field:
            expected = bytes(field["contents"])
            if self.take(len(expected)) != expected:
                raise Refusal(f"{field['id']} is other than {expected}")
            return expected
        value = self.value(field, scope)
        valid = field.get("valid", {})
        if value not in valid.get("any-of", [value]) or "max" in valid and value > valid["max"]:
            raise Refusal(f"{field['id']} is {value}")
        if "enum" in field:
            return self.definition.enums[field["enum"]].get(value, value)
        return value

    def value(self, field, scope):
        kind = field["type"]
        if isinstance(kind, dict):
            chosen = scope[kind["switch-on"]]
            case = next((it for name, it in kind["cases"].items() if name.split("::")[1] == chosen), None)
            if case is None:
                raise Refusal(f"there is no case for {chosen}")
            return self.value({"id": field["id"], "type": case}, scope)
        if kind == "str":
            try:
                return self.take(scope[field["size"]]).decode(field["encoding"])
            except UnicodeDecodeError as error:
                raise Refusal(f"{field['id']} is not {field['encoding']}") from error
        if kind in NUMBERS:
            layout = "<" + NUMBERS[kind]
            return struct.unpack(layout, self.take(struct.calcsize(layout)))[0]
        name, argument = re.fullmatch(r"(\w+)(?:\((\w+)\))?", kind).groups()
        definition = self.definition.types[name]
        parameters = {it["id"]: scope[argument] for it in definition.get("params", [])}
        return self.structure(definition["seq"], parameters)


def plain(value):
    """A value of the definition's type `value` as spec/check has it."""
    content = value["content"]
    if not isinstance(content, dict):
        return content
    if "is_true" in content:
        return bool(content["is_true"])
    return content["text"] if "text" in content else [plain(it) for it in content["elements"]]
