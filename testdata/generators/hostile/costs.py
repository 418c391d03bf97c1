"""Small files that ask for much: values again and again, long names, dimensions, all of them shared or deflated (spec/limits.md)."""

from archive import Archive, Member
from members import DATA, torch
from pickles import HERE, dictionary, name, number, numbers, pickle, storage, tensor, text, tuple_of

# The allowance of a pickle by the bytes that it takes in the file.
VALUES, VALUES_EACH = 1 << 18, 16
NAMES, NAMES_EACH = 1 << 20, 64


def costs(corpus):
    def stored(title, code, clause, *parts, subject="m/data.pkl"):
        data, place = pickle(*parts)
        it = Archive(torch(data))
        corpus.add(title, it.bytes, clause, code, None if code is None else it.data[0] + place, code and subject)
        return data

    def deflated(title, code, clause, *parts, place="data", protocol=2):
        data, _ = pickle(*parts, protocol=protocol)
        it = Archive([Member("m/data.pkl", data, deflate=True), Member("m/data/0", DATA)])
        offset = (it.entries if place == "entry" else it.data)[0]
        corpus.add(title, it.bytes, clause, code, code and offset, code and "m/data.pkl")

    # A tensor that is kept in the memo, and what holds it: its last instruction makes it.
    start, final = tensor()
    kept = [start, HERE, final + b"q\1"]

    # Containers that are shared: the ways to one tensor double with each level.
    lists = b"0" + b"](h\1h\1eq\1" + 18 * b"0](h\1h\1eq\1"
    stored("shared-lists.pt", "LIMIT", "P7", *kept, lists)
    long = b"0" + text("a" * 2000) + b"q\2" + b"0" + text("b" * 2000) + b"q\3"
    data = stored("shared-names.pt", "LIMIT", "P7", *kept, long, 15 * b"0}(h\2h\1h\3h\1uq\1")
    assert 2**15 * 30014 > NAMES + NAMES_EACH * len(data)
    # Names are short, and a thousand lists of a thousand: they end amid the tensors of one.
    wide = b"0](" + 1000 * b"h\1" + b"eq\2" + b"0](" + 1000 * b"h\2" + b"e"
    data = stored("shared-lists-wide.pt", "LIMIT", "P7", *kept, wide)
    left = (VALUES + VALUES_EACH * len(data) - 1001) % (1001 + 1000 * 6)
    assert left > 1001 + 6
    # What files have: a tensor under many names, and a dictionary that is held twice.
    tied = [part for index in range(500) for part in (text(f"layer.{index}.weight"), b"h\1")]
    stored("shared-tensor.pt", None, "P7", *kept, b"q\1" + b"0}(" + b"".join(tied) + b"u")
    twice = dictionary(weight=b"h\1", model=b"}(" + b"".join(tied[:20]) + b"uq\2", average=b"h\2")
    stored("shared-dictionary.pt", None, "P7", *kept, b"q\1" + b"0", *twice)

    # Deflated pickles: more bytes, values, entries of the memo than the bytes in the file allow.
    deflated("inflated-pickle.pt", "LIMIT", "P3", b"](" + 1_200_000 * b"]" + b"e", place="entry")
    deflated("inflated-values.pt", "LIMIT", "P3", b"](" + 900_000 * b"]" + b"e")
    deflated("inflated-memo.pt", "LIMIT", "P3", b"N" + 900_000 * b"\x94", protocol=4)
    deflated("inflated-history.pt", None, "P3", *dictionary(weight=tensor(), losses=b"](" + 100_000 * b"N" + b"e"))
    # Arguments of tensors that are shared: 64 dimensions, metadata, and the key of a storage.
    rebuild = name("torch._utils", "_rebuild_tensor_v2") + b"q\1"
    rest = b"\x89" + name("collections", "OrderedDict") + b")R"
    made = lambda *arguments: rebuild + tuple_of(*arguments) + b"q\2" + b"00](" + 5000 * b"h\1h\2R" + b"e"
    ones = numbers([1] * 64)
    deflated("inflated-dimensions.pt", "LIMIT", "P3", made(storage(), number(0), ones, ones, rest))
    few = numbers([1] * 4)
    deflated("inflated-tensors.pt", None, "P3", made(storage(), number(0), few, few, rest))
    noted = b"}(" + 5000 * b"NN" + b"u"
    deflated("inflated-metadata.pt", "LIMIT", "P3", made(storage(), number(0), few, few, rest + noted))
    key = tuple_of(text("storage"), name("torch", "FloatStorage"), text("0" * 300_000), text("cpu"), number(4))
    deflated("inflated-key.pt", "LIMIT", "P3", key + b"q\1" + b"0(" + 20_000 * b"h\1Q" + b"t")
    # A name of two long texts that is named again and again: of a class of TorchScript, which is known.
    module, member = text("__torch__." + "m" * 4000), text("n" * 4000)
    many = module + b"q\1" + b"0" + member + b"q\2" + b"0(" + 20_000 * b"h\1h\2\x93" + b"t"
    data, _ = pickle(many, protocol=4)
    constants = Member("m/constants.pkl", pickle(b")")[0])
    it = Archive([Member("m/data.pkl", data, deflate=True), Member("m/data/0", DATA), constants])
    corpus.add("inflated-names.pt", it.bytes, "P3", "LIMIT", it.data[0], "m/data.pkl")
