"""ggml, through the symbols that the xllamacpp wheel exports."""

import ctypes
import importlib.util
import pathlib

NUMBERS = {
    "F32": 0, "F16": 1, "Q4_0": 2, "Q4_1": 3, "Q5_0": 6, "Q5_1": 7, "Q8_0": 8, "Q2_K": 10, "Q3_K": 11, "Q4_K": 12,
    "Q5_K": 13, "Q6_K": 14, "IQ2_XXS": 16, "IQ2_XS": 17, "IQ3_XXS": 18, "IQ1_S": 19, "IQ4_NL": 20, "IQ3_S": 21,
    "IQ2_S": 22, "IQ4_XS": 23, "IQ1_M": 29, "BF16": 30, "TQ1_0": 34, "TQ2_0": 35, "MXFP4": 39, "NVFP4": 40,
    "Q1_0": 41, "Q2_0": 42,
}


class Traits(ctypes.Structure):
    """What ggml knows of an encoding."""

    CONVERT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    _fields_ = [
        ("type_name", ctypes.c_char_p),
        ("blck_size", ctypes.c_int64),
        ("blck_size_interleave", ctypes.c_int64),
        ("type_size", ctypes.c_size_t),
        ("is_quantized", ctypes.c_bool),
        ("to_float", CONVERT),
        ("from_float_ref", CONVERT),
    ]


class ProductTraits(ctypes.Structure):
    """How ggml multiplies an encoding on the processor."""

    CONVERT = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    DOT = ctypes.CFUNCTYPE(
        None, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p,
        ctypes.c_size_t, ctypes.c_int,
    )
    _fields_ = [
        ("from_float", CONVERT),
        ("vec_dot", DOT),
        ("vec_dot_type", ctypes.c_int),
        ("nrows", ctypes.c_int64),
    ]


class InitParameters(ctypes.Structure):
    """How a file is opened: without room for the tensors."""

    _fields_ = [("no_alloc", ctypes.c_bool), ("context", ctypes.c_void_p)]


class GGML:
    def __init__(self, products=None):
        # Found without importing it: the library is what is needed, not the interpreter's part.
        folder = pathlib.Path(importlib.util.find_spec("xllamacpp").origin).parent
        self.library = ctypes.CDLL(next(map(str, folder.glob("xllamacpp*.so"))))
        # Products may come from a libggml-cpu.so that was built for this processor.
        self.products = ctypes.CDLL(str(products)) if products else self.library
        self.products.ggml_get_type_traits_cpu.restype = ctypes.POINTER(ProductTraits)
        self.products.ggml_cpu_init()
        self.library.ggml_get_type_traits.restype = ctypes.POINTER(Traits)
        self.library.ggml_quantize_chunk.restype = ctypes.c_size_t
        self.library.ggml_quantize_chunk.argtypes = [
            ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64,
            ctypes.c_void_p,
        ]
        self.library.gguf_init_from_file.restype = ctypes.c_void_p
        self.library.gguf_init_from_file.argtypes = [ctypes.c_char_p, InitParameters]
        self.library.gguf_free.argtypes = [ctypes.c_void_p]

    def traits(self, number):
        return self.library.ggml_get_type_traits(number).contents

    def product_traits(self, number):
        return self.products.ggml_get_type_traits_cpu(number).contents

    def open(self, path):
        """Reads the header of a file, and gives what has to be closed."""
        context = self.library.gguf_init_from_file(str(path).encode(), InitParameters(True, None))
        if not context:
            raise RuntimeError("ggml does not open the file")
        return context

    def close(self, context):
        self.library.gguf_free(context)

    def open_and_close(self, path):
        """Reads the header of a file."""
        self.close(self.open(path))
