"""A strict parser of JSON (RFC 8259) that knows where everything stands, written from S2 and S7.1 of safetensors.md."""

import re
from dataclasses import dataclass

import container

NUMBER = re.compile(rb"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
ESCAPES = {0x22: '"', 0x5C: "\\", 0x2F: "/", 0x62: "\b", 0x66: "\f", 0x6E: "\n", 0x72: "\r", 0x74: "\t"}
SPACE = b" \t\n\r"


@dataclass
class Node:
    """A value: its kind, where it begins, and the text, the digits or the elements; members are passed over."""

    kind: str
    at: int
    value: object = None
    end: int = 0  # of an array the place of its bracket


class Text:
    """Bytes from `at` to `end`. `fault(code, offset)` is called with the first fault and does not come back."""

    def __init__(self, data, at, end, fault, depth_limit=8, text_limit=16777216):
        self.data, self.at, self.end, self.fault = data, at, end, fault
        self.depth_limit, self.text_limit, self.depth = min(depth_limit, 64), text_limit, 0

    def peek(self):
        return self.data[self.at] if self.at < self.end else None

    def visible(self):
        while self.at < self.end and self.data[self.at] in SPACE:
            self.at += 1
        return self.peek()

    def require(self, byte):
        if self.visible() != byte[0]:
            self.fault("JSON", self.at)
        self.at += 1

    def open(self):
        if self.depth >= self.depth_limit:
            self.fault("NESTING", self.at)
        self.depth += 1
        self.at += 1

    def items(self, close):
        """Comes back at the begin of each element or member; the consumer takes it."""
        self.open()
        if self.visible() != close[0]:
            while True:
                self.visible()
                yield
                if self.visible() != ord(","):
                    break
                self.at += 1
        self.require(close)
        self.depth -= 1

    def members(self):
        """The name of each member and where it stands; the consumer takes the value. An object must be next."""
        for _ in self.items(b"}"):
            at = self.at
            if self.peek() != ord('"'):
                self.fault("JSON", at)
            name = self.string()
            self.require(b":")
            yield name, at

    def value(self):
        byte, at = self.visible(), self.at
        if byte == ord("{"):
            for _ in self.members():
                self.value()
            return Node("object", at)
        if byte == ord("["):
            elements = [self.value() for _ in self.items(b"]")]
            return Node("array", at, elements, self.at - 1)
        if byte == ord('"'):
            return Node("text", at, self.string())
        if byte is not None and (byte == ord("-") or chr(byte).isdigit() and byte < 0x80):
            return Node("number", at, self.number())
        for literal in (b"true", b"false", b"null"):
            if byte == literal[0]:
                for expected in literal:
                    if self.peek() != expected:
                        self.fault("JSON", self.at)
                    self.at += 1
                return Node(literal.decode(), at)
        self.fault("JSON", at)

    def number(self):
        """The longest number that begins here; a byte that would have to go on with it is a fault."""
        start, tail = self.at, self.data[self.at : self.end]
        match = NUMBER.match(tail)
        if match is None:
            self.fault("JSON", start + 1)
        self.at += match.end()
        following = self.peek()
        if match[0] in (b"0", b"-0") and following is not None and chr(following) in "0123456789":
            self.fault("JSON", self.at)
        if following == ord(".") and match[2] is None and match[3] is None:
            self.fault("JSON", self.at + 1)
        if following in (ord("e"), ord("E")) and match[3] is None:
            sign = self.data[self.at + 1 : self.at + 2] in (b"+", b"-")
            self.fault("JSON", self.at + 1 + sign)
        if self.at - start > self.text_limit:
            self.fault("LIMIT", start)
        return match[0].decode()

    def string(self):
        start = self.at
        self.at += 1
        parts = []
        while True:
            byte = self.peek()
            if byte is None or byte < 0x20:
                self.fault("JSON", self.at)
            if byte == ord('"'):
                self.at += 1
                break
            parts.append(self.escape() if byte == ord("\\") else self.scalar())
        text = "".join(parts)
        if len(text.encode()) > self.text_limit:
            self.fault("LIMIT", start)
        return text

    def scalar(self):
        """One character of well-formed UTF-8."""
        lead = self.data[self.at]
        length = 1 if lead < 0x80 else 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
        sequence = self.data[self.at : min(self.at + length, self.end)]
        if container.first_ill_formed(sequence) is not None:
            self.fault("UTF8", self.at)
        self.at += length
        return sequence.decode("utf-8")

    def escape(self):
        start = self.at
        self.at += 1
        byte = self.peek()
        if byte in ESCAPES:
            self.at += 1
            return ESCAPES[byte]
        if byte != ord("u"):
            self.fault("JSON", self.at)
        unit = self.unit()
        if 0xD800 <= unit < 0xDC00 and self.data[self.at : min(self.at + 2, self.end)] == b"\\u":
            self.at += 1
            low = self.unit()
            if 0xDC00 <= low < 0xE000:
                return chr(0x10000 + (unit - 0xD800 << 10 | low - 0xDC00))
        if 0xD800 <= unit < 0xE000:
            self.fault("JSON", start)
        return chr(unit)

    def unit(self):
        """The four digits after the u, which is next."""
        self.at += 1
        digits = b""
        for _ in range(4):
            byte = self.peek()
            if byte is None or chr(byte) not in "0123456789abcdefABCDEF":
                self.fault("JSON", self.at)
            digits += bytes([byte])
            self.at += 1
        return int(digits, 16)
