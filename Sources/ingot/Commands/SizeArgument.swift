import ArgumentParser
import IngotContainer
import IngotSeal

/// A number of bytes: `65536`, `64K` or `64KiB`, `1.5G`, and with powers of 1000 `64kB`, `5GB`; letters in any case.
struct SizeArgument {
  let byteCount: UInt64

  /// `--memory`: bytes, if no unit is named.
  static func memory(_ text: String) throws -> Self {
    guard let size = Self(text), (1 << 20...UInt64(Int.max)).contains(size.byteCount) else {
      throw ValidationError("it takes at least 1M, such as 64M or 1G")
    }
    return size
  }

  /// `--shard-size`: gigabytes, if no unit is named.
  static func shard(_ text: String) throws -> Self {
    guard let size = Self(text, unit: 1_000_000_000),
      (1_000_000...1_000_000_000_000_000).contains(size.byteCount)
    else {
      throw ValidationError("it takes 1MB to 1000TB, such as 500M or 5GB; a mere number is in GB")
    }
    return size
  }

  /// `--chunk`: bytes, if no unit is named.
  static func chunk(_ text: String) throws -> Self {
    guard let size = Self(text), let byteCount = Int(exactly: size.byteCount),
      SealFormat.chunkByteCounts.contains(byteCount), byteCount.nonzeroBitCount == 1
    else { throw ValidationError("it takes a power of two from 64K to 64M, such as 1M") }
    return size
  }

  /// - Parameter unit: The bytes that a number without a unit counts.
  /// - Returns: `nil` for what is no size, and for one that no `Int` holds.
  init?(_ text: String, unit: UInt64 = 1) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let factor = text == number ? unit : Self.bytes(inUnit: text[number.endIndex...].lowercased())
    else {
      return nil
    }
    if let whole = UInt64(number) {
      let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
      guard !overflow, product <= Int.max else { return nil }
      byteCount = product
    } else {
      guard number.first != ".", number.last != ".", let value = Double(number) else { return nil }
      // A product that is out of range is no number of bytes.
      guard let product = UInt64(exactly: (value * Double(factor)).rounded()), product <= Int.max else {
        return nil
      }
      byteCount = product
    }
  }

  /// `k`, `kib` and `kb`, and so on.
  private static func bytes(inUnit unit: String) -> UInt64? {
    if unit == "b" { return 1 }
    guard let letter = unit.first, let place = Array("kmgt").firstIndex(of: letter) else { return nil }
    switch unit.dropFirst() {
    case "", "ib": return 1 << (10 * UInt64(place + 1))
    case "b": return (0..<place).reduce(1000) { factor, _ in factor * 1000 }
    default: return nil
    }
  }
}
