import IngotCheckpoints
import IngotContainer
import IngotConversion
import IngotEncodings
import IngotFiles
import IngotModel
import IngotTestSupport
import SystemPackage

/// Values that are distributed much like a normal distribution of deviation 1: sums of four uniform ones.
func normalValues(_ count: Int, seed: UInt64) -> [Float] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in
    let bits = generator.next()
    let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
    return (Float(sum) - 131_070) / 37_837
  }
}

/// Values in an encoding, encoded in one go as a conversion does without options.
func encoded(_ values: [Float], _ encoding: Encoding) throws -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: encoding.byteCount(elements: values.count) ?? 0)
  try bytes.withUnsafeMutableBytes { buffer in
    var span = buffer.mutableBytes
    try encoding.encode(values.span, into: &span, effort: .balanced)
  }
  return bytes
}

/// Plans and runs a conversion.
@discardableResult
func convert(
  _ source: FilePath, to target: FilePath, _ options: ConversionOptions = ConversionOptions(),
  threads: Int = 2,
  overwrite: Bool = false
) async throws -> ConversionPlan {
  let checkpoint = try Checkpoints.open(source)
  let plan = try ConversionPlan(checkpoint, options: options)
  _ = try await ConversionPipeline(plan, from: checkpoint, threads: threads).run(
    to: target, overwrite: overwrite)
  return plan
}
