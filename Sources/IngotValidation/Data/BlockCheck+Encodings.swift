import IngotCheckpoints
import IngotEncodings

extension BlockCheck {
  /// What is looked for in a tensor of that encoding.
  ///
  /// Specification: clause E17.
  static func checks(for encoding: Encoding) -> [BlockCheck] {
    let scales = encoding.scaleFields.map { scale($0, stride: encoding.bytesPerBlock) }
    return switch encoding {
    case .f32, .f16, .bf16, .f64: values(of: ElementType(encoding), DataRules.value)
    case .tq1_0: scales + [ternaryDigits]
    case .tq2_0: scales + [ternaryCodes]
    default: scales
    }
  }

  /// What is looked for in a tensor of a safetensors file.
  ///
  /// Specification: `spec/safetensors.md`, clauses S5.1 and S5.7.
  static func checks(for type: ElementType) -> [BlockCheck] {
    switch type {
    case .bool:
      [
        .bytes(
          SafeTensorsRules.boolean, in: 0..<1, stride: 1, unit: "value", expected: "0 or 1",
          isFault: { $0 > 1 })
      ]
    default: values(of: type, SafeTensorsRules.notFinite)
    }
  }

  /// Clause E17.1.
  private static func scale(_ field: ScaleField, stride: Int) -> BlockCheck {
    @inline(__always)
    func check<Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>(
      _ type: Bits.Type, _ mask: Bits, pattern: Bits? = nil, _ describe: @escaping @Sendable (Bits) -> String
    ) -> BlockCheck {
      number(
        DataRules.scale, type, at: field.offset, stride: stride, mask: mask, pattern: pattern ?? mask,
        unit: "scale",
        expected: "a finite scale", describe: describe)
    }
    switch field.format {
    case .half: return check(UInt16.self, 0x7C00) { $0 & 0x3FF == 0 ? "infinity" : "NaN" }
    case .single: return check(UInt32.self, 0x7F80_0000) { $0 & 0x7F_FFFF == 0 ? "infinity" : "NaN" }
    case .exponent: return check(UInt8.self, 0xFF) { _ in "NaN" }
    case .small: return check(UInt8.self, 0xFF, pattern: 0x7F) { _ in "NaN" }
    case .spreadHalf:
      // The exponent is bits 14 to 12, of the last word, and 11 and 10, the highest two of the one before it.
      return check(UInt64.self, 0x7000_C000_0000_0000) { $0 & 0x3000_F000_F000 == 0 ? "infinity" : "NaN" }
    }
  }

  /// Clauses E17.2 and S5.7; none for types without NaN and infinity.
  private static func values(of type: ElementType, _ rule: Rule) -> [BlockCheck] {
    @inline(__always)
    func check<Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable>(
      _ bits: Bits.Type, mask: Bits, pattern: Bits, infinity: Bits? = nil
    ) -> [BlockCheck] {
      let sign: Bits = 1 << (Bits.bitWidth - 1)
      return [
        number(
          rule, bits, mask: mask, pattern: pattern, unit: "value", expected: "a finite value",
          describe: {
            infinity != nil && $0 & ~sign == infinity ? ($0 & sign == 0 ? "infinity" : "-infinity") : "NaN"
          })
      ]
    }
    return switch type {
    case .float16: check(UInt16.self, mask: 0x7C00, pattern: 0x7C00, infinity: 0x7C00)
    case .bfloat16: check(UInt16.self, mask: 0x7F80, pattern: 0x7F80, infinity: 0x7F80)
    case .complex64: [complex(rule)]
    case .float32:
      check(UInt32.self, mask: 0x7F80_0000, pattern: 0x7F80_0000, infinity: 0x7F80_0000)
    case .float64:
      check(
        UInt64.self, mask: 0x7FF0_0000_0000_0000, pattern: 0x7FF0_0000_0000_0000,
        infinity: 0x7FF0_0000_0000_0000)
    case .float8E4M3: check(UInt8.self, mask: 0x7F, pattern: 0x7F)
    case .float8E5M2: check(UInt8.self, mask: 0x7C, pattern: 0x7C, infinity: 0x7C)
    case .float8E8M0: check(UInt8.self, mask: 0xFF, pattern: 0xFF)
    case .float8E4M3FNUZ, .float8E5M2FNUZ: check(UInt8.self, mask: 0xFF, pattern: 0x80)
    case .bool, .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64, .float6E2M3, .float6E3M2,
      .float4E2M1, .ternary, .blocks:
      []
    }
  }

  /// Clause S5.7: a pair of which either part is not finite.
  private static func complex(_ rule: Rule) -> BlockCheck {
    let isFault: @Sendable (UnsafeRawBufferPointer, Int) -> Bool = { bytes, place in
      !bytes.loadUnaligned(fromByteOffset: place, as: Float.self).isFinite
        || !bytes.loadUnaligned(fromByteOffset: place + 4, as: Float.self).isFinite
    }
    return BlockCheck(
      rule: rule, stride: 8, unit: "value", expected: "a finite value",
      count: { bytes in Swift.stride(from: 0, to: bytes.count, by: 8).count { isFault(bytes, $0) } },
      first: { isFault($0, 0) ? (0, "NaN or infinity") : nil })
  }

  /// Clause E17.3: 243 of the 256 bytes are those of five digits.
  private static let ternaryDigits: BlockCheck = {
    let given = Set((0..<243).map { UInt8((256 * $0 + 242) / 243) })
    let isGiven = (UInt8.min...UInt8.max).map(given.contains)
    return .bytes(
      DataRules.digits, in: 0..<52, stride: Encoding.tq1_0.bytesPerBlock, unit: "byte",
      expected: "a byte that five ternary digits give", isFault: { !isGiven[Int($0)] })
  }()

  /// Clause E17.4.
  ///
  /// Both bits of a code are set where a word and the same word shifted agree; a word is 32 codes.
  private static let ternaryCodes: BlockCheck = {
    let isFault: @Sendable (UInt8) -> Bool = { $0 & $0 >> 1 & 0x55 != 0 }
    let (codes, stride) = (0..<64, Encoding.tq2_0.bytesPerBlock)
    return BlockCheck(
      rule: DataRules.code, stride: stride, unit: "byte", expected: "codes of 0, 1 or 2",
      count: { bytes in
        var count = 0
        for block in Swift.stride(from: 0, to: bytes.count, by: stride) {
          var agreeing: UInt64 = 0
          for place in Swift.stride(from: block, to: block + codes.count, by: 8) {
            let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            agreeing |= word & word >> 1
          }
          guard agreeing & 0x5555_5555_5555_5555 != 0 else { continue }
          count += codes.count { isFault(bytes[block + $0]) }
        }
        return count
      },
      first: { block in codes.first { isFault(block[$0]) }.map { ($0, "byte \(block[$0])") } })
  }()
}
