import Testing

@testable import IngotContainer

/// Bytes of a file, put together field by field, with any of them wrong.
///
/// The parts return `self`, so that a test reads as the file does. `mark` notes an offset for an expectation.
struct HostileFile {
  private(set) var bytes: [UInt8] = []

  /// Magic, version and counts.
  init(tensors: UInt64 = 0, keys: UInt64 = 0, version: UInt32 = 3) {
    bytes = Array("GGUF".utf8)
    bytes.append(littleEndian: version)
    bytes.append(littleEndian: tensors)
    bytes.append(littleEndian: keys)
  }

  /// Nothing yet, or any bytes.
  init(raw: [UInt8]) { bytes = raw }

  /// Where the next field starts.
  var end: UInt64 { UInt64(bytes.count) }

  func number(_ value: some FixedWidthInteger) -> Self { adding { $0.append(littleEndian: value) } }
  func raw(_ more: [UInt8]) -> Self { adding { $0 += more } }
  func zeros(_ count: Int) -> Self { raw([UInt8](repeating: 0, count: count)) }
  func text(_ text: String) -> Self { adding { $0.append(sized: text) } }
  func text(bytes: [UInt8]) -> Self { number(UInt64(bytes.count)).raw(bytes) }

  /// A key and the type of the value that follows.
  func key(_ name: String, _ type: MetadataType) -> Self { text(name).number(type.rawValue) }
  /// A key and a value.
  func entry(_ name: String, _ value: MetadataValue) -> Self {
    key(name, value.type).adding { value.encode(into: &$0) }
  }
  /// The element type and count of an array.
  func arrayHead(_ type: MetadataType, count: UInt64) -> Self { number(type.rawValue).number(count) }

  /// A tensor entry.
  func tensor(_ name: String, _ dimensions: [UInt64], _ encoding: UInt32 = 0, at offset: UInt64 = 0) -> Self {
    dimensions.reduce(text(name).number(UInt32(dimensions.count))) { $0.number($1) }
      .number(encoding).number(offset)
  }

  /// Zeros up to a multiple of `alignment`.
  func padded(to alignment: Int = 32) -> Self { zeros((alignment - bytes.count % alignment) % alignment) }

  /// Reads the bytes from memory and by positional reads, which must agree.
  func header(limits: ParseLimits = .default) throws -> ContainerHeader {
    let whole = Result { try ContainerHeader(parsing: bytes.span.bytes, limits: limits) }
    let windowed = Result {
      try ContainerHeader(byteCount: UInt64(bytes.count), limits: limits) { offset, buffer in
        buffer.copyBytes(from: bytes[Int(offset)..<Int(offset) + buffer.count])
      }
    }
    switch (whole, windowed) {
    case (.success(let left), .success(let right)): #expect(left == right)
    case (.failure(let left as ContainerError), .failure(let right as ContainerError)): #expect(left == right)
    default: Issue.record("from memory \(whole), by reads \(windowed)")
    }
    return try whole.get()
  }

  private func adding(_ change: (inout [UInt8]) -> Void) -> Self {
    var copy = self
    change(&copy.bytes)
    return copy
  }
}

/// Expects that `file` is refused with `code` at `offset`.
func expectRefusal(
  _ file: HostileFile, _ code: ContainerError.Code, at offset: UInt64,
  _ subject: ContainerError.Subject? = nil, limits: ParseLimits = .default,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let error = #expect(throws: ContainerError.self, sourceLocation: sourceLocation) {
    try file.header(limits: limits)
  }
  #expect(error?.code == code, "\(error as Any)", sourceLocation: sourceLocation)
  #expect(error?.offset == offset, "\(error as Any)", sourceLocation: sourceLocation)
  if let subject { #expect(error?.subject == subject, sourceLocation: sourceLocation) }
}
