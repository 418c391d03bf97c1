import CVectors

/// What the bytes of one encoding mean.
///
/// Conforming types are namespaces, one file each, named as the encoding is. Any bytes decode: every bit pattern has a
/// value.
protocol BlockDecoder {
  /// Decodes `count` blocks.
  static func decode(_ blocks: UnsafeRawPointer, count: Int, into values: UnsafeMutablePointer<Float>)

  /// The product of blocks with a vector's codes, in C, where the blocks are multiplied as they are (clause E41.2).
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot?
}

extension BlockDecoder {
  static func product(_ set: UnsafePointer<ingot_dots>) -> ingot_dot? { nil }
}

/// An encoding that is written too.
///
/// A codec may refuse to encode.
protocol BlockCodec: BlockDecoder {
  /// Encodes `count` blocks, or returns the position of the first block that the encoding cannot hold.
  static func encode(_ values: UnsafePointer<Float>, count: Int, into blocks: UnsafeMutableRawPointer) -> Int?
}

/// A codec whose block is one stored number.
protocol ElementCodec: BlockCodec {
  associatedtype Stored: BitwiseCopyable

  /// The Float32 nearest to a stored number.
  static func value(_ stored: Stored) -> Float

  /// The stored number for a value; of one that is refused, any number.
  static func stored(_ value: Float) -> Stored

  /// Whether the encoding cannot hold a value.
  static func refuses(_ value: Float) -> Bool
}

extension ElementCodec {
  static func decode(_ blocks: UnsafeRawPointer, count: Int, into values: UnsafeMutablePointer<Float>) {
    for index in 0..<count {
      let offset = index &* MemoryLayout<Stored>.stride
      values[index] = value(blocks.loadUnaligned(fromByteOffset: offset, as: Stored.self))
    }
  }

  static func encode(
    _ values: UnsafePointer<Float>, count: Int, into blocks: UnsafeMutableRawPointer
  ) -> Int? {
    var refusals: UInt32 = 0
    for index in 0..<count {
      let value = values[index]
      blocks.storeBytes(
        of: stored(value), toByteOffset: index &* MemoryLayout<Stored>.stride, as: Stored.self)
      refusals |= select(refuses(value), 1, 0)
    }
    return refusals == 0 ? nil : (0..<count).first { refuses(values[$0]) }
  }
}

/// A decoder of blocks of codes that share scales; it gives the formula of one block.
protocol QuantizedDecoder: BlockDecoder {
  static var elementsPerBlock: Int { get }
  static var bytesPerBlock: Int { get }

  /// Decodes one block.
  static func decode(_ block: UnsafeRawPointer, into values: UnsafeMutablePointer<Float>)
}

/// A codec of blocks of codes that share scales; it gives the reference encoder of one block.
protocol QuantizedCodec: QuantizedDecoder, BlockCodec {
  /// Encodes one block, or returns `false` if its values are not finite or the scale overflows.
  static func encode(_ values: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) -> Bool
}

extension QuantizedDecoder {
  static func decode(_ blocks: UnsafeRawPointer, count: Int, into values: UnsafeMutablePointer<Float>) {
    for block in 0..<count {
      decode(blocks + block &* bytesPerBlock, into: values + block &* elementsPerBlock)
    }
  }
}

extension QuantizedCodec {
  static func encode(
    _ values: UnsafePointer<Float>, count: Int, into blocks: UnsafeMutableRawPointer
  ) -> Int? {
    for block in 0..<count {
      let accepted = encode(values + block &* elementsPerBlock, into: blocks + block &* bytesPerBlock)
      if !accepted { return block }
    }
    return nil
  }
}
