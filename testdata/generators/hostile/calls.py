"""What pickles name and call: all but a few names are refused, wherever they hide (spec/pytorch.md, P4 and P5)."""

from archive import Archive
from members import torch
from pickles import HERE, dictionary, name, number, pickle, stream, tensor, text, tuple_of

# What has been used to run code when a pickle is loaded, or to reach it in two steps.
PAYLOADS = {
    "os-system": "os.system", "posix-system": "posix.system", "nt-system": "nt.system",
    "subprocess-popen": "subprocess.Popen", "subprocess-call": "subprocess.check_output",
    "builtins-eval": "builtins.eval", "builtins-exec": "builtins.exec", "builtins-getattr": "builtins.getattr",
    "builtins-import": "builtins.__import__", "builtins-open": "builtins.open", "builtins-compile": "builtins.compile",
    "builtins-object": "builtins.object", "builtins-print": "builtins.print", "builtins-map": "builtins.map",
    "runpy": "runpy._run_code", "pty": "pty.spawn", "webbrowser": "webbrowser.open", "importlib": "importlib.import_module",
    "operator": "operator.attrgetter", "functools": "functools.partial", "ctypes": "ctypes.CDLL",
    "pickle-loads": "pickle.loads", "marshal": "marshal.loads", "types-code": "types.CodeType",
    "types-function": "types.FunctionType", "socket": "socket.socket", "shutil": "shutil.rmtree",
    "timeit": "timeit.timeit", "pdb": "pdb.Pdb", "bdb": "bdb.Bdb", "code": "code.InteractiveInterpreter",
    "asyncio": "asyncio.unix_events._UnixSubprocessTransport._start", "cprofile": "cProfile.run",
    "doctest": "doctest.debug_script", "idlelib": "idlelib.pyshell.ModifiedInterpreter.runcode",
    "lib2to3": "lib2to3.pgen2.pgen.ParserGenerator.make_label", "pydoc": "pydoc.pipepager", "pip": "pip.main",
    "numpy-runstring": "numpy.testing._private.utils.runstring", "numpy-load": "numpy.load",
    "torch-load": "torch.load", "torch-hub": "torch.hub.load", "torch-storage-load": "torch.storage._load_from_bytes",
    "torch-bottleneck": "torch.utils.bottleneck.__main__.run_cprofile", "torch-jit": "torch.jit.unsupported_tensor_ops.execWrapper",
    "torch-collect-env": "torch.utils.collect_env.run", "torch-dynamo": "torch._dynamo.guards.GuardBuilder.get",
    "torch-config": "torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression",
    "sparse": "torch._utils._rebuild_sparse_tensor", "quantized": "torch._utils._rebuild_qtensor",
    "wrapper": "torch._utils._rebuild_wrapper_subclass", "device-tensor": "torch._utils._rebuild_device_tensor_from_numpy",
    "namespace": "argparse.Namespace", "module": "torch.nn.modules.linear.Linear", "copyreg": "copyreg._reconstructor",
    "torchscript": "__torch__.os.system", "torchscript-alike": "__torch__x.Module", "empty": ".",
    "storage-alike": "torch.FloatStorage2", "case": "torch.floatstorage", "space": "collections .OrderedDict",
    "method": "collections.OrderedDict.popitem", "instance": "collections.OrderedDict.__class__",
}


def calls(corpus):
    for title, full in PAYLOADS.items():
        module, _, attribute = full.rpartition(".")
        payload = [HERE, name(module, attribute), tuple_of(text("id")), b"R"]
        # As the checkpoint itself, before a good one, and in it.
        data, place = stream(*payload)
        corpus.add(f"call-{title}.pth", data, "P4", "GLOBAL", place, full)
    forms = {
        "before": [*[HERE, name("posix", "system"), tuple_of(text("id")), b"R0"], *dictionary(weight=tensor())],
        "in-value": dictionary(weight=tensor(), other=[HERE, name("posix", "system") + tuple_of(text("id")) + b"R"]),
        "named-only": dictionary(weight=tensor(), other=[HERE, name("posix", "system")]),
        "stack-global": [text("posix") + text("system"), HERE, b"\x93" + tuple_of(text("id")) + b"R"],
        "memo": [text("posix") + b"q\0" + text("system") + b"q\1" + b"00h\0h\1", HERE, b"\x93)R"],
        "newobj": [HERE, name("posix", "system") + tuple_of(text("id")) + b"\x81"],
        "newobj-ex": [HERE, name("posix", "system") + tuple_of(text("id")) + b"}\x92"],
        "hooks": tensor_with_hooks(),
        "key": [b"}(", HERE, name("posix", "system") + tuple_of(text("id")) + b"RNu"],
        "persistent": [HERE, name("posix", "system") + b"Q"],
        "factory": [name("collections", "defaultdict") + b"(", HERE, name("posix", "system") + b"tR"],
        "type-of-subclass": [
            name("torch._tensor", "_rebuild_from_type_v2") + b"(" + name("torch._utils", "_rebuild_tensor_v2"),
            HERE, name("posix", "system") + b")NtR"],
        "broken-after": [HERE, name("posix", "system") + tuple_of(text("id")) + b"R\xff\xff"],
        "no-stop": [HERE, name("posix", "system") + tuple_of(text("id")) + b"R"],
    }
    for title, parts in forms.items():
        data, place = pickle(*parts, protocol=4, end=b"" if title == "no-stop" else b".")
        it = Archive(torch(data))
        corpus.add(f"call-form-{title}.pt", it.bytes, "P4", "GLOBAL", it.data[0] + place, "posix.system")
    # In the pickles around the checkpoint of a stream.
    payload = pickle(name("posix", "system") + tuple_of(text("id")) + b"R")[0]
    data = payload + stream(*dictionary(weight=tensor()))[0]
    corpus.add("call-stream-first.pth", data, "P4", "GLOBAL", 2, "posix.system")
    data = stream(*dictionary(weight=tensor()), third=payload)[0]
    corpus.add("call-stream-third.pth", data, "P4", "GLOBAL", data.index(payload) + 2, "posix.system")
    corpus.add("call-plain-pickle.pkl", payload, "P4", "GLOBAL", 2, "posix.system")
    corpus.add("call-protocol-0.pkl", b"cposix\nsystem\n(S'id'\ntR.", "P1", "MAGIC", 0)

    # Names of the table, called as they must not be.
    def refused(title, *parts, clause="P5"):
        data, place = pickle(*parts, protocol=4)
        it = Archive(torch(data))
        corpus.add(f"call-bad-{title}.pt", it.bytes, clause, "PICKLE", it.data[0] + place, "m/data.pkl")

    ordered = name("collections", "OrderedDict")
    refused("none", b"N)", HERE, b"R")
    refused("text", text("posix.system") + b")", HERE, b"R")
    refused("list-of-arguments", ordered + b"]", HERE, b"R")
    refused("pairs", ordered + tuple_of(b"](NNe"), HERE, b"R")
    refused("storage", name("torch", "FloatStorage") + b")", HERE, b"R")
    refused("tensor-class", name("torch", "Tensor") + b")", HERE, b"R")
    refused("dtype", name("torch", "float32") + b")", HERE, b"R")
    refused("stack-global-number", number(1) + text("system"), HERE, b"\x93")
    refused("no-storage", name("torch._utils", "_rebuild_tensor_v2") + tuple_of(b"N" * 6), HERE, b"R")
    refused("few-arguments", name("torch._utils", "_rebuild_tensor_v2") + b")", HERE, b"R")
    refused("parameter", name("torch._utils", "_rebuild_parameter") + tuple_of(b"NNN"), HERE, b"R")
    refused("state-of-list", b"]}", HERE, b"b")
    refused("state-of-text", text("a") + b"}", HERE, b"b")
    refused(
        "from-type-of-itself",
        name("torch._tensor", "_rebuild_from_type_v2")
        + tuple_of(name("torch._tensor", "_rebuild_from_type_v2"), name("torch", "Tensor"), b")", b"N"), HERE, b"R")
    refused("persistent-text", text("storage"), HERE, b"Q")
    refused("persistent-module", tuple_of(text("module"), name("torch", "FloatStorage"), text("0"), text("cpu"), number(4)), HERE, b"Q")
    refused("persistent-key", tuple_of(text("storage"), name("torch", "FloatStorage"), number(0), text("cpu"), number(4)), HERE, b"Q")
    refused("persistent-negative", tuple_of(text("storage"), name("torch", "FloatStorage"), text("0"), text("cpu"), number(-4)), HERE, b"Q")


def tensor_with_hooks():
    """A tensor whose backward hooks are the payload."""
    from pickles import numbers, storage

    return [
        name("torch._utils", "_rebuild_tensor_v2") + b"(" + storage() + number(0) + numbers((2, 2)) + numbers((2, 1)) + b"\x89",
        HERE, name("posix", "system") + tuple_of(text("id")) + b"RtR"]
