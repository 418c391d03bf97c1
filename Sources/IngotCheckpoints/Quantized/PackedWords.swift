/// Codes of 1 to 8 bits in words of 32, the first in the lowest bits; no code is in two words.
///
/// Specification: `spec/quantized.md`, clause Q1.2.
struct PackedWords: Sendable, Hashable {
  let bits: Int

  /// The codes of a word.
  var codesPerWord: Int { 32 / bits }
  /// The largest code.
  var mask: UInt32 { 1 << bits - 1 }

  /// The words that hold so many codes.
  func wordCount(_ codes: Int) -> Int { codes == 0 ? 0 : (codes - 1) / codesPerWord + 1 }

  /// The words that hold some codes.
  func words(_ codes: Range<Int>) -> Range<Int> {
    codes.lowerBound / codesPerWord..<wordCount(codes.upperBound)
  }

  /// A code of a word.
  @inline(__always)
  func code(_ place: Int, of word: UInt32) -> UInt32 { word >> UInt32(place * bits) & mask }
}
