import IngotEncodings

/// A header as it is put together, tensor by tensor: the tensors need not be held by whoever makes it.
package struct HeaderDraft {
  private var table: TensorTable
  private let limits: ParseLimits

  /// Starts a header.
  ///
  /// - Parameters:
  ///   - metadata: Any metadata with the alignment of that which the header will get.
  ///   - expectedCount: How many tensors will come.
  ///   - limits: What the reader of the file will accept.
  /// - Throws: `ALIGN`.
  package init(
    for metadata: Metadata, expectedCount: Int, limits: ParseLimits = .default
  ) throws(ContainerError) {
    table = TensorTable(alignment: try metadata.alignment(limits: limits), expectedCount: expectedCount)
    self.limits = limits
  }

  /// Whether a tensor of this name has been added.
  package func contains(_ name: String) -> Bool { table.index(of: name) != nil }

  /// Adds a tensor by the writer's rules, which are stricter than the reader's for names.
  ///
  /// - Throws: `NAME`, `DUPLICATE`, `DIMS`, `BLOCK`, `OVERFLOW`, `LIMIT`, all without an offset.
  package mutating func append(
    _ tensor: (name: String, dimensions: [Int], encoding: Encoding)
  ) throws(ContainerError) {
    let subject = ContainerError.Subject.tensor(tensor.name)
    let longest = min(ContainerFormat.maximumWrittenNameByteCount, limits.nameByteCount)
    guard table.count < limits.effectiveTensorCount else {
      throw ContainerError(
        .countLimit, found: "more tensors", expected: "at most \(limits.effectiveTensorCount)")
    }
    guard (1...longest).contains(tensor.name.utf8.count),
      tensor.name.firstFault(NameRules.firstFault(inTensorName:)) == nil
    else {
      throw ContainerError(
        .writtenName, subject, found: "a name of \(tensor.name.utf8.count.counted("byte"))",
        expected: "1 to \(longest) bytes without NUL")
    }
    guard (1...ContainerFormat.maximumDimensionCount).contains(tensor.dimensions.count),
      tensor.dimensions.allSatisfy({ $0 >= 0 })
    else {
      throw ContainerError(
        .writtenDimensions, subject, found: "dimensions \(tensor.dimensions)",
        expected: "1 to \(ContainerFormat.maximumDimensionCount) dimensions, none negative")
    }
    let isNew: Bool
    do throws(TensorTable.Fault) {
      isNew = try table.append(name: tensor.name, dimensions: tensor.dimensions, encoding: tensor.encoding)
    } catch {
      throw ContainerError(error.rule, subject, found: error.found, expected: error.expected)
    }
    guard isNew else {
      throw ContainerError(
        .uniqueName, subject, found: "the name a second time", expected: "unique tensor names")
    }
  }

  /// The header of all tensors that were added.
  ///
  /// - Throws: `KEY`, `LIMIT`, `NESTING`, `ALIGN`, `OVERFLOW`, all without an offset.
  /// - Precondition: The metadata has the alignment that the draft was started with.
  package consuming func header(with metadata: Metadata) throws(ContainerError) -> ContainerHeader {
    let alignment = UInt64(try metadata.alignment(limits: limits))
    precondition(alignment == table.alignment, "another alignment than that of the tensors")
    try metadata.check(limits: limits)
    let headerByteCount =
      ContainerFormat.preambleByteCount + metadata.encodedByteCount + table.encodedByteCount()
    guard let dataOffset = Checked.roundUp(UInt64(headerByteCount), toMultipleOf: alignment),
      let end = Checked.sum(dataOffset, table.dataByteCount), end <= Int64.max
    else {
      throw ContainerError(
        .fileSize, found: "a larger file", expected: "a file size that fits 63 bits")
    }
    return ContainerHeader(
      version: ContainerFormat.version, metadata: metadata, table: table,
      headerByteCount: UInt64(headerByteCount), dataOffset: dataOffset)
  }
}

extension Metadata {
  /// The same metadata, stating an alignment: not where it is that of a file that states none.
  package func aligned(to alignment: Int?) -> Metadata {
    guard let alignment,
      alignment != ContainerFormat.defaultAlignment || contains(ContainerFormat.alignmentKey)
    else { return self }
    var metadata = self
    metadata[ContainerFormat.alignmentKey] = .uint32(UInt32(clamping: alignment))
    return metadata
  }
}
