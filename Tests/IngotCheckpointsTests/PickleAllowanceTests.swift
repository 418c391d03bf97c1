import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// What small pickles may cost: `spec/limits.md`, "Pickles".
struct PickleAllowanceTests {
  @Test func allowancesAreThoseOfTheSpecification() throws {
    let text = String(decoding: try TestData.bytes("../spec/limits.md"), as: UTF8.self)
    let lines = text.split(separator: "\n").drop { $0 != "## Pickles" }.dropFirst().prefix {
      !$0.hasPrefix("##")
    }
    var table: [String: (base: UInt64, factor: UInt64)] = [:]
    for cells in lines.map({ $0.split(separator: "|").map(Specification.trimmed) }) where cells.count == 3 {
      let numbers = cells[1].split { !$0.isNumber }.compactMap { UInt64($0) }
      if numbers.count == 2 { table[cells[0]] = (numbers[0], numbers[1]) }
    }
    #expect(table.count == 3)
    for stored: UInt64 in [0, 1, 1000] {
      let allowance = PickleAllowance(storedByteCount: stored, limits: .default)
      func expected(_ name: String) throws -> UInt64 {
        let row = try #require(table[name])
        return row.base + row.factor * stored
      }
      #expect(try UInt64(allowance.valueCount) == expected("values, entries of the memo"))
      #expect(try UInt64(allowance.nameByteCount) == expected("bytes of all names"))
      #expect(try allowance.inflatedByteCount == expected("bytes of a deflated pickle"))
    }
  }

  @Test func limitsHoldForLargeFilesToo() {
    let allowance = PickleAllowance(storedByteCount: .max, limits: .default)
    #expect(allowance.valueCount == CheckpointLimits.default.pickleValueCount)
    #expect(allowance.nameByteCount == CheckpointLimits.default.pickleNameByteCount)
    #expect(allowance.inflatedByteCount == CheckpointLimits.default.pickleByteCount)
  }

  /// The code for a file of the corpus under other limits.
  private func code(
    _ name: String, _ change: (inout CheckpointLimits) -> Void
  ) -> CheckpointError.Code? {
    var limits = CheckpointLimits.default
    change(&limits)
    let path = TestData.path("checkpoints/hostile").appending(name)
    do {
      _ = try Checkpoints.open(path, limits: limits)
      return nil
    } catch { return (error as? CheckpointError)?.code }
  }

  // Clause P7.1: the names of all tensors, as they are called with their ways: `layer.0.weight` to `layer.499.weight`.
  @Test func namesAreCountedToTheByte() {
    let byteCount = (0..<500).reduce(0) { $0 + "layer.\($1).weight".utf8.count }
    #expect(code("shared-tensor.pt") { $0.pickleNameByteCount = byteCount } == nil)
    #expect(code("shared-tensor.pt") { $0.pickleNameByteCount = byteCount - 1 } == .limit)
  }

  // Clause P7.1: a dictionary of 500 keys and values, and 500 tensors, each four and its two dimensions.
  @Test func tensorsThatAreFoundAreCounted() {
    let count = 1 + 1000 + 500 * 6
    #expect(code("shared-tensor.pt") { $0.pickleValueCount = count } == nil)
    #expect(code("shared-tensor.pt") { $0.pickleValueCount = count - 1 } == .limit)
  }

  @Test func tiedTensorsKeepTheirNames() throws {
    let folder = TestData.path("checkpoints/hostile")
    let tied = try Checkpoints.open(folder.appending("shared-tensor.pt"))
    #expect(tied.tensors.map(\.name) == (0..<500).map { "layer.\($0).weight" })
    let twice = try Checkpoints.open(folder.appending("shared-dictionary.pt"))
    #expect(
      twice.tensors.map(\.name)
        == ["weight"]
        + ["model", "average"].flatMap { start in (0..<10).map { "\(start).layer.\($0).weight" } })
  }

  // Clause P7.2: a dictionary that is chosen is known by the whole way to it, also where keys have points.
  @Test func aDictionaryIsChosenByItsWay() throws {
    let path = TestData.path("checkpoints/hostile").appending("shared-dictionary.pt")
    let chosen = try Checkpoints.open(path, choosing: .named("average"))
    #expect(chosen.tensors.map(\.name) == (0..<10).map { "layer.\($0).weight" })
    let error = #expect(throws: CheckpointError.self) {
      try Checkpoints.open(path, choosing: .named("weight"))
    }
    #expect(error?.code == .stateDictionary)
  }
}
