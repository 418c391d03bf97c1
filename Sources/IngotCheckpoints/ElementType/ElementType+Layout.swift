import IngotEncodings

extension ElementType {
  /// What the elements of a type are.
  public enum Kind: String, Sendable, Hashable {
    /// A truth value.
    case boolean
    /// An integer, signed or not.
    case integer
    /// A floating-point number.
    case float
    /// A pair of floating-point numbers.
    case complex
    /// Blocks of codes that share scales.
    case blocks
  }

  /// One row of the table of types.
  struct Layout {
    let name: String
    let bitsPerElement: Double
    let kind: Kind
    let exactEncoding: Encoding

    init(_ name: String, bits: Double, _ kind: Kind, exactly encoding: Encoding) {
      self.name = name
      self.bitsPerElement = bits
      self.kind = kind
      self.exactEncoding = encoding
    }
  }

  /// The table of types.
  ///
  /// It has no default row: the compiler asks for the row of a new case.
  ///
  /// Specification: clause S5.1.
  var layout: Layout {
    switch self {
    case .bool: Layout("BOOL", bits: 8, .boolean, exactly: .i8)
    case .uint8: Layout("U8", bits: 8, .integer, exactly: .i16)
    case .int8: Layout("I8", bits: 8, .integer, exactly: .i8)
    case .uint16: Layout("U16", bits: 16, .integer, exactly: .i32)
    case .int16: Layout("I16", bits: 16, .integer, exactly: .i16)
    case .uint32: Layout("U32", bits: 32, .integer, exactly: .i64)
    case .int32: Layout("I32", bits: 32, .integer, exactly: .i32)
    case .uint64: Layout("U64", bits: 64, .integer, exactly: .i64)
    case .int64: Layout("I64", bits: 64, .integer, exactly: .i64)
    case .float16: Layout("F16", bits: 16, .float, exactly: .f16)
    case .bfloat16: Layout("BF16", bits: 16, .float, exactly: .bf16)
    case .float32: Layout("F32", bits: 32, .float, exactly: .f32)
    case .float64: Layout("F64", bits: 64, .float, exactly: .f64)
    case .float8E4M3: Layout("F8_E4M3", bits: 8, .float, exactly: .f16)
    case .float8E5M2: Layout("F8_E5M2", bits: 8, .float, exactly: .f16)
    case .float8E8M0: Layout("F8_E8M0", bits: 8, .float, exactly: .bf16)
    case .float8E4M3FNUZ: Layout("F8_E4M3FNUZ", bits: 8, .float, exactly: .f16)
    case .float8E5M2FNUZ: Layout("F8_E5M2FNUZ", bits: 8, .float, exactly: .f16)
    case .float6E2M3: Layout("F6_E2M3", bits: 6, .float, exactly: .f16)
    case .float6E3M2: Layout("F6_E3M2", bits: 6, .float, exactly: .f16)
    case .float4E2M1: Layout("F4", bits: 4, .float, exactly: .f16)
    case .complex64: Layout("C64", bits: 64, .complex, exactly: .f32)
    case .ternary(let scale):
      Layout("TERNARY", bits: 2, .float, exactly: TernaryCodes.exactEncoding(scale))
    case .blocks(let encoding):
      Layout(encoding.name, bits: encoding.bitsPerWeight, .blocks, exactly: encoding)
    }
  }

  /// The name that safetensors gives the type, such as `BF16`, or the encoding's name; of ternary codes `TERNARY`.
  public var name: String { layout.name }

  /// The plain type that safetensors calls by this name, in just these letters, or `nil` if there is none.
  public init?(name: String) {
    self.init(nameBytes: Array(name.utf8))
  }

  init?(nameBytes: [UInt8]) {
    guard let type = Self.byName[nameBytes] else { return nil }
    self = type
  }

  private static let byName = Dictionary(uniqueKeysWithValues: plainTypes.map { (Array($0.name.utf8), $0) })

  /// The bits that an element takes; of blocks, its share of scales included.
  public var bitsPerElement: Double { layout.bitsPerElement }

  /// What the elements are.
  public var kind: Kind { layout.kind }

  /// How many numbers an element is: 2 for a complex one, else 1.
  public var valuesPerElement: Int { self == .complex64 ? 2 : 1 }

  /// The smallest encoding that holds every value of the type exactly, so that a copy loses nothing.
  ///
  /// A ``uint64`` of 2^63 or more has none; ``convertExactly(_:into:)`` refuses it. A ``complex64`` element becomes two
  /// values: the stored tensor has one more dimension, of 2, which is the fastest.
  ///
  /// Specification: clause S5.1.
  public var exactEncoding: Encoding { layout.exactEncoding }

  /// Whether this release can turn the bytes into numbers.
  ///
  /// Not for the 6-bit floats, since safetensors does not define where in a byte they stand (clause S5.4), nor for an
  /// encoding without a decoder.
  public var canDecode: Bool {
    switch self {
    case .float6E2M3, .float6E3M2: false
    case .blocks(let encoding): encoding.canDecode
    default: true
    }
  }

  /// The bytes that so many elements take, or `nil` if they are not whole bytes or blocks, negative, or too many to
  /// count.
  public func byteCount(elements: Int) -> Int? {
    if case .blocks(let encoding) = self { return encoding.byteCount(elements: elements) }
    guard elements >= 0, let bits = Checked.product(elements, Int(bitsPerElement)), bits.isMultiple(of: 8)
    else { return nil }
    return bits / 8
  }
}

extension ElementType: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}
