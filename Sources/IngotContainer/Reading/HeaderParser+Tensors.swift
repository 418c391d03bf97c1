import IngotEncodings

extension HeaderParser {
  /// Reads the tensor table and derives the layout: clauses C13 to C19.
  mutating func tensorTable(
    count: Int, version: UInt32, metadata: Metadata
  ) throws(ContainerError) -> ContainerHeader {
    let start = cursor.offset
    var table = TensorTable(alignment: alignment, expectedCount: count)
    for _ in 0..<count {
      subject = .file
      try tensor(into: &table)
    }
    subject = .file
    let end = cursor.offset
    guard let dataOffset = Checked.roundUp(end, toMultipleOf: table.alignment),
      let bodyEnd = Checked.sum(dataOffset, table.dataByteCount), bodyEnd <= Int64.max
    else {
      throw error(.overflow, at: end, found: "a larger file", expected: "a file size that fits 63 bits")
    }
    try checkBounds(of: table, dataOffset: dataOffset, tableOffset: start)
    return ContainerHeader(
      version: version, metadata: metadata, table: table, headerByteCount: end, dataOffset: dataOffset)
  }

  /// One entry of the table.
  private mutating func tensor(into table: inout TensorTable) throws(ContainerError) {
    let entry = cursor.offset
    let name = try name()
    subject = .tensor(name)

    let shapeField = cursor.offset
    let dimensionCount = try number(UInt32.self)
    guard dimensionCount <= ContainerFormat.maximumDimensionCount else {
      throw error(
        .dimensions, at: shapeField, found: "\(dimensionCount) dimensions",
        expected: "at most \(ContainerFormat.maximumDimensionCount)")
    }
    var dimensions: [Int] = []
    dimensions.reserveCapacity(Int(dimensionCount))
    for _ in 0..<dimensionCount { dimensions.append(try dimension()) }

    let encodingField = cursor.offset
    let id = try number(UInt32.self)
    guard let encoding = Encoding(rawValue: id) else {
      throw error(
        .encoding, at: encodingField, found: "encoding \(id)", expected: "an encoding of the table")
    }

    let offsetField = cursor.offset
    let offset = try number(UInt64.self)
    guard offset == table.dataByteCount else {
      throw error(.offset, at: offsetField, found: "offset \(offset)", expected: "\(table.dataByteCount)")
    }
    do throws(TensorTable.Fault) {
      try table.append(name: name, dimensions: dimensions, encoding: encoding)
    } catch {
      let field =
        switch error.field {
        case .name: entry
        case .shape: shapeField
        case .dimension(let index): shapeField + 4 + 8 * UInt64(index)
        }
      throw self.error(error.code, at: field, found: error.found, expected: error.expected)
    }
  }

  /// Clause C14.
  private mutating func name() throws(ContainerError) -> String {
    let field = cursor.offset
    let bytes = try sizedBytes(atMost: limits.nameByteCount)
    guard !bytes.isEmpty else {
      throw error(.name, at: field, found: "an empty name", expected: "at least one byte")
    }
    if let fault = NameRules.firstFault(inTensorName: bytes) {
      throw error(.name, at: field + 8 + UInt64(fault), found: "NUL", expected: "a name without NUL")
    }
    if let fault = bytes.firstInvalidUTF8 {
      throw error(
        .utf8, at: field + 8 + UInt64(fault), found: "bytes that are not UTF-8", expected: "UTF-8")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Clause C15.
  private mutating func dimension() throws(ContainerError) -> Int {
    let field = cursor.offset
    let size = try number(UInt64.self)
    guard let dimension = Int(exactly: size) else {
      throw error(.dimensions, at: field, found: "a dimension of \(size)", expected: "less than 2^63")
    }
    return dimension
  }

  /// Clause C19; tensors follow each other, so the first that does not fit is the one to name.
  private mutating func checkBounds(
    of table: TensorTable, dataOffset: UInt64, tableOffset: UInt64
  ) throws(ContainerError) {
    var entryEnd = tableOffset
    for tensor in table.tensors {
      entryEnd += UInt64(tensor.encodedByteCount)
      let end = dataOffset + tensor.offset + UInt64(tensor.byteCount)
      guard tensor.byteCount == 0 || end <= cursor.byteCount else {
        subject = .tensor(tensor.name)
        throw error(
          .bounds, at: entryEnd - 8, found: "a file of \(cursor.byteCount) bytes",
          expected: "data up to byte \(end)")
      }
    }
  }
}
