@testable import IngotContainer

/// Headers: memory and positional reads agree, and what is read is written and read again.
enum ContainerTarget: FuzzTarget {
  static let name = "container"

  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    ContainerMutator.mutated(bytes, limit: limit, using: &random)
  }

  static func run(_ bytes: UnsafeRawBufferPointer) {
    let result = agreed(on: bytes, limits: .default)
    let choice = bytes.fingerprint
    if choice.isMultiple(of: 32) { straddle(bytes, by: choice >> 8) }
    if choice % 4 == 1 { lowerLimits(of: bytes, by: choice >> 8, result) }
    switch result {
    case .failure(let error):
      claim(error.offset.map { $0 <= bytes.count } == true, "an error beyond the file: \(error)")
      claim(!"\(error)".utf8.contains(0), "NUL in a message")
    case .success(let header):
      checkLayout(header, fileByteCount: UInt64(bytes.count))
      writeAgain(header)
    }
  }

  /// What both ways of reading say.
  private static func agreed(
    on bytes: UnsafeRawBufferPointer, limits: ParseLimits
  ) -> Result<ContainerHeader, ContainerError> {
    let whole = Result { () throws(ContainerError) in
      try ContainerHeader(parsing: RawSpan(_unsafeBytes: bytes), limits: limits)
    }
    let windowed = Result {
      try ContainerHeader(byteCount: UInt64(bytes.count), limits: limits) { offset, buffer in
        claim(offset <= bytes.count && buffer.count <= bytes.count - Int(offset), "a read beyond the file")
        buffer.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<Int(offset) + buffer.count]))
      }
    }
    switch (whole, windowed) {
    case (.success(let left), .success(let right)): claim(left == right, "two headers of one file")
    case (.failure(let left), .failure(let right as ContainerError)):
      claim(left == right, "in memory \(left), by reads \(right)")
    default: claim(false, "in memory \(whole), by reads \(windowed)")
    }
    return whole
  }

  /// Puts an array of bytes before the first entry, so that the window of positional reads ends amid the others.
  private static func straddle(_ bytes: UnsafeRawBufferPointer, by choice: UInt64) {
    guard bytes.count > 24 else { return }
    let keyCount = bytes.littleEndian(UInt64.self, at: 16)
    let key = Array("straddle".utf8)
    let head = 24 + 8 + key.count + 4 + 12
    // The array lies in the first window; what is passed over beyond one starts another.
    let room = ByteCursor.windowByteCounts.lowerBound - head
    let shift = room + head - 24 - Int(choice % UInt64(min(bytes.count - 24, room)))
    var longer = Array(bytes[..<16])
    longer.append(littleEndian: keyCount &+ 1)
    longer.append(littleEndian: UInt64(key.count))
    longer += key
    longer.append(littleEndian: MetadataType.array.rawValue)
    longer.append(littleEndian: MetadataType.uint8.rawValue)
    longer.append(littleEndian: UInt64(shift - (head - 24)))
    longer += [UInt8](repeating: 0, count: shift - (head - 24))
    longer += bytes[24...]
    longer.withUnsafeBytes { _ = agreed(on: $0, limits: .default) }
  }

  /// Lower limits refuse, and change nothing of what they let pass.
  private static func lowerLimits(
    of bytes: UnsafeRawBufferPointer, by choice: UInt64, _ result: Result<ContainerHeader, ContainerError>
  ) {
    var limits = ParseLimits()
    let limit = Int(choice >> 4 & 0x3F)
    switch choice % 9 {
    case 0: limits.keyByteCount = limit
    case 1: limits.nameByteCount = limit
    case 2: limits.stringByteCount = limit
    case 3: limits.arrayCount = limit
    case 4: limits.arrayNesting = limit % 5
    case 5: limits.keyCount = limit
    case 6: limits.tensorCount = limit
    case 7: limits.metadataByteCount = limit * 8
    default: limits.alignment = limit
    }
    switch (agreed(on: bytes, limits: limits), result) {
    case (.success(let lowered), .success(let header)): claim(lowered == header, "limits change a header")
    case (.success, .failure(let error)): claim(false, "lower limits accept what others refuse: \(error)")
    case (.failure(let error), .success):
      claim([.limit, .nesting, .alignment].contains(error.code), "a lower limit gives \(error)")
    case (.failure, .failure): break
    }
  }

  /// Clauses C14 to C19.
  private static func checkLayout(_ header: ContainerHeader, fileByteCount: UInt64) {
    let alignment = UInt64(header.alignment)
    claim(header.dataOffset.isMultiple(of: alignment), "data that is not aligned")
    claim(header.headerByteCount <= header.dataOffset, "data within the header")
    var end: UInt64 = 0
    for (index, tensor) in header.tensors.enumerated() {
      claim(tensor.offset == end, "a tensor in the wrong place")
      claim(header.index(ofTensor: tensor.name) == index, "a tensor that is not found")
      claim(tensor.rowLength * tensor.rowCount == tensor.elementCount, "rows that are not the tensor")
      claim(tensor.encoding.byteCount(elements: tensor.elementCount) == tensor.byteCount, "a wrong size")
      let range = header.byteRange(of: tensor)
      claim(range.isEmpty || range.upperBound <= fileByteCount, "data beyond the file")
      end += header.paddedByteCount(of: tensor)
    }
    claim(header.dataByteCount == end, "a body that is not its tensors")
  }

  /// Clause C22.
  private static func writeAgain(_ header: ContainerHeader) {
    // Alignments up to 1 MiB would make this a test of how fast zeros are written.
    guard header.dataOffset < 1 << 14, header.dataByteCount < 1 << 14 else { return }
    let written = header.encoded()
    let file = written + [UInt8](repeating: 0, count: Int(header.dataByteCount))
    do {
      let again = try file.withUnsafeBytes { try ContainerHeader(parsing: RawSpan(_unsafeBytes: $0)) }
      claim(
        again.metadata == header.metadata && again.tensors == header.tensors, "another header is read back")
      claim(again.version == ContainerFormat.version && again.encoded() == written, "not canonical")
    } catch { claim(false, "what is written is refused: \(error)") }

    let writable = header.tensors.allSatisfy {
      !$0.dimensions.isEmpty && $0.name.utf8.count <= ContainerFormat.maximumWrittenNameByteCount
    }
    do throws(ContainerError) {
      let made = try ContainerHeader(
        metadata: header.metadata, tensors: header.tensors.map { ($0.name, $0.dimensions, $0.encoding) })
      claim(writable && made.encoded() == written, "the writer lays out another file")
    } catch { claim(!writable, "the writer refuses what is read: \(error)") }
  }
}
