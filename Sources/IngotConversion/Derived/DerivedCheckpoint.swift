import IngotCheckpoints
import IngotContainer
import IngotEncodings
import IngotFiles

/// A checkpoint seen as its family sees it: tensors that are made of those of another one as they are read.
///
/// Its tensors are called by the names of their sources; ``outputName(of:)`` gives those in the output.
public struct DerivedCheckpoint: Checkpoint {
  private let source: any Checkpoint
  let derived: DerivedTensors
  /// The names that tensors had before they were named as in the output.
  private var sourceNames: [ExactName: String] = [:]
  private let tiles = TileCache(.transposed)

  /// The tensors in the order of the output.
  public let tensors: CheckpointTensors
  /// The format of the source.
  public var format: CheckpointFormat { source.format }
  /// The name of the source.
  public var name: String { source.name }
  /// Nothing: what the output says of itself is made by the family.
  public var metadata: Metadata { Metadata() }
  /// The warnings of the source.
  public var warnings: [CheckpointWarning] { source.warnings }
  /// The files of the source.
  public var sourceFiles: [RegularFile] { source.sourceFiles }

  /// Tiles are kept where tensors are transposed, besides what the source keeps.
  public var keptByteCount: Int {
    let isTransposing = derived.contains { if case .transposed = $0.origin { true } else { false } }
    return source.keptByteCount + (isTransposing ? TileCache.byteCount : 0)
  }

  /// Takes tensors that were derived from `source`.
  ///
  /// - Throws: ``ConversionError`` where a tensor cannot be stored, or two have one name.
  init(_ derived: some Sequence<DerivedTensor>, from source: any Checkpoint) throws(ConversionError) {
    try self.init(DerivedTensors(derived, of: source.tensors), from: source)
  }

  /// Takes tensors that were derived from those of `source`.
  ///
  /// - Throws: As for a list of them.
  init(_ derived: DerivedTensors, from source: any Checkpoint) throws(ConversionError) {
    self.source = source
    self.derived = derived
    var names = NameTable()
    names.reserveCapacity(derived.count)
    var tensors = CheckpointTensors()
    tensors.reserveCapacity(derived.count)
    for tensor in derived {
      guard let elements = Checked.product(of: tensor.shape), tensor.type.byteCount(elements: elements) != nil
      else {
        throw ConversionError(.layout, tensor: tensor.label, "\(tensor.label.quoted) is too large")
      }
      guard !tensors.contains(tensor.label) else {
        throw ConversionError(
          .layout, tensor: tensor.label, "two tensors of the output are made of \(tensor.label.quoted) alike")
      }
      if let other = names.index(of: tensor.name) {
        throw ConversionError(
          .layout, tensor: tensor.label,
          "\(tensors[other].name.quoted) and \(tensor.label.quoted) would both become \(tensor.name.quoted)")
      }
      names.append(tensor.name)
      _ = tensors.append(
        CheckpointTensor(
          name: tensor.label, shape: tensor.shape, type: tensor.type,
          location: tensor.sources.first?.location ?? .init(file: 0, offset: 0)))
    }
    self.tensors = tensors
  }

  /// The tensor of this name, compared byte by byte, or `nil` if there is none.
  public func tensor(named name: String) -> CheckpointTensor? { tensors[name] }

  /// What is done to a tensor of this name: by the source to what it is made of, then by the family.
  public func change(of name: String) -> String? {
    guard let derived = derivation(of: name) else { return nil }
    let changes = [derived.sources.first.flatMap { source.change(of: $0.name) }, derived.change]
    let words = changes.compactMap(\.self).joined(separator: ", ")
    return words.isEmpty ? nil : words
  }

  /// How a tensor of this checkpoint was derived.
  func derivation(of name: String) -> DerivedTensor? { tensors.index(of: name).map { derived[$0] } }

  /// The name in the output of a tensor of this checkpoint; `nil` where there is no such tensor.
  public func outputName(of name: String) -> String? { tensors.index(of: name).map(derived.name(at:)) }

  /// The same tensors under their names in the output.
  ///
  /// - Complexity: O(*n*) in the number of tensors.
  func namedAsOutput() throws(ConversionError) -> DerivedCheckpoint {
    let renamed = derived.lazy.map {
      DerivedTensor(
        label: $0.name, name: $0.name, shape: $0.shape, type: $0.type, origin: $0.origin, change: $0.change)
    }
    var checkpoint = try DerivedCheckpoint(renamed, from: source)
    for tensor in derived { checkpoint.sourceNames[ExactName(tensor.label)] = tensor.name }
    return checkpoint
  }

  /// The name here of a tensor that may be called by its name in the checkpoint.
  func resolved(_ name: String) -> String { sourceNames[ExactName(name)] ?? name }

  /// Fills `buffer` with a range of a tensor's bytes, as the type that the tensor states stores them.
  ///
  /// - Parameters:
  ///   - tensor: A tensor of this checkpoint.
  ///   - range: Which of its bytes.
  ///   - buffer: Receives them; as long as the range.
  /// - Throws: What the source throws.
  /// - Precondition: `range` is within `0..<tensor.byteCount`, and `buffer` is as long.
  /// - Complexity: O(*n*) in the length of the range; of ternary codes that are made here, the first call reads the whole tensor.
  public func read(
    _ tensor: CheckpointTensor, bytes range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
  ) throws {
    precondition(range.lowerBound >= 0 && range.upperBound <= tensor.byteCount, "not within the tensor")
    precondition(buffer.count == range.count, "the buffer and the range differ in length")
    guard !range.isEmpty, let derived = derivation(of: tensor.name) else { return }
    switch derived.origin {
    case .rows(let sources, .all) where sources.count == 1:
      try source.read(sources[0], bytes: range, into: buffer)
    case .values(let values):
      values.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[range])) }
    case .sum(let tensor, let number):
      try FloatReader(source, tensor).read(range, into: buffer) { $0 + number }
    case .ternary(let tensor, let mean):
      let reader = FloatReader(source, tensor)
      let scale = try mean.value(reader)
      try reader.read(range, into: buffer) { scale.nearest($0) }
    case .rows(let sources, let order):
      try readRows(derived, range, into: buffer) { rows, bytes in
        try self.gather(sources, order, rows, into: bytes)
      }
    case .stacked(let sources):
      try readRows(derived, range, into: buffer) { rows, bytes in
        try self.gather(sources, .all, rows, into: bytes)
      }
    case .elements(let sources, let order):
      try readRows(derived, range, into: buffer) { rows, bytes in
        try self.gather(sources, order, rows, into: bytes)
      }
    case .transposed(let sources, let order):
      try readRows(derived, range, into: buffer) { rows, bytes in
        try self.gatherColumns(sources, order, rows, into: bytes)
      }
    case .padded(let tensor, let rows):
      let zeros = rows * (tensor.byteCount / max(tensor.shape[0], 1))
      let count = max(0, min(zeros, range.upperBound) - range.lowerBound)
      UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
        .initializeMemory(as: UInt8.self, repeating: 0)
      try source.read(
        tensor, bytes: max(0, range.lowerBound - zeros)..<max(0, range.upperBound - zeros),
        into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
    case .mxfp4(let codes, let scales, let order):
      try readRows(derived, range, into: buffer) { rows, bytes in
        try self.gatherBlocks(codes, scales, order, rows, into: bytes)
      }
    }
  }

  /// Reads the rows that a range of bytes belongs to, and keeps the range.
  private func readRows(
    _ tensor: DerivedTensor, _ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer,
    _ body: (Range<Int>, UnsafeMutableRawBufferPointer) throws -> Void
  ) throws {
    let length = tensor.type.byteCount(elements: tensor.rowLength) ?? 0
    let rows = range.lowerBound / length..<(range.upperBound + length - 1) / length
    if rows.lowerBound * length == range.lowerBound, rows.upperBound * length == range.upperBound {
      return try body(rows, buffer)
    }
    try Self.withScratch(rows.count * length) { whole in
      try body(rows, whole)
      let start = range.lowerBound - rows.lowerBound * length
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: whole[start..<start + range.count]))
    }
  }
}

extension DerivedCheckpoint {
  private static func withScratch<Result>(
    _ byteCount: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    // Aligned further, glibc would not use the same place for the next one, and the heap would grow.
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
    defer { scratch.deallocate() }
    return try body(scratch)
  }

  /// Puts rows of the sources where an order wants them.
  private func gather<Sources: RandomAccessCollection<CheckpointTensor>>(
    _ sources: Sources, _ order: RowOrder, _ rows: Range<Int>, into bytes: UnsafeMutableRawBufferPointer
  ) throws where Sources.Index == Int {
    let length = bytes.count / rows.count
    for run in order.runs(rows, rowsPerSource: sources[0].byteCount / length) {
      let tensor = sources[run.source]
      let first = run.first * length
      if run.stride == 1, run.targetStride == 1 || run.count == 1 {
        let start = run.target * length
        try source.read(
          tensor, bytes: first..<first + run.count * length,
          into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + run.count * length]))
        continue
      }
      try Self.withScratch(((run.count - 1) * run.stride + 1) * length) { scratch in
        try source.read(tensor, bytes: first..<first + scratch.count, into: scratch)
        for row in 0..<run.count {
          let from = row * run.stride * length
          let to = (run.target + row * run.targetStride) * length
          UnsafeMutableRawBufferPointer(rebasing: bytes[to..<to + length])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: scratch[from..<from + length]))
        }
      }
    }
  }

  /// Puts columns of a matrix, or of several that lie one after the other, into rows; of several sources, one value of
  /// each in turn.
  private func gatherColumns(
    _ tensors: [CheckpointTensor], _ order: RowOrder, _ rows: Range<Int>,
    into bytes: UnsafeMutableRawBufferPointer
  ) throws {
    let first = tensors[0]
    let size = first.byteCount / first.elementCount
    let (height, width) = (first.shape[first.shape.count - 2], first.shape[first.shape.count - 1])
    // Of a row of the result: the matrix, and the column in it.
    for run in order.runs(rows, rowsPerSource: width) {
      let (matrix, column) = (run.source * width + run.first).quotientAndRemainder(dividingBy: width)
      for (place, tensor) in tensors.enumerated() {
        let start = matrix * height * width * size
        try tiles.transpose(
          TransposedColumns(
            elementByteCount: size, first: column, stride: run.stride, count: run.count, rows: 0..<height,
            target: run.target * height * tensors.count + place, rowStep: tensors.count,
            columnStep: run.targetStride * height * tensors.count),
          of: ByteMatrix(name: tensor.name, start: start, rowCount: height, rowByteCount: width * size),
          into: bytes
        ) { offset, buffer in
          let first = start + offset
          try source.read(tensor, bytes: first..<first + buffer.count, into: buffer)
        }
      }
    }
  }

  /// Makes blocks of MXFP4: the scale, then sixteen bytes of which byte *k* has the codes *k* and *k* + 16.
  ///
  /// The source has the codes 2*k* and 2*k* + 1 in byte *k*. Specification: `spec/encodings.md`, clause E27.
  private func gatherBlocks(
    _ codes: CheckpointTensor, _ scales: CheckpointTensor, _ order: RowOrder, _ rows: Range<Int>,
    into bytes: UnsafeMutableRawBufferPointer
  ) throws {
    let blocks = bytes.count / rows.count / 17
    try Self.withScratch(rows.count * blocks * 17) { scratch in
      let codeBytes = UnsafeMutableRawBufferPointer(rebasing: scratch[..<(rows.count * blocks * 16)])
      let scaleBytes = UnsafeMutableRawBufferPointer(rebasing: scratch[codeBytes.count...])
      try gather([codes], order, rows, into: codeBytes)
      try gather([scales], order, rows, into: scaleBytes)
      for block in 0..<rows.count * blocks {
        bytes[block * 17] = scaleBytes[block]
        for byte in 0..<8 {
          let (low, high) = (codeBytes[block * 16 + byte], codeBytes[block * 16 + 8 + byte])
          bytes[block * 17 + 1 + 2 * byte] = low & 0x0F | high << 4
          bytes[block * 17 + 2 + 2 * byte] = low >> 4 | high & 0xF0
        }
      }
    }
  }
}
