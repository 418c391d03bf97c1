import IngotEncodings

extension ModelTensor {
  /// The dot product of a row with a vector, straight from the stored blocks.
  ///
  /// `Encoding.dot(_:with:)` says how it is computed and how exact it is. Only this row is touched, and no lock is taken. When the file
  /// is mapped, nothing is allocated; with positional access, the row passes through a buffer.
  ///
  /// - Parameters:
  ///   - row: A row, of 0 to ``rowCount`` - 1.
  ///   - vector: ``rowLength`` values.
  /// - Throws: `ROWS` if the tensor has no such row, `NO_DECODER`, `SHRUNK` if the file was cut, or what else the system reports.
  /// - Precondition: `vector.count` is ``rowLength``.
  /// - Complexity: O(*n*) in the number of values, and one system call to see that the file is still whole.
  ///
  /// Specification: clause E41.
  public func dot(row: Int, with vector: QuantizedVector) throws(ModelError) -> Float {
    // No row is `Int.max`, whose successor would overflow.
    let rows = row == .max ? row..<row : row..<row + 1
    guard row != .max else { throw error(.rows(rows, count: rowCount)) }
    precondition(vector.count == rowLength, "the vector and the row differ in length")
    var product: Float = 0
    let elements = try elements(ofRows: rows)
    try forBlocks(of: elements, unit: max(1, rowLength)) { blocks, _ throws(EncodingError) in
      product = try encoding.dot(blocks, with: vector)
    }
    return product
  }

  /// The dot product of a row with the values of a vector, which is rounded to codes first.
  ///
  /// For several rows, make a `QuantizedVector` once, and use it for all.
  ///
  /// - Throws: What `dot(row:with:)` throws.
  /// - Precondition: `values.count` is ``rowLength``.
  public func dot(row: Int, with values: Span<Float>) throws(ModelError) -> Float {
    try dot(row: row, with: QuantizedVector(values))
  }

  /// The product of rows, as a matrix, with a vector: the dot product of each row.
  ///
  /// Rows are independent: to use several cores, give each some rows. Otherwise as `dot(row:with:)`.
  ///
  /// - Parameters:
  ///   - vector: ``rowLength`` values.
  ///   - rows: The rows, of 0 to ``rowCount``; all if left out.
  ///   - products: Receives a product for each row.
  /// - Throws: What `dot(row:with:)` throws.
  /// - Precondition: `vector.count` is ``rowLength``, and `products.count` the number of rows.
  /// - Complexity: O(*n*) in the number of values.
  public func multiply(
    _ vector: QuantizedVector, rows: Range<Int>? = nil, into products: inout MutableSpan<Float>
  ) throws(ModelError) {
    let rows = rows ?? 0..<rowCount
    let elements = try elements(ofRows: rows)
    precondition(vector.count == rowLength, "the vector and the rows differ in length")
    precondition(products.count == rows.count, "the buffer has another size than the products")
    guard rowLength > 0 else {
      for index in products.indices { products[index] = 0 }
      return
    }
    try products.withUnsafeMutableBufferPointer { products throws(ModelError) in
      try forBlocks(of: elements, unit: rowLength) { blocks, range throws(EncodingError) in
        let rows = range.lowerBound / rowLength..<range.upperBound / rowLength
        var part = UnsafeMutableBufferPointer(rebasing: products[rows]).mutableSpan
        try encoding.multiply(blocks, by: vector, into: &part)
      }
    }
  }
}
