# The layout of a container (container.md), for the tools of Kaitai Struct: https://kaitai.io
# spec/check reads the corpus with it. Where it says less than the pages, the pages decide: it does not judge limits, keys,
# names, shapes and offsets, and does not reach the data, whose start depends on the entry general.alignment (C8, C19).
meta:
  id: ingot
  title: Container of a model (GGUF 3)
  file-extension: gguf
  license: CC0-1.0
  endian: le
seq:
  - id: magic
    contents: [0x47, 0x47, 0x55, 0x46]
    doc: C2
  - id: version
    type: u4
    valid:
      any-of: [2, 3]
    doc: C3
  - id: tensor_count
    type: u8
    doc: C4
  - id: key_count
    type: u8
    doc: C4
  - id: entries
    type: entry
    repeat: expr
    repeat-expr: key_count
    doc: C5
  - id: tensors
    type: tensor
    repeat: expr
    repeat-expr: tensor_count
    doc: C13
types:
  entry:
    seq:
      - id: key_length
        type: u8
      - id: key
        type: str
        size: key_length
        encoding: ASCII
        doc: C6
      - id: value_type
        type: u4
        enum: value_type
        doc: C9
      - id: value
        type: value(value_type)
  value:
    params:
      - id: value_type
        type: u4
        enum: value_type
    seq:
      - id: content
        type:
          switch-on: value_type
          cases:
            'value_type::uint8': u1
            'value_type::int8': s1
            'value_type::uint16': u2
            'value_type::int16': s2
            'value_type::uint32': u4
            'value_type::int32': s4
            'value_type::float32': f4
            'value_type::bool': boolean
            'value_type::string': text
            'value_type::array': array
            'value_type::uint64': u8
            'value_type::int64': s8
            'value_type::float64': f8
  boolean:
    seq:
      - id: is_true
        type: u1
        valid:
          max: 1
        doc: C10
  text:
    seq:
      - id: length
        type: u8
      - id: text
        type: str
        size: length
        encoding: UTF-8
        doc: C11
  array:
    seq:
      - id: element_type
        type: u4
        enum: value_type
      - id: count
        type: u8
      - id: elements
        type: value(element_type)
        repeat: expr
        repeat-expr: count
        doc: C12
  tensor:
    seq:
      - id: name
        type: text
        doc: C14
      - id: dim_count
        type: u4
        valid:
          max: 4
        doc: C15
      - id: dims
        type: u8
        repeat: expr
        repeat-expr: dim_count
        doc: C15, the fastest first
      - id: encoding
        type: u4
        enum: encoding
        doc: C17
      - id: offset
        type: u8
        doc: C18, from the start of the data
enums:
  value_type:
    0: uint8
    1: int8
    2: uint16
    3: int16
    4: uint32
    5: int32
    6: float32
    7: bool
    8: string
    9: array
    10: uint64
    11: int64
    12: float64
  encoding:
    0: f32
    1: f16
    2: q4_0
    3: q4_1
    6: q5_0
    7: q5_1
    8: q8_0
    9: q8_1
    10: q2_k
    11: q3_k
    12: q4_k
    13: q5_k
    14: q6_k
    15: q8_k
    16: iq2_xxs
    17: iq2_xs
    18: iq3_xxs
    19: iq1_s
    20: iq4_nl
    21: iq3_s
    22: iq2_s
    23: iq4_xs
    24: i8
    25: i16
    26: i32
    27: i64
    28: f64
    29: iq1_m
    30: bf16
    34: tq1_0
    35: tq2_0
    39: mxfp4
    40: nvfp4
    41: q1_0
    42: q2_0
