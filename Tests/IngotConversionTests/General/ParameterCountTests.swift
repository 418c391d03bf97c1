import IngotCheckpoints
import Testing

@testable import IngotConversion

// `spec/metadata.md`, clause M12.
@Suite struct ParameterCountTests {
  @Test func sizesAreLabelledAsByTheReference() throws {
    let rows = try ReferenceAnswers.rows("sizes.json")
    #expect(rows.count > 200)
    for row in rows {
      let cells = try #require(row.elements)
      let numbers = cells.compactMap(\.integer)
      let count = ParameterCount(
        total: numbers[0], shared: numbers[1], expert: numbers[2], experts: numbers[3])
      #expect(count.sizeLabel == cells[4].string, "\(numbers)")
    }
  }

  @Test func valuesAreCountedAsByTheReference() throws {
    for row in try ReferenceAnswers.rows("counts.json") {
      let tensors = try #require(row["tensors"]?.elements).map { tensor in
        let dimensions = (tensor.elements?.last?.elements ?? []).compactMap(\.integer)
        return (
          name: tensor.elements?.first?.string ?? "", elements: dimensions.reduce(1, *),
          dimensions: dimensions
        )
      }
      let numbers = try #require(row["count"]?.elements).compactMap(\.integer)
      let expected = ParameterCount(
        total: numbers[0], shared: numbers[1], expert: numbers[2], experts: numbers[3])
      #expect(ParameterCount(of: tensors) == expected, "\(tensors)")
    }
  }

  @Test func aModelWithoutValuesHasNoLabel() {
    #expect(ParameterCount(total: 0, shared: 0).sizeLabel == nil)
    #expect(ParameterCount(of: []).sizeLabel == nil)
  }

  @Test func countsThatDoNotFitAreTheLargest() {
    let tensor = (name: "a_exps.weight", elements: Int.max, dimensions: [Int.max, 1, 0])
    let count = ParameterCount(of: [tensor, tensor, (name: "b", elements: Int.max, dimensions: [])])
    #expect(count == ParameterCount(total: .max, shared: .max, expert: .max, experts: 1))
    #expect(count.sizeLabel == "1x9223372T")
  }
}
