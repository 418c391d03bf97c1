import Testing

@testable import IngotEncodings

@Suite struct CheckedArithmeticTests {
  @Test func resultsThatDoNotFitAreNil() {
    #expect(Checked.sum(Int.max, 1) == nil)
    #expect(Checked.product(UInt64(1) << 32, 1 << 32) == nil)
    #expect(Checked.product(of: [UInt64(1) << 32, 1 << 31, 2]) == nil)
    #expect(Checked.clampedSum([UInt64.max - 1, 1, 1]) == .max)
    #expect(Checked.roundUp(UInt64.max - 1, toMultipleOf: 32) == nil)
  }

  @Test func resultsThatFitAreExact() {
    #expect(Checked.sum(Int.max - 1, 1) == Int.max)
    #expect(Checked.product(of: [] as [Int]) == 1)
    #expect(Checked.clampedSum([] as [Int]) == 0)
    #expect(Checked.clampedSum([1, 2, 3]) == 6)
    #expect(Checked.product(of: [3, 0, Int.max]) == 0)
    #expect(Checked.roundUp(0, toMultipleOf: 32) == 0)
    #expect(Checked.roundUp(33, toMultipleOf: 32) == 64)
  }
}
