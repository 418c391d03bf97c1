extension Encoding {
  /// What the values of an encoding are.
  public enum Kind: Sendable, Hashable {
    /// A floating-point number a value; carries NaN and infinity.
    case float
    /// A signed integer a value.
    case integer
    /// Blocks of codes that share scales.
    case quantized
  }

  /// The id that stands in a file's tensor table: the raw value.
  public var id: UInt32 { rawValue }

  /// The name that people and other tools use, such as `Q4_0`, `F32` or `IQ2_XXS`.
  public var name: String { layout.name }

  /// The encoding of that name, in upper or lower case, or `nil` if there is none.
  public init?(name: String) {
    func folded(_ byte: UInt8) -> UInt8 {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte & ~0x20 : byte
    }
    // Bytes, since Unicode's case mapping takes other letters for ours (the kelvin sign for a k).
    let match = Self.allCases.first { $0.name.utf8.elementsEqual(name.utf8.lazy.map(folded)) }
    guard let match else { return nil }
    self = match
  }

  /// How many values a block holds; 1 if every value stands alone.
  ///
  /// A row of a tensor is whole blocks.
  public var elementsPerBlock: Int { layout.elementsPerBlock }

  /// How many bytes a block takes.
  public var bytesPerBlock: Int { layout.bytesPerBlock }

  /// The bits that a value takes, its share of scales included.
  public var bitsPerWeight: Double { Double(8 * bytesPerBlock) / Double(elementsPerBlock) }

  /// What the values are.
  public var kind: Kind { layout.kind }

  /// Whether this release decodes the encoding.
  public var canDecode: Bool { layout.decoder != nil }

  /// Whether this release encodes to the encoding.
  public var canEncode: Bool { layout.codec != nil }

  /// The bytes that so many values take, or `nil` if they are not whole blocks, negative, or too many to count.
  public func byteCount(elements: Int) -> Int? {
    let layout = layout
    guard elements >= 0, elements.isMultiple(of: layout.elementsPerBlock) else { return nil }
    return Checked.product(elements / layout.elementsPerBlock, layout.bytesPerBlock)
  }
}

extension Encoding: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}
