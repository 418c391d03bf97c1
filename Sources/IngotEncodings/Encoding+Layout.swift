extension Encoding {
  /// One row of the table of encodings.
  struct Layout {
    let name: String
    let elementsPerBlock: Int
    let bytesPerBlock: Int
    let kind: Kind
    let decoder: (any BlockDecoder.Type)?

    /// The decoder, if it encodes as well.
    var codec: (any BlockCodec.Type)? { decoder as? any BlockCodec.Type }

    init(
      _ name: String, elements: Int, bytes: Int, _ kind: Kind = .quantized,
      codec decoder: (any BlockDecoder.Type)? = nil
    ) {
      self.name = name
      self.elementsPerBlock = elements
      self.bytesPerBlock = bytes
      self.kind = kind
      self.decoder = decoder
    }
  }

  /// The row of this encoding in the table of encodings.
  ///
  /// The table has no default row: the compiler asks for the row of a new case.
  ///
  /// Specification: clause E1.1.
  var layout: Layout {
    switch self {
    case .f32: Layout("F32", elements: 1, bytes: 4, .float, codec: F32.self)
    case .f16: Layout("F16", elements: 1, bytes: 2, .float, codec: F16.self)
    case .q4_0: Layout("Q4_0", elements: 32, bytes: 18, codec: Q4_0.self)
    case .q4_1: Layout("Q4_1", elements: 32, bytes: 20, codec: Q4_1.self)
    case .q5_0: Layout("Q5_0", elements: 32, bytes: 22, codec: Q5_0.self)
    case .q5_1: Layout("Q5_1", elements: 32, bytes: 24, codec: Q5_1.self)
    case .q8_0: Layout("Q8_0", elements: 32, bytes: 34, codec: Q8_0.self)
    case .q8_1: Layout("Q8_1", elements: 32, bytes: 36, codec: Q8_1.self)
    case .q2_K: Layout("Q2_K", elements: 256, bytes: 84, codec: Q2_K.self)
    case .q3_K: Layout("Q3_K", elements: 256, bytes: 110, codec: Q3_K.self)
    case .q4_K: Layout("Q4_K", elements: 256, bytes: 144, codec: Q4_K.self)
    case .q5_K: Layout("Q5_K", elements: 256, bytes: 176, codec: Q5_K.self)
    case .q6_K: Layout("Q6_K", elements: 256, bytes: 210, codec: Q6_K.self)
    case .q8_K: Layout("Q8_K", elements: 256, bytes: 292, codec: Q8_K.self)
    case .iq2_xxs: Layout("IQ2_XXS", elements: 256, bytes: 66, codec: IQ2_XXS.self)
    case .iq2_xs: Layout("IQ2_XS", elements: 256, bytes: 74, codec: IQ2_XS.self)
    case .iq3_xxs: Layout("IQ3_XXS", elements: 256, bytes: 98, codec: IQ3_XXS.self)
    case .iq1_s: Layout("IQ1_S", elements: 256, bytes: 50, codec: IQ1_S.self)
    case .iq4_nl: Layout("IQ4_NL", elements: 32, bytes: 18, codec: IQ4_NL.self)
    case .iq3_s: Layout("IQ3_S", elements: 256, bytes: 110, codec: IQ3_S.self)
    case .iq2_s: Layout("IQ2_S", elements: 256, bytes: 82, codec: IQ2_S.self)
    case .iq4_xs: Layout("IQ4_XS", elements: 256, bytes: 136, codec: IQ4_XS.self)
    case .i8: Layout("I8", elements: 1, bytes: 1, .integer, codec: I8.self)
    case .i16: Layout("I16", elements: 1, bytes: 2, .integer, codec: I16.self)
    case .i32: Layout("I32", elements: 1, bytes: 4, .integer, codec: I32.self)
    case .i64: Layout("I64", elements: 1, bytes: 8, .integer, codec: I64.self)
    case .f64: Layout("F64", elements: 1, bytes: 8, .float, codec: F64.self)
    case .iq1_m: Layout("IQ1_M", elements: 256, bytes: 56, codec: IQ1_M.self)
    case .bf16: Layout("BF16", elements: 1, bytes: 2, .float, codec: BF16.self)
    case .tq1_0: Layout("TQ1_0", elements: 256, bytes: 54, codec: TQ1_0.self)
    case .tq2_0: Layout("TQ2_0", elements: 256, bytes: 66, codec: TQ2_0.self)
    case .mxfp4: Layout("MXFP4", elements: 32, bytes: 17, codec: MXFP4.self)
    case .nvfp4: Layout("NVFP4", elements: 64, bytes: 36, codec: NVFP4.self)
    case .q1_0: Layout("Q1_0", elements: 128, bytes: 18, codec: Q1_0.self)
    case .q2_0: Layout("Q2_0", elements: 64, bytes: 18, codec: Q2_0.self)
    }
  }
}
