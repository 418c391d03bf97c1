/// A number in a block by which its codes are scaled or shifted.
package struct ScaleField: Sendable, Hashable {
  /// How such a number is stored.
  package enum Format: Sendable, Hashable {
    /// IEEE 754 binary16.
    case half
    /// IEEE 754 binary32.
    case single
    /// Eight bits of exponent; 0xFF is NaN.
    case exponent
    /// A bit that is not used, four bits of exponent, three of fraction; 0x7F is NaN.
    case small
    /// IEEE 754 binary16, four bits of which are the highest of each of four words of 16 bits, the lowest first.
    case spreadHalf
  }

  /// Where it starts, in bytes from the start of the block.
  package let offset: Int
  /// How it is stored.
  package let format: Format
}

extension Encoding {
  /// The scales and minimums of a block; none for the plain types.
  ///
  /// Specification: clause E17.1.
  package var scaleFields: [ScaleField] {
    func half(_ offsets: Int...) -> [ScaleField] { offsets.map { ScaleField(offset: $0, format: .half) } }
    return switch self {
    case .f32, .f16, .bf16, .f64, .i8, .i16, .i32, .i64: []
    case .q8_0, .q4_0, .q5_0, .q2_0, .q1_0, .iq4_nl: half(0)
    case .q4_1, .q5_1, .q8_1: half(0, 2)
    case .q2_K: half(80, 82)
    case .q3_K: half(108)
    case .q4_K, .q5_K: half(0, 2)
    case .q6_K: half(208)
    case .q8_K: [ScaleField(offset: 0, format: .single)]
    case .iq2_xxs, .iq2_xs, .iq2_s, .iq3_xxs, .iq3_s, .iq1_s, .iq4_xs: half(0)
    case .iq1_m: [ScaleField(offset: 48, format: .spreadHalf)]
    case .tq1_0: half(52)
    case .tq2_0: half(64)
    case .mxfp4: [ScaleField(offset: 0, format: .exponent)]
    case .nvfp4: (0..<4).map { ScaleField(offset: $0, format: .small) }
    }
  }
}
