"""Tensors and their storages, and the dictionaries that hold them (spec/pytorch.md, P6 and P7)."""

from archive import Archive, Member
from members import DATA, torch
from pickles import HERE, dictionary, name, number, numbers, pickle, storage, stream, tensor, text, tuple_of

V3 = b"\x89" + name("collections", "OrderedDict") + b")R"


def tensors(corpus):
    def one(title, code, held=None, clause="P6", storages=None, subject="weight", **view):
        """A file with one tensor."""
        start, final = tensor(held, **view)
        data, place = pickle(*dictionary(weight=[start, HERE, final]))
        it = Archive(torch(data, storages))
        corpus.add(title, it.bytes, clause, code, None if code is None else it.data[0] + place, code and subject)

    def sized(title, code, held, storages=None, subject="m/data.pkl"):
        """A file whose storage is not what the pickle says: the fault is at the reference."""
        data = pickle(*dictionary(weight=tensor(held)))[0]
        it = Archive(torch(data, storages))
        corpus.add(title, it.bytes, "P6", code, it.data[0] + data.index(held) + len(held) - 1, subject)

    one("tensor-good.pt", None)
    one("tensor-view.pt", None, start=1, shape=(3,), strides=(1,))
    one("tensor-transposed.pt", None, shape=(2, 2), strides=(1, 2))
    one("tensor-expanded.pt", None, shape=(1000, 4), strides=(0, 1))
    one("tensor-scalar.pt", None, start=3, shape=(), strides=())
    one("tensor-empty.pt", None, start=4, shape=(0, 5), strides=(5, 1))
    one("tensor-one-with-any-stride.pt", None, shape=(1, 4), strides=(2**62, 1))
    one("tensor-beyond.pt", "BOUNDS", shape=(5,), strides=(1,))
    one("tensor-beyond-by-start.pt", "BOUNDS", start=1)
    one("tensor-beyond-by-stride.pt", "BOUNDS", strides=(3, 1))
    one("tensor-start-beyond.pt", "BOUNDS", start=5, shape=(0,), strides=(1,))
    one("tensor-start-negative.pt", "BOUNDS", start=-1)
    one("tensor-start-far.pt", "BOUNDS", start=2**62)
    one("tensor-stride-negative.pt", "BOUNDS", start=3, strides=(-2, -1))
    one("tensor-stride-wraps.pt", "BOUNDS", strides=(2**63 - 1, 2**63 - 1))
    one("tensor-size-negative.pt", "PICKLE", shape=(-2, -2))
    one("tensor-size-wraps.pt", "OVERFLOW", shape=(2**32, 2**32), strides=(0, 0))
    one("tensor-size-wraps-behind-zero.pt", "OVERFLOW", shape=(0, 2**40, 2**40), strides=(0, 0, 0))
    one("tensor-size-large-expanded.pt", "OVERFLOW", shape=(2**58, 1), strides=(0, 0))
    one("tensor-strides-missing.pt", "PICKLE", strides=(1,))
    one("tensor-dimensions.pt", "LIMIT", shape=(1,) * 65, strides=(1,) * 65, subject="m/data.pkl")
    one("tensor-dimensions-64.pt", None, shape=(1,) * 64, strides=(1,) * 64)
    for title, kind, size in [
        ("complex128", "ComplexDoubleStorage", 16), ("qint8", "QInt8Storage", 1), ("quint8", "QUInt8Storage", 1),
    ]:
        one(f"tensor-{title}.pt", "DTYPE", storage("0", 4, kind), storages={"0": bytes(4 * size)})
    # PyTorch negates and conjugates as it reads, by the metadata of a tensor.
    kept = lambda *items: V3 + b"}(" + b"".join(items) + b"u"
    one("tensor-negated.pt", "FEATURE", more=kept(text("other"), number(1), text("neg"), b"\x88"))
    one("tensor-conjugated.pt", "FEATURE", storage("0", 4, "ComplexFloatStorage"), storages={"0": bytes(32)},
        more=kept(text("conj"), b"\x88"))
    one("tensor-not-negated.pt", None, more=kept(text("neg"), b"\x89"))
    one("tensor-version-3.pt", None, storage("0", 16, "UntypedStorage"), function="_rebuild_tensor_v3",
        more=V3 + name("torch", "float32"))
    one("tensor-version-3-beyond.pt", "BOUNDS", storage("0", 16, "UntypedStorage"), function="_rebuild_tensor_v3",
        more=V3 + name("torch", "int64"))
    one("tensor-version-3-type.pt", "PICKLE", storage("0", 16, "UntypedStorage"), function="_rebuild_tensor_v3",
        more=V3 + b"N", subject="m/data.pkl")
    one("tensor-without-type.pt", "PICKLE", storage("0", 16, "UntypedStorage"), subject="m/data.pkl")

    sized("storage-smaller.pt", "SIZE", storage("0", 5))
    sized("storage-larger.pt", "SIZE", storage("0", 3))
    sized("storage-wider.pt", "SIZE", storage("0", 4, "DoubleStorage"))
    sized("storage-wraps.pt", "SIZE", storage("0", 2**62))
    data = pickle(*dictionary(weight=tensor(storage("../0"))))[0]
    it = Archive(torch(data))
    corpus.add("storage-path.pt", it.bytes, "P6", "PICKLE", None, "m/data/../0")
    # In an old stream a storage may be a part of another.
    part = lambda start, count: tuple_of(text("view"), number(start), number(count))
    held = storage("0", 4, "FloatStorage", part(1, 2))
    corpus.add("stream-part.pth", stream(*dictionary(weight=tensor(held, 0, (2,), (1,))))[0], "P6")
    start, final = tensor(held, 0, (3,), (1,))
    data, place = stream(*dictionary(weight=[start, HERE, final]))
    corpus.add("stream-part-beyond.pth", data, "P6", "BOUNDS", place, "weight")
    held = storage("0", 4, "FloatStorage", part(3, 2))
    data = stream(*dictionary(weight=tensor(held)))[0]
    corpus.add("stream-part-outside.pth", data, "P6", "BOUNDS", data.index(held) + len(held) - 1, None)

    # Dictionaries.
    def held_in(title, code, body, subject=None, offset=None, clause="P7"):
        it = Archive(torch(pickle(*body)[0]))
        corpus.add(title, it.bytes, clause, code, offset, subject)

    whole = b"".join(tensor())
    nest = lambda **members: b"".join(dictionary(**members))
    held_in("dict-nested.pt", None, dictionary(epoch=number(3), model=nest(weight=whole)))
    held_in("dict-two.pt", "STATE_DICT", dictionary(model=nest(weight=whole), optimizer=nest(moment=whole)))
    held_in("dict-list.pt", None, [b"](" + whole + whole + b"e"])
    held_in("dict-tensor.pt", None, [whole])
    held_in("dict-number-keys.pt", None, [b"}(" + number(0) + whole + number(1) + whole + b"u"])
    data = pickle(b"}(N" + whole + b"u")[0]
    it = Archive(torch(data))
    corpus.add("dict-key-none.pt", it.bytes, "P7", "PICKLE", it.data[0] + 2, "m/data.pkl")
    data = pickle(b"}(" + text("a") + whole + text("a") + whole + b"u")[0]
    it = Archive(torch(data))
    corpus.add("dict-key-twice.pt", it.bytes, "P7", "DUPLICATE", it.data[1], "a")
    held_in("dict-no-tensors.pt", None, dictionary(epoch=number(3)))
    # TorchScript: classes of its own namespace, whose attributes are names.
    module = name("__torch__", "M") + b")\x81"
    inner = module + nest(weight=whole) + b"b"
    script = pickle(module + nest(layer=inner, training=b"\x88") + b"b")[0]
    constants = pickle(b")")[0]
    members = [Member("m/data.pkl", script), Member("m/data/0", DATA), Member("m/constants.pkl", constants)]
    corpus.add("script-good.pt", Archive(members).bytes, "P1")
    twice = pickle(module + nest(weight=whole) + b"b" + nest(weight=whole) + b"b")[0]
    it = Archive([Member("m/data.pkl", twice), *members[1:]])
    corpus.add("script-two-states.pt", it.bytes, "P5", "PICKLE", it.data[0] + len(twice) - 2, "m/data.pkl")
    payload = name("posix", "system")
    bad = pickle(module + nest(layer=payload) + b"b")[0]
    it = Archive([Member("m/data.pkl", bad), *members[1:]])
    corpus.add("script-call.pt", it.bytes, "P4", "GLOBAL", it.data[0] + bad.index(payload), "posix.system")
    bad = pickle(payload)[0]
    it = Archive([*members[:2], Member("m/constants.pkl", bad)])
    corpus.add("script-constants-call.pt", it.bytes, "P4", "GLOBAL", it.data[2] + 2, "posix.system")


