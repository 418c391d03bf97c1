"""ZIP archives byte by byte, so that each field can be wrong."""

import struct
import zlib


class Member:
    """A member, and what its two headers and its descriptor say; None is what is right."""

    def __init__(self, name, data=b"", deflate=False, descriptor=False, **lies):
        self.name = name.encode() if isinstance(name, str) else name
        self.data = data
        self.lies = lies
        self.stored = data
        if deflate:
            compressor = zlib.compressobj(9, zlib.DEFLATED, -15)
            self.stored = compressor.compress(data) + compressor.flush()
        self.stored = lies.pop("stored", self.stored)
        self.method = 8 if deflate else 0
        self.descriptor = descriptor

    def field(self, place, name, value):
        """A field of the `local`, `central` or `descriptor` record: that given for the place, for both, or the right one."""
        return self.lies.get(f"{place}_{name}", self.lies.get(f"all_{name}", self.lies.get(name, value)))

    def fields(self, place):
        empty = self.descriptor and place == "local"
        return {
            "flags": self.field(place, "flags", 8 if self.descriptor else 0),
            "method": self.field(place, "method", self.method),
            "crc": self.field(place, "crc", 0 if empty else zlib.crc32(self.data)),
            "stored": self.field(place, "stored_size", 0 if empty else len(self.stored)),
            "size": self.field(place, "size", 0 if empty else len(self.data)),
            "name": self.field(place, "name", self.name),
            "extra": self.field(place, "extra", b""),
        }


class Archive:
    """The bytes of an archive, and where its parts are."""

    def __init__(self, members, comment=b"", **lies):
        self.bytes = bytearray()
        self.headers, self.data, self.entries = [], [], []
        for member in members:
            self.bytes += member.lies.get("before", b"")
            it = member.fields("local")
            self.headers.append(len(self.bytes))
            self.bytes += b"PK\3\4" + struct.pack(
                "<HHHIIIIHH", 20, it["flags"], it["method"], 0, it["crc"], it["stored"], it["size"],
                len(it["name"]), len(it["extra"]))
            self.bytes += it["name"] + it["extra"]
            self.data.append(len(self.bytes))
            self.bytes += member.stored
            if member.descriptor:
                it = member.fields("descriptor")
                self.bytes += b"PK\7\x08" + struct.pack("<III", it["crc"], it["stored"], it["size"])
            self.bytes += member.lies.get("after", b"")
        self.directory = len(self.bytes)
        order = lies.get("order", range(len(members)))
        self.entries = [None] * len(members)
        for index in order:
            member = members[index]
            it = member.fields("central")
            self.entries[index] = len(self.bytes)
            self.bytes += b"PK\1\2" + struct.pack(
                "<HHHHIIIIHHHHHII", 20, 20, it["flags"], it["method"], 0, it["crc"], it["stored"], it["size"],
                len(it["name"]), len(it["extra"]), 0, member.lies.get("disk", 0), 0, 0,
                member.lies.get("offset", self.headers[index]))
            self.bytes += it["name"] + it["extra"]
        self.bytes += lies.get("after_directory", b"")
        size = len(self.bytes) - self.directory
        count = len(members)
        if "wide" in lies:
            self.wide = len(self.bytes)
            wide = {"count": count, "size": size, "start": self.directory, "disk": 0, "length": 44} | lies["wide"]
            self.bytes += b"PK\6\6" + struct.pack(
                "<QHHIIQQQQ", wide["length"], 45, 45, wide["disk"], wide["disk"], wide["count"], wide["count"],
                wide["size"], wide["start"])
            self.locator = len(self.bytes)
            self.bytes += b"PK\6\7" + struct.pack(
                "<IQI", 0, wide.get("place", self.wide), wide.get("disks", 1))
        self.end = len(self.bytes)
        self.bytes += b"PK\5\6" + struct.pack(
            "<HHHHIIH", lies.get("disk", 0), lies.get("disk", 0), lies.get("count_here", lies.get("count", count)),
            lies.get("count", count), lies.get("size", size), lies.get("start", self.directory),
            lies.get("comment_size", len(comment)))
        self.bytes += comment
        self.bytes = bytes(self.bytes)
