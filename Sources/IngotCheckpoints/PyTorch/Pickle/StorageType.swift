/// What the elements of a storage are: a type that a checkpoint can have, or one that it cannot.
///
/// It is a row of a table, so that values of a pickle stay small.
struct StorageType: Sendable, Hashable {
  private struct Row {
    let name: String
    let storageClass: String?
    let element: ElementType?
    let byteCount: Int

    init(_ name: String, _ storageClass: String?, _ element: ElementType?, _ byteCount: Int) {
      self.name = name
      self.storageClass = storageClass
      self.element = element
      self.byteCount = byteCount
    }
  }

  private let index: UInt8

  /// What PyTorch calls it.
  var name: String { Self.rows[Int(index)].name }
  /// The type; `nil` where this release has none.
  var element: ElementType? { Self.rows[Int(index)].element }
  /// The bytes of an element.
  var byteCount: Int { Self.rows[Int(index)].byteCount }

  /// The type by its name in the module `torch`.
  init?(named name: String) {
    guard let index = Self.byName[name] else { return nil }
    self.index = index
  }

  /// The type of the elements of a class of storages in the module `torch`.
  init?(storageClass name: String) {
    guard let index = Self.byStorageClass[name] else { return nil }
    self.index = index
  }

  private static let rows: [Row] = [
    Row("float32", "FloatStorage", .float32, 4), Row("float64", "DoubleStorage", .float64, 8),
    Row("float16", "HalfStorage", .float16, 2), Row("bfloat16", "BFloat16Storage", .bfloat16, 2),
    Row("int64", "LongStorage", .int64, 8), Row("int32", "IntStorage", .int32, 4),
    Row("int16", "ShortStorage", .int16, 2), Row("int8", "CharStorage", .int8, 1),
    Row("uint8", "ByteStorage", .uint8, 1), Row("bool", "BoolStorage", .bool, 1),
    Row("uint16", nil, .uint16, 2), Row("uint32", nil, .uint32, 4), Row("uint64", nil, .uint64, 8),
    Row("complex64", "ComplexFloatStorage", .complex64, 8), Row("float8_e4m3fn", nil, .float8E4M3, 1),
    Row("float8_e5m2", nil, .float8E5M2, 1), Row("float8_e4m3fnuz", nil, .float8E4M3FNUZ, 1),
    Row("float8_e5m2fnuz", nil, .float8E5M2FNUZ, 1), Row("float8_e8m0fnu", nil, .float8E8M0, 1),
    // Types that neither GGUF nor safetensors has, or that need scales beside them.
    Row("complex32", nil, nil, 4), Row("complex128", "ComplexDoubleStorage", nil, 16),
    Row("float4_e2m1fn_x2", nil, nil, 1), Row("qint8", "QInt8Storage", nil, 1),
    Row("quint8", "QUInt8Storage", nil, 1), Row("qint32", "QInt32Storage", nil, 4),
    Row("quint4x2", "QUInt4x2Storage", nil, 1), Row("quint2x4", "QUInt2x4Storage", nil, 1),
  ]

  private static let byName = Dictionary(
    uniqueKeysWithValues: rows.enumerated().map { index, row in (row.name, UInt8(index)) })
  private static let byStorageClass = Dictionary(
    uniqueKeysWithValues: rows.enumerated().compactMap { index, row in
      row.storageClass.map { ($0, UInt8(index)) }
    })
}
