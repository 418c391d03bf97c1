import IngotCheckpoints
import IngotEncodings
import IngotTestSupport
import Testing

@testable import IngotConversion

/// A list of derived tensors gives each as it was put in, however it is held.
@Suite struct DerivedTensorsTests {
  private let folder: TemporaryFolder
  private let source: any Checkpoint

  init() throws {
    folder = try TemporaryFolder()
    source = try Checkpoints.open(
      try folder.safetensors([
        SourceTensor("matrix", [4, 6], [Float](repeating: 1, count: 24)),
        SourceTensor("other", [2, 2], [1, 2, 3, 4]), SourceTensor("", [2], [1, 2]),
      ]))
  }

  private func tensors() throws -> [DerivedTensor] {
    let matrix = try #require(source.tensor(named: "matrix"))
    let other = try #require(source.tensor(named: "other"))
    let nameless = try #require(source.tensor(named: ""))
    let foreign = CheckpointTensor(
      name: "matrix", shape: [6, 4], type: .float32, location: matrix.location)
    func tensor(
      _ label: String, _ name: String, _ shape: [Int], _ origin: DerivedTensor.Origin, _ change: String?,
      _ type: ElementType = .float32
    ) -> DerivedTensor {
      DerivedTensor(label: label, name: name, shape: shape, type: type, origin: origin, change: change)
    }
    return [
      tensor("matrix", "a", [4, 6], .rows([matrix], .all), nil),
      tensor(
        "matrix[0]", "b", [2, 6], .rows([matrix], .groups(source: 4, offset: 2, stride: 1, count: 2)), "part"),
      tensor("other", "c", [2, 2], .transposed([other], .all), "transposed"),
      tensor("values", "d", [2], .values([1, 2]), nil),
      tensor("e", "", [4, 6], .elements([matrix], .heads(rows: 4)), "rows"),
      tensor("sum", "f", [2, 2], .sum(other, 1), "+ 1"),
      tensor("", "g", [2], .rows([nameless], .all), nil),
      tensor("two", "h", [4, 2], .rows([other, other], .all), nil),
      tensor("matrix", "i", [6, 4], .rows([foreign], .all), nil),
      tensor("padded", "j", [3, 2], .padded(other, rows: 1), "padded", .float16),
    ]
  }

  private static func words(_ tensor: DerivedTensor) -> String {
    let origin =
      switch tensor.origin {
      case .rows(let sources, let order): "rows \(sources.map(words)) \(order)"
      case .elements(let sources, let order): "elements \(sources.map(words)) \(order)"
      case .transposed(let sources, let order): "transposed \(sources.map(words)) \(order)"
      case .sum(let source, let number): "sum \(words(source)) \(number)"
      case .padded(let source, let rows): "padded \(words(source)) \(rows)"
      case .values(let values): "\(values)"
      default: "other"
      }
    return "\(tensor.label) \(tensor.name) \(tensor.shape) \(tensor.type) \(origin) \(tensor.change ?? "-")"
  }

  private static func words(_ tensor: CheckpointTensor) -> String {
    "\(tensor.name) \(tensor.shape) \(tensor.type) \(tensor.location.offset)"
  }

  @Test func eachTensorIsAsItWasPutIn() throws {
    let tensors = try tensors()
    let derived = DerivedTensors(tensors, of: source.tensors)
    #expect(derived.map(Self.words) == tensors.map(Self.words))
  }

  @Test func thoseFromOneOnAreReordered() throws {
    let tensors = try tensors()
    var derived = DerivedTensors(tensors, of: source.tensors)
    derived.reorder([9, 2, 8, 3, 7, 4, 6, 5], from: 2)
    #expect(derived.map(Self.words) == [0, 1, 9, 2, 8, 3, 7, 4, 6, 5].map { Self.words(tensors[$0]) })
  }
}
