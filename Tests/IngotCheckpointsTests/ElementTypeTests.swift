import IngotEncodings
import IngotTestSupport
import Testing

@testable import IngotCheckpoints

@Suite struct ElementTypeTests {
  @Test func tableIsThatOfTheSpecification() throws {
    let rows = try Specification.table(of: "safetensors.md", withHeader: "dtype")
    #expect(rows.map(\.first) == ElementType.plainTypes.map { "`\($0.name)`" })
    for (row, type) in zip(rows, ElementType.plainTypes) {
      #expect(row[1] == "\(Int(type.bitsPerElement))")
      #expect(row[3] == (type.valuesPerElement == 2 ? "2 × " : "") + type.exactEncoding.name)
      #expect(row[4] == (type.canDecode ? "yes" : "no"))
    }
  }

  @Test func namesAreUniqueAndExact() {
    for type in ElementType.plainTypes { #expect(ElementType(name: type.name) == type) }
    for name in ["", "f16", "F16 ", "F8", "Q4_0", "BOOL\0"] { #expect(ElementType(name: name) == nil) }
  }

  @Test func everyEncodingHasAType() {
    for encoding in Encoding.allCases {
      let type = ElementType(encoding)
      #expect(type.name == encoding.name)
      #expect(type.exactEncoding == encoding)
      #expect(type.byteCount(elements: 256) == encoding.byteCount(elements: 256))
      #expect(type.kind == .blocks ? encoding.kind == .quantized : encoding.kind != .quantized)
    }
  }

  @Test func elementsThatAreNotWholeBytesHaveNoByteCount() {
    #expect(ElementType.float4E2M1.byteCount(elements: 3) == nil)
    #expect(ElementType.float4E2M1.byteCount(elements: 4) == 2)
    #expect(ElementType.float6E2M3.byteCount(elements: 2) == nil)
    #expect(ElementType.float6E2M3.byteCount(elements: 4) == 3)
    #expect(ElementType.float64.byteCount(elements: Int.max) == nil)
    #expect(ElementType.uint8.byteCount(elements: -1) == nil)
    #expect(ElementType.blocks(.q4_0).byteCount(elements: 33) == nil)
  }

  // MARK: The formulas of OCP OFP8, OCP MX and arXiv 2206.02915, in Double.

  /// 2^exponent by repeated doubling or halving.
  private func power(_ exponent: Int) -> Double {
    (0..<abs(exponent)).reduce(1.0) { value, _ in exponent < 0 ? value / 2 : value * 2 }
  }

  private func formula(_ code: Int, exponentBits: Int, fractionBits: Int, bias: Int) -> Double {
    let digits = (0..<8).map { code >> $0 & 1 }
    let fraction = (0..<fractionBits).reduce(0.0) { $0 + Double(digits[$1]) * power($1 - fractionBits) }
    let exponent = (0..<exponentBits).reduce(0) { $0 + digits[fractionBits + $1] * Int(power($1)) }
    let sign: Double = digits[fractionBits + exponentBits] == 1 ? -1 : 1
    return exponent == 0 ? sign * power(1 - bias) * fraction : sign * power(exponent - bias) * (1 + fraction)
  }

  @Test func everyCodeOfTheEightBitFloatsHasTheValueOfItsFormula() throws {
    func check(_ type: ElementType, _ formula: (Int) -> Double) throws {
      let values = try type.decoded((0...255).map { UInt8($0) })
      for code in 0...255 {
        let expected = formula(code)
        #expect(Double(values[code]).isNaN == expected.isNaN, "\(type) \(code)")
        if !expected.isNaN {
          #expect(Double(values[code]).bitPattern == expected.bitPattern, "\(type) \(code)")
        }
      }
    }
    try check(.float8E4M3) {
      $0 & 0x7F == 0x7F ? .nan : formula($0, exponentBits: 4, fractionBits: 3, bias: 7)
    }
    try check(.float8E5M2) {
      switch $0 & 0x7F {
      case 0x7C: $0 == 0x7C ? .infinity : -.infinity
      case 0x7D...: .nan
      default: formula($0, exponentBits: 5, fractionBits: 2, bias: 15)
      }
    }
    try check(.float8E8M0) { $0 == 0xFF ? .nan : power($0 - 127) }
    try check(.float8E4M3FNUZ) { $0 == 0x80 ? .nan : formula($0, exponentBits: 4, fractionBits: 3, bias: 8) }
    try check(.float8E5M2FNUZ) { $0 == 0x80 ? .nan : formula($0, exponentBits: 5, fractionBits: 2, bias: 16) }
    try check(.uint8) { Double($0) }
    try check(.int8) { Double($0 < 128 ? $0 : $0 - 256) }
  }

  @Test func theRangesAreThoseThatTheFormatsState() throws {
    let all = (0...255).map { UInt8($0) }
    func range(_ type: ElementType) throws -> (largest: Float?, smallest: Float?) {
      let finite = try type.decoded(all).filter { $0.isFinite && $0 > 0 }
      return (finite.max(), finite.min())
    }
    #expect(try range(.float8E4M3) == (448, 0x1p-9))
    #expect(try range(.float8E5M2) == (57344, 0x1p-16))
    #expect(try range(.float8E8M0) == (0x1p127, 0x1p-127))
    #expect(try range(.float8E4M3FNUZ) == (240, 0x1p-10))
    #expect(try range(.float8E5M2FNUZ) == (57344, 0x1p-17))
    #expect(try range(.float4E2M1) == (6, 0.5))
  }

  @Test func fourBitFloatsStandTwoToAByteTheFirstInTheLowHalf() throws {
    let values: [Float] = [0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6]
    for code in 0...255 {
      let decoded = try ElementType.float4E2M1.decoded([UInt8(code)], count: 2)
      #expect(decoded.map(\.bitPattern) == [values[code % 16].bitPattern, values[code / 16].bitPattern])
    }
  }

  @Test(arguments: ElementType.plainTypes.filter(\.canDecode))
  func theExactEncodingHoldsTheSameValues(type: ElementType) throws {
    let seed: UInt64 = 0xE1E + UInt64(type.bitsPerElement)
    print("seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let all = (0...255).map { UInt8($0) }
    let random = (0..<3 * 64).map { _ in UInt8.random(in: 0...255, using: &generator) }
    for count in [0, 8, 256, 3 * 64] {
      var bytes = Array((count == 3 * 64 ? random : all).prefix(count))
      if type == .bool { bytes = bytes.map { $0 & 1 } }
      if type == .uint64 { for index in stride(from: 7, to: count, by: 8) { bytes[index] &= 0x7F } }
      let elements = bytes.count * 8 / Int(type.bitsPerElement)
      let values = try type.decoded(bytes, count: elements * type.valuesPerElement)

      let stored = try type.converted(bytes)
      #expect(stored.count == type.exactByteCount(elements: elements))
      var again = [Float](repeating: 0, count: values.count)
      var againSpan = again.mutableSpan
      try type.exactEncoding.decode(stored.span.bytes, into: &againSpan)
      #expect(
        values.map { $0.isNaN ? .nan : $0 }.map(\.bitPattern)
          == again.map { $0.isNaN ? .nan : $0 }.map(\.bitPattern))
    }
  }

  @Test func integersKeepEveryBit() throws {
    #expect(try ElementType.uint8.converted([0xFF, 1]) == [0xFF, 0, 1, 0])
    #expect(try ElementType.uint16.converted([0xFE, 0xFF]) == [0xFE, 0xFF, 0, 0])
    #expect(try ElementType.uint32.converted([1, 2, 3, 0xFF]) == [1, 2, 3, 0xFF, 0, 0, 0, 0])
    let large: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
    #expect(try ElementType.uint64.converted(large) == large)
    #expect(try ElementType.float8E5M2.converted([0x7D, 0xFF]) == [0, 0x7D, 0, 0xFF])
    #expect(try ElementType.float8E8M0.converted([0, 1, 0xFF]) == [0x40, 0, 0x80, 0, 0xC0, 0x7F])
  }

  @Test func anUnsignedIntegerBeyondTheSignedRangeIsRefusedByItsIndex() {
    var bytes = [UInt8](repeating: 0xFF, count: 24)
    bytes[7] = 0x7F
    bytes[15] = 0x7F
    bytes[16..<23] = [0, 0, 0, 0, 0, 0, 0]
    bytes[23] = 0x80
    let expected = ElementTypeError(.tooLarge, .uint64, index: 2, bits: 1 << 63)
    #expect(throws: expected) { try ElementType.uint64.converted(bytes) }
    #expect(throws: Never.self) { try ElementType.uint64.decoded(bytes) }
  }

  @Test func aTruthValueOtherThanZeroAndOneIsRefusedByItsIndex() {
    let bytes: [UInt8] = [0, 1, 2, 255]
    let expected = ElementTypeError(.noValue, .bool, index: 2, bits: 2)
    #expect(throws: expected) { try ElementType.bool.decoded(bytes) }
    #expect(throws: expected) { try ElementType.bool.converted(bytes) }
  }

  @Test(arguments: [ElementType.float6E2M3, .float6E3M2])
  func sixBitFloatsAreRefusedSinceTheirOrderIsNotDefined(type: ElementType) {
    let expected = ElementTypeError(.noDecoder, type)
    #expect(throws: expected) { try type.decoded([1, 2, 3], count: 4) }
    #expect(throws: expected) { try type.converted([1, 2, 3]) }
    #expect(!type.canDecode)
  }

  @Test func wideIntegersAreRoundedToTheNearestEven() throws {
    func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
    #expect(try ElementType.uint32.decoded(bytes(UInt32(0x0100_0001)), count: 1) == [0x1p24])
    #expect(try ElementType.uint32.decoded(bytes(UInt32(0x0100_0003)), count: 1) == [0x1p24 + 4])
    #expect(try ElementType.uint64.decoded(bytes(UInt64.max), count: 1) == [0x1p64])
    #expect(try ElementType.float64.decoded(bytes((1 + 0x1p-24 as Double).bitPattern), count: 1) == [1])
  }

  @Test func blocksAreDecodedByTheirEncoding() throws {
    // One block of Q8_0: a scale of 1 and the codes 0 to 31.
    let block: [UInt8] = [0x00, 0x3C] + (0..<32).map { UInt8($0) }
    #expect(try ElementType.blocks(.q8_0).decoded(block, count: 32) == (0..<32).map { Float($0) })
  }
}

extension ElementType {
  fileprivate func decoded(_ bytes: [UInt8], count: Int? = nil) throws(ElementTypeError) -> [Float] {
    var values = [Float](
      repeating: -1, count: count ?? bytes.count * 8 / Int(bitsPerElement) * valuesPerElement)
    var span = values.mutableSpan
    try decode(bytes.span.bytes, into: &span)
    return values
  }

  fileprivate func converted(_ bytes: [UInt8]) throws(ElementTypeError) -> [UInt8] {
    let elements = bytes.count * 8 / Int(bitsPerElement)
    var stored = [UInt8](repeating: 0xAA, count: exactByteCount(elements: elements) ?? 0)
    var span = stored.mutableSpan
    var rawSpan = span.mutableBytes
    try convertExactly(bytes.span.bytes, into: &rawSpan)
    return stored
  }
}
