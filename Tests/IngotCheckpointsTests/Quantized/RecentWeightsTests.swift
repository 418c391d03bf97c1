import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotCheckpoints

/// How weights are made is found again when they are read, which must not lead to others than those that were seen.
@Suite struct RecentWeightsTests {
  // Q1.5
  @Test func aStateThatIsChangedAfterOpeningIsRefused() throws {
    let fixture = try QuantizedFixture("nf4-nested")
    let (path, starts) = try fixture.write()
    let checkpoint = try Checkpoints.open(path)
    let tensor = try #require(checkpoint.tensor(named: "m.q.weight"))
    #expect(tensor.shape == [48, 100])
    let name = "m.q.weight.quant_state.bitsandbytes__nf4"
    let state = try #require(fixture.tensors.first { $0.name == name }).bytes
    let place = try #require(state.firstRange(of: Array("[48, 100]".utf8))).lowerBound
    let file = try FileDescriptor.open(path, .writeOnly)
    defer { try? file.close() }
    try file.writeAll(
      toAbsoluteOffset: Int64(try #require(starts[name])) + Int64(place), "[100, 48]".utf8)
    let error = #expect(throws: CheckpointError.self) { try checkpoint.bytes(of: tensor) }
    #expect(error?.code == .schema && error?.subject == .tensor("m.q.weight"))
    #expect(error?.offset == starts["m.q.weight"])
  }

  @Test func eachPlaceHasItsOwnWeights() throws {
    let recent = RecentWeights()
    let checkpoint = try SafeTensorsCheckpoint(
      opening: TestData.path("quantized/ct-int-quantized/model.safetensors"))
    let tensor = try #require(checkpoint.tensors.first)
    func weights(_ width: Int) -> BlockwiseWeights {
      BlockwiseWeights(codes: tensor, scales: tensor, map: [], blockSize: 64, nested: nil, width: width)
    }
    for place in [3, 67, 131] {
      #expect(recent.weights(at: place) == nil)
      recent.keep(weights(place), at: place)
      #expect(recent.weights(at: place)?.width == place)
    }
    recent.keep(weights(4), at: 4)
    #expect(recent.weights(at: 3) == nil && recent.weights(at: 131)?.width == 131)
  }
}
