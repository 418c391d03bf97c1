import IngotCheckpoints
import IngotEncodings

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// What the frequencies of a rotation are divided by, as tensors of the output.
///
/// Specification: `spec/families.md`, clause N5.
enum RotationFactors {
  /// The longest head for which factors are made; those in use have below 1,000 values.
  private static let longestHead = 65_536

  /// The factors of Llama 3, which slow low frequencies down; `nil` for another scaling.
  static func llama3(_ configuration: ModelConfiguration) throws -> DerivedTensor? {
    guard try configuration.rotationType() == "llama3" else { return nil }
    let length = try configuration.integer("head_dim") ?? configuration.quotientHeadLength()
    // A number of the configuration alone: no tensor bounds it yet.
    guard length <= longestHead else {
      throw configuration.fault("head_dim", found: "\(length)", expected: "at most \(longestHead)")
    }
    let base = try configuration.rotation("rope_theta") ?? 10_000
    let factor = try configuration.rotation("factor") ?? 8
    let low = try configuration.rotation("low_freq_factor") ?? 1
    let high = try configuration.rotation("high_freq_factor") ?? 4
    let original = try configuration.rotation("original_max_position_embeddings") ?? 8192
    let factors = (0..<(length + 1) / 2).map { index -> Float in
      // As the reference: each step rounded to single precision.
      let frequency = 1 / Float(pow(base, Double(Float(2 * index) / Float(length))))
      let wavelength = Float(2 * Double.pi) / frequency
      if Double(wavelength) < Double(Float(original / high)) { return 1 }
      if Double(wavelength) > Double(Float(original / low)) { return Float(factor) }
      let smooth = (Float(original) / wavelength - Float(low)) / Float(high - low)
      return 1 / ((1 - smooth) / Float(factor) + smooth)
    }
    return tensor("rope_freqs.weight", factors)
  }

  /// A tensor of these numbers.
  static func tensor(_ name: String, _ values: [Float]) -> DerivedTensor {
    DerivedTensor(
      label: name, name: name, shape: [values.count], type: .float32, origin: .values(values),
      change: "from config.json")
  }
}
