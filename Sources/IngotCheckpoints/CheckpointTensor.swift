import IngotEncodings

/// A named tensor of a checkpoint: what it is, and where its bytes are.
public struct CheckpointTensor: Sendable {
  /// Where the bytes of a tensor begin.
  public struct Location: Sendable, Hashable {
    /// The index of the file among the checkpoint's source files.
    public var file: Int
    /// The offset in that file.
    public var offset: UInt64

    package init(file: Int, offset: UInt64) {
      self.file = file
      self.offset = offset
    }
  }

  /// The name.
  ///
  /// Two names are the same only if their UTF-8 bytes are.
  public let name: String
  /// The dimensions, slowest first (row-major), as checkpoints state them; empty for a scalar.
  public let shape: [Int]
  /// What an element is.
  ///
  /// Of ``ElementType/ternary(scale:)`` the bytes are read in the order of the values, four codes a byte, however the file
  /// has them.
  public let type: ElementType
  /// The number of elements: the product of the dimensions.
  public let elementCount: Int
  /// The number of bytes that the elements take, one after the other.
  public let byteCount: Int
  /// Where they begin; of a member of an archive that is deflated, where that begins.
  public internal(set) var location: Location
  /// How the elements lie in a storage, for formats that have such; `nil` where they follow each other, little-endian.
  public internal(set) var view: TensorView?

  /// Makes the description of a tensor; the counts follow from the shape and the type.
  ///
  /// - Precondition: The elements and their bytes can be counted, as those of a checkpoint that was opened can.
  package init(name: String, shape: [Int], type: ElementType, location: Location) {
    guard let elementCount = Checked.product(of: shape),
      let byteCount = type.byteCount(elements: elementCount)
    else { preconditionFailure("more elements than can be counted") }
    self.init(
      name: name, shape: shape, type: type, elementCount: elementCount, byteCount: byteCount,
      location: location)
  }

  init(
    name: String, shape: [Int], type: ElementType, elementCount: Int, byteCount: Int, location: Location,
    view: TensorView? = nil
  ) {
    self.name = name
    self.shape = shape
    self.type = type
    self.elementCount = elementCount
    self.byteCount = byteCount
    self.location = location
    self.view = view
  }
}
