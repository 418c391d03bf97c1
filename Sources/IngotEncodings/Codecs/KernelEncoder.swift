import CVectors

/// A codec whose reference encoder's loop over blocks is written in C too, for the vectors that the processor has.
///
/// The encoder of one block, in Swift, is the reference: each set of kernels gives the same bytes, and refuses the same blocks.
protocol KernelEncoder: QuantizedCodec {
  /// The loop over blocks, in C.
  static func encoder(_ set: UnsafePointer<ingot_encoders>) -> ingot_encoder
}

extension KernelEncoder {
  static func encode(
    _ values: UnsafePointer<Float>, count: Int, into blocks: UnsafeMutableRawPointer
  ) -> Int? {
    let encoded = encoder(EncoderKernels.widest)(values, count, blocks)
    return encoded < count ? encoded : nil
  }
}

/// The encoders in C.
enum EncoderKernels {
  /// The set with the widest vectors that this processor has.
  // Safe to share: a constant of the program.
  nonisolated(unsafe) static let widest = ingot_widest_encoders()
}
