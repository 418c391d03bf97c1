import Foundation
import IngotContainer
import IngotEncodings

/// A model that the reference converter has written, without its weights: `testdata/architectures/models.json`.
package struct ReferenceModel: Sendable {
  /// A tensor of the model.
  package struct Tensor: Sendable {
    package var name: String
    package var dimensions: [Int]
    package var encoding: Encoding
  }

  /// The name of the model's folder.
  package let name: String
  /// The metadata; arrays have made-up elements, as many as there were.
  package var metadata: Metadata
  /// The tensors in the order of the file.
  package var tensors: [Tensor]

  /// All models of the file.
  package static func all() throws -> [ReferenceModel] {
    let data = Data(try TestData.bytes("architectures/models.json"))
    return try JSONDecoder().decode([Stored].self, from: data).map(\.model)
  }
}

private struct Stored: Decodable {
  struct Key: Decodable {
    var key: String
    var type: String?
    var array: String?
    var value: String
  }

  struct Tensor: Decodable {
    var name: String
    var encoding: String
    var shape: [Int]
  }

  var name: String
  var metadata: [Key]
  var tensors: [Tensor]

  var model: ReferenceModel {
    var metadata = Metadata()
    for key in self.metadata { metadata[key.key] = key.metadataValue }
    return ReferenceModel(
      name: name, metadata: metadata,
      tensors: tensors.map {
        .init(name: $0.name, dimensions: $0.shape, encoding: Encoding(name: $0.encoding) ?? .f32)
      })
  }
}

extension Stored.Key {
  var metadataValue: MetadataValue? {
    let count = Int(value) ?? 0
    return switch (type ?? array, array != nil) {
    case ("STRING", false): .string(value)
    case ("UINT32", false): UInt32(value).map(MetadataValue.uint32)
    case ("FLOAT32", false): Float(value).map(MetadataValue.float32)
    case ("BOOL", false): .bool(value == "True")
    case ("STRING", true):
      .array(MetadataArray((0..<count).map { key.hasSuffix("merges") ? "a b\($0)" : "t\($0)" }))
    case ("FLOAT32", true): .array(MetadataArray((0..<count).map { Float(-$0) }))
    case ("INT32", true): .array(MetadataArray(repeatElement(Int32(1), count: count)))
    default: nil
    }
  }
}
