import CVectors

/// A decoder whose loop over blocks is written in C too, for the vectors that the processor has.
///
/// The decoder of one block, in Swift, is the reference: each set of kernels gives the same bits, but for the payload and sign of a
/// NaN that arithmetic makes.
protocol KernelDecoder: QuantizedDecoder {
  /// The loop over blocks, in C.
  static func kernel(_ set: UnsafePointer<ingot_decoders>) -> ingot_decoder
}

extension KernelDecoder {
  static func decode(_ blocks: UnsafeRawPointer, count: Int, into values: UnsafeMutablePointer<Float>) {
    kernel(DecoderKernels.widest)(blocks, count, values)
  }
}

/// The decoders in C.
enum DecoderKernels {
  /// The set with the widest vectors that this processor has.
  // Safe to share: a constant of the program.
  nonisolated(unsafe) static let widest = ingot_widest_decoders()
}
