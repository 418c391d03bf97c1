import SystemPackage

/// A tensor of a safetensors file that a test writes.
package struct SourceTensor {
  package let name: String
  package let type: String
  package let shape: [Int]
  package let bytes: [UInt8]

  /// Makes a tensor of bytes in a type that safetensors names.
  package init(_ name: String, _ type: String, _ shape: [Int], _ bytes: [UInt8]) {
    (self.name, self.type, self.shape, self.bytes) = (name, type, shape, bytes)
  }

  /// Makes a tensor of single-precision numbers.
  package init(_ name: String, _ shape: [Int], _ values: [Float]) {
    self.init(
      name, "F32", shape, values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
  }
}

extension TemporaryFolder {
  /// Writes a safetensors file.
  @discardableResult
  package func safetensors(_ tensors: [SourceTensor], name: String = "model.safetensors") throws -> FilePath {
    var offset = 0
    let entries = tensors.map { tensor in
      defer { offset += tensor.bytes.count }
      return "\"\(tensor.name)\":{\"dtype\":\"\(tensor.type)\",\"shape\":\(tensor.shape),"
        + "\"data_offsets\":[\(offset),\(offset + tensor.bytes.count)]}"
    }
    let header = Array("{\(entries.joined(separator: ","))}".utf8)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init)
    return try write(length + header + tensors.flatMap(\.bytes), to: name)
  }
}
