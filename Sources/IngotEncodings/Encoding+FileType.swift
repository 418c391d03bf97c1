extension Encoding {
  /// The number that `general.file_type` gives a model whose matrices have this encoding, or `nil` if there is none.
  ///
  /// Specification: clause E1.4.
  public var fileType: UInt32? {
    switch self {
    case .f32: 0
    case .f16: 1
    case .q4_0: 2
    case .q4_1: 3
    case .q8_0: 7
    case .q5_0: 8
    case .q5_1: 9
    case .q2_K: 10
    case .q3_K: 11
    case .q4_K: 14
    case .q5_K: 16
    case .q6_K: 18
    case .iq2_xxs: 19
    case .iq2_xs: 20
    case .iq3_xxs: 23
    case .iq1_s: 24
    case .iq4_nl: 25
    case .iq3_s: 26
    case .iq2_s: 28
    case .iq4_xs: 30
    case .iq1_m: 31
    case .bf16: 32
    case .tq1_0: 36
    case .tq2_0: 37
    case .mxfp4: 38
    case .nvfp4: 39
    case .q1_0: 40
    case .q2_0: 41
    case .q8_1, .q8_K, .i8, .i16, .i32, .i64, .f64: nil
    }
  }
}
