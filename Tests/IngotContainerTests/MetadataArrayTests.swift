import IngotTestSupport
import Testing

@testable import IngotContainer

@Suite struct MetadataArrayTests {
  @Test func stringsAreFoundByIndexAndInOrder() throws {
    let words = (0..<300).map { String(repeating: "é", count: $0 % 7) + "\($0)" }
    let strings = try #require(MetadataArray(words).strings)
    #expect(Array(strings) == words)
    #expect(strings.indices.allSatisfy { strings[$0] == words[$0] })
    #expect(strings.reversed().first == words.last)
  }

  @Test func arraysOfOtherTypesAreNil() {
    let array = MetadataArray([1, 2] as [Int32])
    #expect(array.strings == nil)
    #expect(array.arrays == nil)
    #expect(array.values(of: UInt32.self) == nil)
    #expect(array.values(of: Int32.self).map(Array.init) == [1, 2])
    #expect(MetadataArray([true]).integers == nil)
    #expect(MetadataArray([UInt64.max]).integers == nil)
  }

  @Test func integersOfAnyTypeWiden() {
    #expect(MetadataArray([-1] as [Int8]).integers == [-1])
    #expect(MetadataArray([.max] as [UInt16]).integers == [65_535])
    #expect(MetadataArray([.min] as [Int64]).integers == [.min])
    #expect(MetadataArray([] as [UInt32]).integers == [])
  }

  @Test func elementsHaveTheTypeOfTheArray() {
    #expect(Array(MetadataArray([1.5] as [Double])) == [.float64(1.5)])
    #expect(Array(MetadataArray(["a", "b"])) == ["a", "b"])
    #expect(Array(MetadataArray([true, false])) == [true, false])
    let inner = MetadataArray(["x"])
    #expect(Array(MetadataArray([inner, inner])) == [.array(inner), .array(inner)])
  }

  @Test func innerArraysAreWholeArrays() throws {
    let deepest = MetadataArray((0..<150).map { "word \($0)" })
    let middle = MetadataArray([deepest, MetadataArray([] as [Float])])
    let outer = MetadataArray((0..<100).map { _ in middle })
    #expect(outer.depth == 3)
    let found = try #require(outer.arrays?[77])
    #expect(found == middle)
    #expect(found.depth == 2)
    #expect(found.arrays?[0].strings?[149] == "word 149")
  }

  @Test func equalityIsByBits() {
    #expect(MetadataArray([Float.nan]) == MetadataArray([Float.nan]))
    #expect(MetadataArray([0.0] as [Float]) != MetadataArray([-0.0] as [Float]))
    #expect(MetadataArray([1] as [Int32]) != MetadataArray([1] as [UInt32]))
    #expect(MetadataArray(["\u{E9}"]) != MetadataArray(["e\u{301}"]))
    #expect(MetadataArray([] as [String]) != MetadataArray([] as [MetadataArray]))
    #expect(Set([MetadataArray([1, 2] as [UInt8]), MetadataArray([1, 2] as [UInt8])]).count == 1)
  }

  @Test func descriptionIsShort() {
    #expect("\(MetadataArray(repeatElement("word", count: 9)))" == "9 × STRING")
  }
}
