extension Encoding {
  /// The encoding that takes over where a row does not divide into this encoding's blocks; `nil` if every row does.
  ///
  /// Specification: clause E3.
  public var fallback: Encoding? {
    switch self {
    case .f32, .f16, .bf16, .f64, .i8, .i16, .i32, .i64: nil
    case .q2_K, .q3_K, .tq1_0, .tq2_0, .q2_0, .q1_0: .q4_0
    case .q4_K: .q5_0
    case .q5_K: .q5_1
    case .q6_K: .q8_0
    case .iq1_s, .iq1_m, .iq2_xxs, .iq2_xs, .iq2_s, .iq3_xxs, .iq3_s, .iq4_xs: .iq4_nl
    case .nvfp4: .mxfp4
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .q8_1, .q8_K, .iq4_nl, .mxfp4: .f16
    }
  }

  /// The encoding that rows of `rowLength` values get when this one is asked for.
  ///
  /// This one if they divide into its blocks, otherwise the first of its fallbacks into whose blocks they do. F16 ends
  /// every chain.
  ///
  /// Specification: clause E3.
  public func fallback(rowLength: Int) -> Encoding {
    var candidate = self
    while !rowLength.isMultiple(of: candidate.elementsPerBlock), let next = candidate.fallback {
      candidate = next
    }
    return candidate
  }
}
