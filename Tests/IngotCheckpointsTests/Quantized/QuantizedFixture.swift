import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// A checkpoint of a folder of `testdata/quantized` with some tensors and texts changed.
struct QuantizedFixture {
  let folder: TemporaryFolder
  private(set) var tensors: [SourceTensor] = []

  /// Copies a folder.
  init(_ name: String) throws {
    folder = try TemporaryFolder()
    let source = TestData.path("quantized/\(name)")
    for file in ["config.json", "quantize_config.json"] {
      if let bytes = try? TestData.bytes(at: source.appending(file)) { try folder.write(bytes, to: file) }
    }
    let stored = try TestData.bytes(at: source.appending("model.safetensors"))
    let copy = try TemporaryFolder()
    let checkpoint = try SafeTensorsCheckpoint(opening: copy.write(stored, to: "model.safetensors"))
    tensors = try checkpoint.tensors.map {
      SourceTensor($0.name, $0.type.name, $0.shape, try checkpoint.bytes(of: $0))
    }
  }

  /// Takes a tensor away.
  mutating func remove(_ name: String) { tensors.removeAll { $0.name == name } }

  /// Gives a tensor another type, shape or bytes; where the number of bytes changes they are zeros.
  mutating func change(_ name: String, type: String? = nil, shape: [Int]? = nil, bytes: [UInt8]? = nil) throws
  {
    let place = try #require(tensors.firstIndex { $0.name == name })
    let old = tensors[place]
    let (type, shape) = (type ?? old.type, shape ?? old.shape)
    let size = try #require(
      ElementType(name: type)?.byteCount(elements: shape.reduce(1, *)), "bytes of \(type) \(shape)")
    let kept = old.bytes.count == size ? old.bytes : [UInt8](repeating: 0, count: size)
    tensors[place] = SourceTensor(name, type, shape, bytes ?? kept)
  }

  /// Adds a tensor.
  mutating func add(_ tensor: SourceTensor) { tensors.append(tensor) }

  /// Changes the first place of a text in the note.
  func changeNote(_ text: String, to other: String, file: String = "config.json") throws {
    let note = String(decoding: try folder.bytes(of: file), as: UTF8.self)
    let range = try #require(note.firstRange(of: text))
    try folder.write(note.replacingCharacters(in: range, with: other), to: file)
  }

  /// Writes the tensors, and gives the path and where the data of each begins.
  func write() throws -> (path: FilePath, starts: [String: UInt64]) {
    let path = try folder.safetensors(tensors)
    var offset =
      UInt64(try folder.bytes(of: "model.safetensors").count)
      - tensors.reduce(0) { $0 + UInt64($1.bytes.count) }
    var starts: [String: UInt64] = [:]
    for tensor in tensors {
      starts[tensor.name] = offset
      offset += UInt64(tensor.bytes.count)
    }
    return (path, starts)
  }

  /// Opens the checkpoint and reads all values.
  static func readAll(_ path: FilePath) throws {
    let checkpoint = try Checkpoints.open(path)
    for tensor in checkpoint.tensors where tensor.byteCount < 1 << 20 { _ = try checkpoint.bytes(of: tensor) }
  }
}

extension String {
  fileprivate func replacingCharacters(in range: Range<String.Index>, with other: String) -> [UInt8] {
    Array((self[..<range.lowerBound] + other + self[range.upperBound...]).utf8)
  }
}
