import IngotContainer
import IngotEncodings

/// Bytes of importance matrices, right and wrong.
package enum ImportanceFile {
  /// What a GGUF file says besides its tensors, if it is sound.
  package static let metadata: Metadata = {
    var metadata = Metadata()
    metadata["general.type"] = "imatrix"
    metadata["imatrix.datasets"] = .array(MetadataArray(["calibration.txt"]))
    metadata["imatrix.chunk_count"] = .uint32(7)
    metadata["imatrix.chunk_size"] = .uint32(512)
    return metadata
  }()

  /// A tensor of single-precision numbers.
  package typealias Part = (name: String, dimensions: [Int], values: [Float])

  /// A GGUF file with these tensors.
  package static func gguf(_ parts: [Part], metadata: Metadata = metadata) throws -> [UInt8] {
    let header = try ContainerHeader(
      metadata: metadata, tensors: parts.map { ($0.name, $0.dimensions, Encoding.f32) })
    return header.encoded()
      + parts.flatMap { part in
        let bytes = Self.bytes(part.values)
        return bytes + [UInt8](repeating: 0, count: (32 - bytes.count % 32) % 32)
      }
  }

  /// The two tensors of an entry: sums for each expert one after the other, and the counts of the experts.
  package static func pair(_ name: String, sums: [Float], counts: [Float]) -> [Part] {
    [
      ("\(name).in_sum2", [sums.count / counts.count, counts.count], sums),
      ("\(name).counts", [1, counts.count], counts),
    ]
  }

  /// An entry of the older format.
  package static func entry(_ name: String, calls: Int32, _ values: [Float], count: Int32? = nil) -> [UInt8] {
    number(Int32(name.utf8.count)) + Array(name.utf8) + number(calls) + number(count ?? Int32(values.count))
      + bytes(values)
  }

  /// A file of the older format; the oldest have no end.
  package static func legacy(_ entries: [[UInt8]], end: [UInt8] = end(9, "text")) -> [UInt8] {
    number(Int32(entries.count)) + entries.joined() + end
  }

  /// What the older format has after its entries.
  package static func end(_ chunks: Int32, _ dataset: String) -> [UInt8] {
    number(chunks) + number(Int32(dataset.utf8.count)) + Array(dataset.utf8)
  }

  /// A number of 32 bits.
  package static func number(_ value: Int32) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian, Array.init)
  }

  /// Single-precision numbers.
  package static func bytes(_ values: [Float]) -> [UInt8] {
    values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
  }
}
