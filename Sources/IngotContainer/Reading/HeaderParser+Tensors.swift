import IngotEncodings

extension HeaderParser {
  /// Reads the tensor table and derives the layout: clauses C13 to C19.
  mutating func readTensors(count: Int) throws(ContainerError) -> ContainerHeader {
    table = TensorTable(alignment: alignment ?? ContainerFormat.defaultAlignment, expectedCount: count)
    for _ in 0..<count {
      subject = .file
      try tensor()
    }
    subject = .file
    let end = cursor.offset
    guard let dataOffset = Checked.roundUp(end, toMultipleOf: table.alignment),
      let bodyEnd = Checked.sum(dataOffset, table.dataByteCount), bodyEnd <= Int64.max
    else {
      throw error(.fileSize, at: end, found: "a larger file", expected: "a file size that fits 63 bits")
    }
    if alignment != nil { try checkBounds(dataOffset: dataOffset) }
    return ContainerHeader(
      version: version, metadata: metadata, table: table, headerByteCount: end, dataOffset: dataOffset)
  }

  /// One entry of the table.
  private mutating func tensor() throws(ContainerError) {
    let entry = cursor.offset
    let name = try name()
    subject = .tensor(name)

    let shapeField = cursor.offset
    let dimensions = try dimensions()
    let encoding = try encoding()
    let offsetField = cursor.offset
    let offset = try number(UInt64.self)
    if report != nil {
      entries.append(HeaderExamination.Entry(name: name, offset: entry, shape: shapeField, data: offsetField))
    }
    if !isPlaceKnown {
      table.resume(at: offset)
    } else if alignment != nil, offset != table.dataByteCount {
      try settle(.offset, at: offsetField, found: "offset \(offset)", expected: "\(table.dataByteCount)")
    }

    isPlaceKnown = false
    guard let dimensions, let encoding else { return }
    do throws(TensorTable.Fault) {
      let isNew = try table.append(name: name, dimensions: dimensions, encoding: encoding)
      isPlaceKnown = true
      offsetFields.append(offsetField)
      if isNew { return }
    } catch {
      return try settle(
        error.rule, at: shapeField + (error.dimension.map { 4 + 8 * UInt64($0) } ?? 0), found: error.found,
        expected: error.expected)
    }
    try settle(.uniqueName, at: entry, found: "the name a second time", expected: "unique tensor names")
  }

  /// Clause C14.
  private mutating func name() throws(ContainerError) -> String {
    let field = cursor.offset
    let bytes = try sizedBytes(atMost: limits.nameByteCount, else: .nameLength)
    if bytes.isEmpty {
      try settle(.name, at: field, found: "an empty name", expected: "at least one byte")
    }
    if let fault = NameRules.firstFault(inTensorName: bytes) {
      try settle(.name, at: field + 8 + UInt64(fault), found: "NUL", expected: "a name without NUL")
    }
    if let fault = bytes.firstInvalidUTF8 {
      try settle(
        .nameText, at: field + 8 + UInt64(fault), found: "bytes that are not UTF-8", expected: "UTF-8")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Clause C15; `nil` if a dimension is none.
  private mutating func dimensions() throws(ContainerError) -> [Int]? {
    let field = cursor.offset
    let count = try number(UInt32.self)
    guard count <= ContainerFormat.maximumDimensionCount else {
      throw error(
        .dimensions, at: field, found: count.counted("dimension"),
        expected: "at most \(ContainerFormat.maximumDimensionCount)")
    }
    var dimensions: [Int] = []
    dimensions.reserveCapacity(Int(count))
    for _ in 0..<count {
      let field = cursor.offset
      let size = try number(UInt64.self)
      if let dimension = Int(exactly: size) {
        dimensions.append(dimension)
      } else {
        try settle(.dimensions, at: field, found: "a dimension of \(size)", expected: "less than 2^63")
      }
    }
    return dimensions.count == count ? dimensions : nil
  }

  /// The first sentence of clause C17; `nil` if the encoding is unknown.
  private mutating func encoding() throws(ContainerError) -> Encoding? {
    let field = cursor.offset
    let id = try number(UInt32.self)
    if let encoding = Encoding(rawValue: id) { return encoding }
    try settle(.encoding, at: field, found: "encoding \(id)", expected: "an encoding of the table")
    return nil
  }

  /// Clause C19; tensors follow each other, so the first that does not fit is the one to name.
  private mutating func checkBounds(dataOffset: UInt64) throws(ContainerError) {
    // Where no fault was passed over, none ends after the last, whose padding may be missing.
    if report == nil, let end = Checked.sum(dataOffset, table.dataByteCount), end <= cursor.byteCount {
      return
    }
    for (tensor, field) in zip(table, offsetFields) where tensor.byteCount > 0 {
      let end = Checked.sum(dataOffset, tensor.offset).flatMap { Checked.sum($0, UInt64(tensor.byteCount)) }
      guard let end, end <= cursor.byteCount else {
        subject = .tensor(tensor.name)
        return try settle(
          .bounds, at: field, found: "a file of \(cursor.byteCount.counted("byte"))",
          expected: end.map { "data up to byte \($0)" } ?? "data within it")
      }
    }
  }
}
