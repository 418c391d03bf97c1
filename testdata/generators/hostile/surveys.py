"""Files that name what is not known, and what a survey shows of them all the same (spec/pytorch.md, P4.2)."""

from archive import Archive, Member
from members import DATA, torch
from pickles import HERE, dictionary, name, number, numbers, pickle, storage, tensor, text, tuple_of


def surveys(corpus):
    whole = b"".join(tensor())

    def listed(title, full, parts, tensors, refused=(), deflate=False, **more):
        """A file of which opening refuses the name at the mark, and a survey shows the tensors."""
        data, place = pickle(*dictionary(weight=whole, **parts), protocol=4)
        it = Archive([Member("m/data.pkl", data, deflate=deflate), Member("m/data/0", DATA)])
        refused = [*refused] or [full]
        survey = {"tensors": ["weight", *tensors], "refused": refused, "refusedCount": len(refused)}
        offset = it.data[0] + (0 if deflate else place)
        corpus.add(f"survey-{title}.pt", it.bytes, "P4", "GLOBAL", offset, full, survey=survey | more)

    def instance(*items, module="model", cls="C", arguments=b")", new=b"\x81"):
        return [HERE, name(module, cls) + arguments + new, *items]

    C = "model.C"
    listed("dictionary", C, {"x": instance(b"(" + text("a") + whole + number(7) + whole + b"u")}, ["x.a", "x.7"])
    listed("dictionary-numbers", C, {"x": instance(b"(" + text("a") + number(1) + b"u")}, [])
    listed("dictionary-state", C, {"x": instance(text("a") + whole + b"s" + b"}" + b"b")}, ["x.a"])
    listed("dictionary-key-none", C, {"x": instance(b"(N" + whole + text("a") + whole + b"u")}, ["x.a"])
    listed("list", C, {"x": instance(b"(" + number(1) + whole + b"e")}, ["x.1"])
    listed("list-state", C, {"x": instance(whole + b"a" + b"}" + b"b")}, ["x.0"])
    listed("list-then-pairs", C, {"x": instance(whole + b"a" + text("a") + whole + b"s")}, ["x.0"])
    listed("set", C, {"x": instance(b"(" + whole + b"\x90")}, ["x.0"])
    listed("state", C, {"x": instance(b"}" + text("a") + whole + b"s" + b"b")}, ["x.a"])
    listed("state-then-items", C, {"x": instance(b"}" + text("a") + whole + b"sb" + whole + b"a")}, ["x.a"])
    listed("two-states", C, {"x": instance(b"}" + text("a") + whole + b"sb" + b"}b")}, ["x.a"])
    listed("deque", "collections.deque",
           {"x": instance(b"(" + whole + number(1) + b"e", module="collections", cls="deque", arguments=b"))\x86", new=b"R")},
           ["x.0"])
    listed("class-with-items", C, {"x": [HERE, name("model", "C") + whole + b"a"]}, [])
    listed("class-with-state", C, {"x": [HERE, name("model", "C") + b"}b"]}, [])
    listed("key", C, {"x": [b"}(", HERE, name("model", "C") + whole + text("a") + whole + b"u"]}, ["x.a"])
    listed("called-instance", C, {"x": instance(b")R" + b"}b")}, [])
    listed("instance-as-arguments", C, {"x": [name("collections", "OrderedDict"), *instance(b"R")]}, [])
    # Functions of the table that are given what is not known.
    listed("dictionary-of-unknown", C, {"x": [name("collections", "OrderedDict"), *instance(b"\x85R")]}, [])
    listed("list-of-unknown", C, {"x": [name("builtins", "list"), *instance(b"\x85R")]}, [])
    listed("parameter", C,
           {"x": [name("torch._utils", "_rebuild_parameter"), *instance(b"\x88N\x87R")]}, [])
    held = [text("storage"), HERE, name("model", "C") + text("0") + text("cpu") + number(4) + b"tQ"]
    rest = number(0) + numbers((2, 2)) + numbers((2, 1)) + b"\x89" + name("collections", "OrderedDict") + b")RtR"
    listed("storage", C, {"x": [name("torch._utils", "_rebuild_tensor_v2") + b"((", *held, rest]}, [])
    # Tensors of an unknown class: each is refused by its class.
    hooks = name("collections", "OrderedDict") + b")R"
    arguments = tuple_of(storage(), number(0), numbers((2, 2)), numbers((2, 1)), b"\x89", hooks)
    typed = lambda function, inner: [
        name("torch._tensor", "_rebuild_from_type_v2") + b"(" + function, HERE, name("model", "C") + inner + b"}tR"]
    listed("tensor-class", C, {"x": typed(name("torch._utils", "_rebuild_tensor_v2"), arguments)}, [],
           [C, "x"])
    listed("parameter-class", C,
           {"x": typed(name("torch._utils", "_rebuild_parameter"), tuple_of(whole + b"q\1", b"\x88", hooks)), "y": b"h\1"},
           ["y"], [C, "x"])
    function = [name("torch._tensor", "_rebuild_from_type_v2") + b"(", HERE, name("model", "f") + name("model", "C") + b")}tR"]
    listed("tensor-function", "model.f", {"x": function}, [], ["model.f", C])
    # A name that stands there again and again is listed once, and of many the first thousand.
    named = lambda index: name("model", f"C{index}") + b"0"
    again = [b"N", HERE, named(0) * 3 + named(1) + named(0)]
    listed("again", "model.C0", {"x": again}, [], ["model.C0", "model.C1"], deflate=False, times=4)
    many = [b"N", HERE, b"".join(named(index % 1500) for index in range(3000))]
    listed("many", "model.C0", {"x": many}, [], ["model.C0", "model.C1"], deflate=True, refusedCount=1001, times=2,
           last="500 more names that would be imported")
