import IngotCheckpoints
import IngotEncodings

extension ElementType {
  /// Whether the stored bytes are already those of ``ElementType/exactEncoding``, so that a copy is a conversion.
  ///
  /// Types that the container lacks hold the same bits as a wider meaning (`BOOL`, `U64`) or are widened.
  var isEncoding: Bool {
    switch self {
    case .int8, .int16, .int32, .int64, .float16, .bfloat16, .float32, .float64, .blocks: true
    case .bool, .uint8, .uint16, .uint32, .uint64, .float8E4M3, .float8E5M2, .float8E8M0, .float8E4M3FNUZ,
      .float8E5M2FNUZ, .float6E2M3, .float6E3M2, .float4E2M1, .ternary, .complex64:
      false
    }
  }
}
