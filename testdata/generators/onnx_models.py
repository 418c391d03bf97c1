"""Writes small models with the onnx library, and what it reads from them as hashes: testdata/onnx.

usage: onnx_models.py                                 writes the models and expected.json
       onnx_models.py <folder of unpacked wheels>     writes published.json: the same of the models of silero-vad

Made with onnx 1.23.2 and numpy. Of each tensor: its shape, its type as Ingot has it, and the first 16 digits of the SHA-256 of its
elements in row-major order, little-endian; integers of less than 8 bits in a byte each, 4-bit floats two a byte. The names are
those of spec/onnx.md, O3 and O8, by a walk of its own.
"""

import hashlib
import json
import pathlib
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = pathlib.Path(__file__).parents[1] / "onnx"
TYPES = {
    TensorProto.FLOAT: "F32", TensorProto.UINT8: "U8", TensorProto.INT8: "I8", TensorProto.UINT16: "U16",
    TensorProto.INT16: "I16", TensorProto.INT32: "I32", TensorProto.INT64: "I64", TensorProto.BOOL: "BOOL",
    TensorProto.FLOAT16: "F16", TensorProto.DOUBLE: "F64", TensorProto.UINT32: "U32", TensorProto.UINT64: "U64",
    TensorProto.COMPLEX64: "C64", TensorProto.BFLOAT16: "BF16", TensorProto.FLOAT8E4M3FN: "F8_E4M3",
    TensorProto.FLOAT8E4M3FNUZ: "F8_E4M3FNUZ", TensorProto.FLOAT8E5M2: "F8_E5M2",
    TensorProto.FLOAT8E5M2FNUZ: "F8_E5M2FNUZ", TensorProto.UINT4: "U8", TensorProto.INT4: "I8",
    TensorProto.FLOAT4E2M1: "F4", TensorProto.FLOAT8E8M0: "F8_E8M0", TensorProto.UINT2: "U8", TensorProto.INT2: "I8",
}
SMALL = {TensorProto.UINT4: "u1", TensorProto.INT4: "i1", TensorProto.UINT2: "u1", TensorProto.INT2: "i1"}


def array_bytes(tensor, array):
    """The elements as Ingot has them."""
    if tensor.data_type in SMALL:
        return array.astype(SMALL[tensor.data_type]).tobytes()
    if tensor.data_type == TensorProto.FLOAT4E2M1:
        codes = array.view(numpy.uint8).ravel()
        return (codes[0::2] | codes[1::2] << 4).astype(numpy.uint8).tobytes()
    return numpy.ascontiguousarray(array).tobytes()


def entry(tensor, folder):
    array = numpy_helper.to_array(tensor, base_dir=str(folder))
    digest = hashlib.sha256(array_bytes(tensor, array)).hexdigest()[:16]
    return [list(tensor.dims), TYPES[tensor.data_type], digest]


def number_entry(values, dtype, kind):
    array = numpy.array(values, dtype)
    return [list(array.shape), kind, hashlib.sha256(array.tobytes()).hexdigest()[:16]]


def walk_nodes(nodes, prefix, folder, found):
    for node in nodes:
        output = next(name for name in node.output if name)
        for attribute in node.attribute:
            if node.op_type == "Constant" and not attribute.ref_attr_name:
                name = prefix + output
                if attribute.name == "value" and attribute.t.data_type != TensorProto.STRING:
                    found[name] = entry(attribute.t, folder)
                if attribute.name == "value_float":
                    found[name] = number_entry(attribute.f, "<f4", "F32")
                if attribute.name == "value_floats":
                    found[name] = number_entry(list(attribute.floats), "<f4", "F32")
                if attribute.name == "value_int":
                    found[name] = number_entry(attribute.i, "<i8", "I64")
                if attribute.name == "value_ints":
                    found[name] = number_entry(list(attribute.ints), "<i8", "I64")
            path = f"{prefix}{output}.{attribute.name}."
            if attribute.HasField("g"):
                walk(attribute.g, path, folder, found)
            for index, graph in enumerate(attribute.graphs):
                walk(graph, f"{path}{index}.", folder, found)


def walk(graph, prefix, folder, found):
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.STRING:
            found[prefix + tensor.name] = entry(tensor, folder)
    walk_nodes(graph.node, prefix, folder, found)


def expected(path):
    """The tensors of a model by name."""
    model = onnx.load(path, load_external_data=False)
    found = {}
    walk(model.graph, "", path.parent, found)
    for function in model.functions:
        label = ":".join(part for part in (function.domain, function.name, function.overload) if part)
        walk_nodes(function.node, label + ".", path.parent, found)
    for index, training in enumerate(model.training_info):
        walk(training.initialization, f"training.{index}.initialization.", path.parent, found)
        walk(training.algorithm, f"training.{index}.algorithm.", path.parent, found)
    return found


def print_entries(files, target, smallest=0):
    """Lists the tensors of so many elements at least, and gives one digest over all of them."""
    lines = []
    for name, (source, tensors) in files.items():
        listed = {key: value for key, value in tensors.items() if numpy.prod(value[0]) >= smallest}
        rows = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in listed.items())
        whole = hashlib.sha256("".join(f"{json.dumps([key, *tensors[key]])}\n" for key in sorted(tensors)).encode())
        head = f'"file": "{source}", "count": {len(tensors)}, "digest": "{whole.hexdigest()[:16]}"'
        lines.append(f' "{name}": {{{head}, "tensors": {{\n{rows}}}}}')
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def model(graph, **options):
    return helper.make_model(
        graph, producer_name="ingot tests", ir_version=11, opset_imports=[helper.make_opsetid("", 21)], **options
    )


def values(kind, count):
    """Values that each type holds, small and large ones."""
    random = numpy.random.default_rng(kind)
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    name = TensorProto.DataType.Name(kind)
    if kind == TensorProto.BOOL:
        return random.integers(0, 2, count).astype(bool)
    if name in ("INT4", "UINT4", "INT2", "UINT2"):
        bits = int(name[-1])
        low = 0 if name.startswith("U") else -(1 << bits - 1)
        return random.integers(low, low + (1 << bits), count).astype(dtype)
    if "INT" in name:
        info = numpy.iinfo(dtype)
        return random.integers(info.min, info.max, count, dtype, endpoint=True)
    if kind == TensorProto.COMPLEX64:
        return (random.standard_normal(count) + 1j * random.standard_normal(count)).astype(dtype)
    if kind == TensorProto.FLOAT8E8M0:
        return (2.0 ** random.integers(-20, 20, count)).astype(numpy.float32).astype(dtype)
    return random.standard_normal(count).astype(numpy.float32).astype(dtype)


def tensor(name, kind, shape, raw):
    count = int(numpy.prod(shape, dtype=int))
    if raw:
        array = values(kind, count).reshape(shape)
        return numpy_helper.from_array(array, name)
    return helper.make_tensor(name, kind, shape, values(kind, count))


def all_types(raw):
    tensors = []
    for kind in TYPES:
        name = TensorProto.DataType.Name(kind).lower()
        shape = [2, 3, 4] if kind == TensorProto.FLOAT4E2M1 else [3, 5]
        tensors.append(tensor(name, kind, shape, raw))
    for kind in (TensorProto.FLOAT, TensorProto.INT64, TensorProto.FLOAT16):
        name = TensorProto.DataType.Name(kind).lower()
        tensors.append(tensor(f"{name}.scalar", kind, [], raw))
        tensors.append(tensor(f"{name}.none", kind, [0, 7], raw))
    return model(helper.make_graph([], "types", [], [], initializer=tensors))


def unpacked(model):
    """The bytes of a model whose float_data and int32_data stand one by one, as proto2 wrote them."""

    def varint(number):
        number &= (1 << 64) - 1
        result = bytearray()
        while number > 0x7F:
            result.append(number & 0x7F | 0x80)
            number >>= 7
        return bytes(result + bytes([number]))

    def block(number, data):
        return varint(number << 3 | 2) + varint(len(data)) + data

    graph = b""
    for item in model.graph.initializer:
        fields = b"".join(varint(1 << 3) + varint(dim) for dim in item.dims) + varint(2 << 3) + varint(item.data_type)
        for index, number in enumerate(item.float_data):
            fields += varint(4 << 3 | 5) + numpy.array(number, "<f4").tobytes()
            # A field between them that nobody knows.
            if index == 2:
                fields += block(99, b"between")
        numbers = list(item.int32_data)
        for number in numbers[: len(numbers) // 2]:
            fields += varint(5 << 3) + varint(number)
        if numbers:
            fields += block(5, b"".join(varint(number) for number in numbers[len(numbers) // 2 :]))
        graph += block(5, fields + block(8, item.name.encode()))
    return varint(1 << 3) + varint(8) + block(7, graph) + block(8, varint(2 << 3) + varint(13))


def constant(name, **value):
    return helper.make_node("Constant", [], [name], **value)


def graphs():
    def info(name):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, None)

    def weights(seed, *shape):
        return numpy.random.default_rng(seed).standard_normal(shape).astype(numpy.float32)

    def branch(seed, inner=()):
        weight = numpy_helper.from_array(weights(seed, 2, 3), "weight")
        made = constant("bias", value=numpy_helper.from_array(weights(seed + 1, 3), "ignored"))
        node = helper.make_node("Add", ["weight", "bias"], ["sum"])
        return helper.make_graph([made, node, *inner], "branch", [], [info("sum")], initializer=[weight])

    nested = helper.make_node("If", ["condition"], ["inner"], then_branch=branch(1), else_branch=branch(3))
    outer = helper.make_node(
        "If", ["condition"], ["outer"], name="named", then_branch=branch(5, [nested]), else_branch=branch(7)
    )
    body = helper.make_graph(
        [constant("step", value_ints=[1, -2, 3]), helper.make_node("Identity", ["on"], ["still"])], "body",
        [helper.make_tensor_value_info("i", TensorProto.INT64, []), helper.make_tensor_value_info("on", TensorProto.BOOL, [])],
        [helper.make_tensor_value_info("still", TensorProto.BOOL, [])],
        initializer=[numpy_helper.from_array(weights(9, 4), "weight")])
    loop = helper.make_node("Loop", ["trips", "condition"], ["", "looped"], body=body)
    scan_body = helper.make_graph(
        [helper.make_node("Identity", ["x"], ["y"])], "scan", [info("x")], [info("y")],
        initializer=[numpy_helper.from_array(weights(10, 2, 2), "weight")])
    scan = helper.make_node("Scan", ["xs"], ["scanned"], num_scan_inputs=1, body=scan_body)
    nodes = [
        constant("condition", value=helper.make_tensor("", TensorProto.BOOL, [], [True])),
        constant("trips", value_int=10), constant("zero", value_int=0), constant("half", value_float=0.5),
        constant("halves", value_floats=[0.5, -0.25]), constant("word", value_string="text"),
        outer, loop, scan,
    ]
    function = helper.make_function(
        "tests", "Scale", ["x"], ["y"],
        [constant("factor", value=numpy_helper.from_array(weights(11, 3), "")), helper.make_node("Mul", ["x", "factor"], ["y"])],
        [helper.make_opsetid("", 21)])
    words = helper.make_tensor("words", TensorProto.STRING, [2], [b"one", b"two"])
    made = model(
        helper.make_graph(
            nodes, "graphs", [], [], initializer=[numpy_helper.from_array(weights(0, 3, 2), "weight"), words]),
        functions=[function])
    made.opset_import.append(helper.make_opsetid("tests", 1))
    training = made.training_info.add()
    training.algorithm.CopyFrom(
        helper.make_graph([], "step", [], [], initializer=[numpy_helper.from_array(weights(12, 2), "momentum")]))
    training.initialization.name = "start"
    made.metadata_props.add(key="author", value="a generator")
    return made


def external(tensor, location, offset=None, length=None):
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", offset), ("length", length)):
        if value is not None:
            tensor.external_data.add(key=key, value=str(value))
    return tensor


def external_model(folder):
    """Five tensors in two files; two of them are the same bytes."""
    data = numpy.random.default_rng(20).standard_normal(64).astype(numpy.float32).tobytes()
    (folder / "weights").mkdir(exist_ok=True)
    (folder / "weights" / "first.bin").write_bytes(bytes(16) + data)
    (folder / "second.bin").write_bytes(data[:12])

    def make(name, kind, dims, *place):
        return external(TensorProto(name=name, data_type=kind, dims=dims), *place)

    tensors = [
        make("tied", TensorProto.FLOAT, [4, 8], "weights/first.bin", 16, 128),
        make("embedding", TensorProto.FLOAT, [8, 4], "weights/first.bin", 16, 128),
        make("half", TensorProto.FLOAT16, [3, 2], "./weights/first.bin", 144, 12),
        make("codes", TensorProto.INT4, [3, 3], "weights/first.bin", 160, 5),
        make("whole", TensorProto.FLOAT, [3], "second.bin"),
    ]
    return model(helper.make_graph([], "external", [], [], initializer=tensors))


def sparse_model():
    values = helper.make_tensor("sparse", TensorProto.FLOAT, [2], [1.5, 2.5])
    indices = helper.make_tensor("", TensorProto.INT64, [2], [1, 5])
    return model(
        helper.make_graph(
            [], "sparse", [], [], initializer=[helper.make_tensor("dense", TensorProto.FLOAT, [1], [3.0])],
            sparse_initializer=[helper.make_sparse_tensor(values, indices, [2, 4])]))


def main():
    FOLDER.mkdir(exist_ok=True)
    typed = all_types(raw=False)
    files = {
        "raw": all_types(raw=True).SerializeToString(deterministic=True),
        "typed": typed.SerializeToString(deterministic=True),
        "graphs": graphs().SerializeToString(deterministic=True),
        "external": external_model(FOLDER).SerializeToString(deterministic=True),
        "sparse": sparse_model().SerializeToString(deterministic=True),
    }
    packed = [item for item in typed.graph.initializer if item.float_data or item.int32_data]
    files["unpacked"] = unpacked(model(helper.make_graph([], "unpacked", [], [], initializer=packed)))
    result = {}
    for name, data in files.items():
        path = FOLDER / f"{name}.onnx"
        path.write_bytes(data)
        result[name] = (path.name, expected(path))
    print_entries(result, FOLDER / "expected.json")


def published(root):
    files = ["silero_vad.onnx", "silero_vad_half.onnx", "silero_vad_op18_ifless.onnx"]
    result = {}
    for file in files:
        (path,) = root.glob(f"**/silero_vad/data/{file}")
        result[file] = (f"silero_vad/data/{file}", expected(path))
    print_entries(result, FOLDER / "published.json", smallest=64)


if len(sys.argv) > 1:
    published(pathlib.Path(sys.argv[1]))
else:
    main()
