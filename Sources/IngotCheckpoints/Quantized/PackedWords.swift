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

  /// Unpacks codes that follow each other.
  ///
  /// - Parameters:
  ///   - codes: Which ones.
  ///   - words: The words that hold them, each `stride` after the other, as ``words(_:)`` counts them.
  ///   - numbers: Receives the codes.
  /// - Precondition: `words` and `numbers` hold as many.
  func unpack(
    _ codes: Range<Int>, of words: UnsafeBufferPointer<UInt32>, stride: Int,
    into numbers: UnsafeMutableBufferPointer<Int32>
  ) {
    var (word, place) = (0, codes.lowerBound % codesPerWord)
    var index = 0
    while index < codes.count {
      let end = min(index + codesPerWord - place, codes.count)
      var rest = words[word] >> UInt32(place * bits)
      while index < end {
        numbers[index] = Int32(rest & mask)
        rest >>= UInt32(bits)
        index += 1
      }
      word += stride
      place = 0
    }
  }
}
