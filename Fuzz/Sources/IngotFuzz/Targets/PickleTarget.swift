import IngotContainer

@testable import IngotCheckpoints

/// Pickles by themselves, and streams as PyTorch wrote them before 1.6.
enum PickleTarget: FuzzTarget {
  static let name = "pickle"

  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    PickleMutator.mutated(bytes, limit: limit, using: &random)
  }

  static func run(_ bytes: UnsafeRawBufferPointer) {
    let input = Array(bytes)
    let choice = bytes.fingerprint
    let limits = CheckpointSource.limits(by: choice)
    compareWithSurvey(input, limits)
    let file = CheckpointSource.bytes(input)
    CheckpointSource.refusing(input) {
      let contents = try PyTorchContents(stream: file, limits: limits, isSurvey: choice & 0x80 == 0)
      let table = try PyTorchTensors(contents: contents, file: 0, firstStorage: 0).table(
        choosing: .onlyOrAll)
      try CheckpointSource.check(table, contents.places, choice: choice)
    }
  }

  /// Clause P4: a survey accepts what is accepted, and lists a name where another run refuses it.
  private static func compareWithSurvey(_ input: [UInt8], _ limits: CheckpointLimits) {
    func outcome(_ foreign: PickleMachine.Foreign) -> Result<(PickleArena, PickleValue), PickleError> {
      let source = PickleBytes(
        PickleSource(CheckpointSource.bytes(input)), limit: limits.pickleByteCount)
      var machine = PickleMachine(source, limits: limits, foreign: foreign)
      do {
        let root = try machine.run()
        return .success((machine.arena, root))
      } catch let error as PickleError {
        claim(error.offset <= input.count, "an error beyond the pickle: \(error)")
        return .failure(error)
      } catch { fatalError("an error of another kind: \(error)") }
    }
    let strict = outcome(.refused)
    let survey = outcome(.listed)
    switch (strict, survey) {
    case (.success(let left), .success(let right)):
      claim(
        right.0.unknown.names.isEmpty && left.0.tensors.count == right.0.tensors.count,
        "a survey that differs")
      CheckpointSource.refusing(input) { try search(left.0, left.1, limits, input) }
    case (.success, .failure(let error)): claim(false, "a survey refuses what is accepted: \(error)")
    case (.failure(let error), .success(let found)):
      claim(error.code == .global && found.0.unknown.names.first?.error == error, "\(error) is not listed")
      CheckpointSource.refusing(input) { try search(found.0, found.1, limits, input) }
    case (.failure(let left), .failure(let right)):
      claim(left == right || left.code == .global, "\(left), not \(right)")
    }
  }

  /// Searches a value whose storages are nowhere.
  private static func search(
    _ arena: PickleArena, _ root: PickleValue, _ limits: CheckpointLimits, _ input: [UInt8]
  ) throws {
    let file = CheckpointSource.bytes(input)
    let part = PyTorchContents.Part(
      prefix: [], arena: arena, root: root, start: 0, entry: nil,
      places: [Int32](repeating: 0, count: arena.storages.count))
    var places = PyTorchPlaces(file)
    _ = places.append(PyTorchPlaces.Place(offset: 0, byteCount: UInt64(input.count)))
    let contents = try PyTorchContents(
      file: file, parts: [part], places: places, isBigEndian: input.count % 2 == 1, limits: limits)
    let table = try PyTorchTensors(contents: contents, file: 0, firstStorage: 0).table(
      choosing: .onlyOrAll)
    try CheckpointSource.check(table, places, choice: UInt64(input.count))
  }
}
