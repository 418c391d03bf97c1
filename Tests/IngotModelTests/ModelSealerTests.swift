import IngotContainer
import IngotFiles
import IngotModel
import IngotSeal
import IngotTestSupport
import Synchronization
import SystemPackage
import Testing

@testable import IngotModel

/// `spec/seal.md`, clauses L3, L12 and L14: where seals are written, and what a file is after that.
struct ModelSealerTests {
  private let fixture: SealingFixture
  private var folder: TemporaryFolder { fixture.folder }
  private var path: FilePath { folder.path("m.gguf") }

  init() throws { fixture = try SealingFixture() }

  private func verify(_ path: FilePath, _ policy: SealPolicy = SealPolicy()) async throws -> [SealError.Code]
  {
    try await ModelVerifier(policy: policy, threads: 2).verify(path).flatMap { $0.errors.map(\.code) }
  }

  @Test(arguments: SealDigest.allCases, [true, false])
  func sealInPlaceKeepsTheBodyAndUnsealGivesTheFileBack(_ digest: SealDigest, isPadded: Bool) async throws {
    let original = isPadded ? fixture.body : Array(fixture.body.dropLast(fixture.paddingByteCount))
    try folder.write(original, to: "m.gguf")
    let sealed = try await ModelSealer(digest: digest, chunkByteCount: 64 << 10, threads: 3).seal(path)
    let bytes = try folder.bytes(of: "m.gguf")
    #expect(bytes.starts(with: fixture.body))
    #expect(UInt64(bytes.count) == sealed[0].byteCount)
    #expect(bytes.dropFirst(fixture.body.count).elementsEqual(sealed[0].seal.encoded()))
    #expect(try await verify(path) == [])
    #expect(try ModelFile(opening: path).tensors.count == 2)

    let unsealed = try ModelUnsealer.unseal(path)
    #expect(unsealed[0].removedByteCount == UInt64(bytes.count - original.count))
    #expect(try folder.bytes(of: "m.gguf") == original)
  }

  @Test func copyAndDetachedSealLeaveTheFileAlone() async throws {
    let sealer = ModelSealer(digest: .sha256)
    let copy = try await sealer.seal(path, to: .copy(folder.path("copy.gguf")))
    #expect(try await verify(folder.path("copy.gguf")) == [])
    let detached = try await sealer.seal(path, to: .detached)
    #expect(detached[0].sealPath == folder.path("m.gguf.seal"))
    #expect(try folder.bytes(of: "m.gguf") == fixture.body)
    #expect(try await verify(path) == [])
    #expect(copy[0].seal.statement == detached[0].seal.statement)

    var changed = fixture.body
    changed[changed.count - 40] ^= 1
    try folder.write(changed, to: "m.gguf")
    #expect(try await verify(path) == [.damaged])
    try folder.write(fixture.body + [0], to: "m.gguf")
    #expect(try await verify(path) == [.position])
    try folder.write(fixture.body.dropLast(), to: "m.gguf")
    #expect(try await verify(path) == [.range])
  }

  /// Step 3 of L13, of a seal in a file of its own.
  @Test func faultsOfADetachedSealNameItsFile() async throws {
    _ = try await ModelSealer().seal(path, to: .detached)
    let seal = folder.path("m.gguf.seal")
    let whole = try folder.bytes(of: "m.gguf.seal")
    try folder.write(whole.dropLast(9), to: "m.gguf.seal")
    let verdict = try await ModelVerifier().verify(path)[0]
    #expect(verdict.errors.map(\.code) == [.unfinished])
    #expect(verdict.errors.first?.offset == UInt64(whole.count - 9))
    #expect(verdict.errors.first?.expected.hasSuffix("seal the file again with --detached --force") == true)
    #expect(verdict.errorPath == seal)
    let error = #expect(throws: ModelError.self) { try ModelFile(opening: path, verifying: .fully) }
    #expect(error?.path == seal && error?.code == "SEAL_UNFINISHED")
    var damaged = whole
    damaged[3] ^= 1
    try folder.write(damaged, to: "m.gguf.seal")
    #expect(try await ModelVerifier().verify(path)[0].errors.map(\.offset) == [0])
    _ = try await ModelSealer().seal(path, to: .detached, overwrite: true)
    #expect(try await verify(path) == [])
    // What is wrong with the model is told of the model.
    try folder.write(fixture.body.dropLast(), to: "m.gguf")
    let shorter = try await ModelVerifier().verify(path)[0]
    #expect(shorter.errors.map(\.offset) == [UInt64(fixture.body.count - 1)])
    #expect(shorter.errorPath == path)
  }

  @Test func detachedSealOfAFileWithoutItsLastPadding() async throws {
    try folder.write(fixture.body.dropLast(fixture.paddingByteCount), to: "m.gguf")
    _ = try await ModelSealer().seal(path, to: .detached)
    #expect(try await verify(path) == [])
  }

  @Test func sealThatIsThereIsReplacedOnlyIfAskedFor() async throws {
    _ = try await ModelSealer().seal(path)
    let first = try folder.bytes(of: "m.gguf")
    let error = await #expect(throws: ModelError.self) { try await ModelSealer().seal(path) }
    #expect(error?.code == "SEALED")
    #expect(error?.offset == UInt64(fixture.body.count))
    #expect(try folder.bytes(of: "m.gguf") == first)
    _ = try await ModelSealer(digest: .sha256).seal(path, overwrite: true)
    #expect(try await verify(path, SealPolicy(minimum: .sha256)) == [])
    _ = try await ModelSealer().seal(path, overwrite: true)
    #expect(try folder.bytes(of: "m.gguf") == first)
  }

  @Test func foreignBytesAreNeverCutOff() async throws {
    try folder.write(fixture.body + Array("mine".utf8), to: "m.gguf")
    for overwrite in [false, true] {
      let error = await #expect(throws: ModelError.self) {
        try await ModelSealer().seal(path, overwrite: overwrite)
      }
      #expect(error?.code == "SEAL_POSITION")
    }
    let error = #expect(throws: ModelError.self) { try ModelUnsealer.unseal(path) }
    #expect(error?.code == "SEAL_POSITION")
    #expect(try folder.bytes(of: "m.gguf") == fixture.body + Array("mine".utf8))
  }

  @Test func foreignBytesBehindASealKeepItInPlace() async throws {
    _ = try await ModelSealer().seal(path)
    let bytes = try folder.bytes(of: "m.gguf") + [1, 2, 3]
    try folder.write(bytes, to: "m.gguf")
    let error = #expect(throws: ModelError.self) { try ModelUnsealer.unseal(path) }
    #expect(error?.code == "SEAL_POSITION")
    #expect(try folder.bytes(of: "m.gguf") == bytes)
  }

  @Test func whateverACrashLeavesIsMendedByUnseal() async throws {
    for original in [fixture.body, Array(fixture.body.dropLast(fixture.paddingByteCount))] {
      try folder.write(original, to: "m.gguf")
      _ = try await ModelSealer().seal(path)
      let sealed = try folder.bytes(of: "m.gguf")
      // Of a table header the first 24 bytes tell what it is, and the whole how long the file was.
      for count in fixture.body.count + 24..<sealed.count {
        try folder.write(sealed[..<count], to: "m.gguf")
        #expect(try await verify(path) == [.unfinished])
        #expect(try ModelUnsealer.unseal(path)[0].wasUnfinished)
        let isWhole = count >= fixture.body.count + 64
        #expect(try folder.bytes(of: "m.gguf") == (isWhole ? original : fixture.body))
      }
    }
  }

  @Test func paddingThatIsNotZeroIsNotCutOff() async throws {
    try folder.write(fixture.body.dropLast(fixture.paddingByteCount), to: "m.gguf")
    _ = try await ModelSealer().seal(path)
    var bytes = try folder.bytes(of: "m.gguf")
    bytes[fixture.body.count - 1] = 7
    try folder.write(bytes, to: "m.gguf")
    _ = try ModelUnsealer.unseal(path)
    #expect(try folder.bytes(of: "m.gguf") == Array(bytes[..<fixture.body.count]))
  }

  /// Every call of sealing in place is made to fail, one after another.
  @Test func failureOfAnyCallLeavesTheFileUnsealedOrMendable() async throws {
    var index = 0
    while true {
      let failing = index
      let calls = FaultyCalls { _, place in place == failing ? .fail(.ioError) : nil }
      do {
        _ = try await ModelSealer().seal(path, to: .inPlace, overwrite: false, calls: calls)
        break
      } catch {
        let bytes = try folder.bytes(of: "m.gguf")
        #expect(bytes.starts(with: fixture.body), "call \(failing)")
        if bytes != fixture.body { _ = try? ModelUnsealer.unseal(path) }
        #expect(try folder.bytes(of: "m.gguf") == fixture.body, "call \(failing)")
      }
      index += 1
    }
    #expect(index > 8)
    #expect(try await verify(path) == [])
  }

  @Test func fullDiskLeavesNoHalfSeal() async throws {
    let writes = FaultyCalls { call, _ in call == .write ? .moveAtMost(100) : nil }
    _ = try await ModelSealer().seal(path, to: .inPlace, overwrite: false, calls: writes)
    #expect(try await verify(path) == [])
    _ = try ModelUnsealer.unseal(path)
    let full = FaultyCalls { call, index in
      call == .write ? (index < 4 ? .moveAtMost(70) : .fail(.noSpace)) : nil
    }
    let error = await #expect(throws: FileError.self) {
      try await ModelSealer().seal(path, to: .inPlace, overwrite: false, calls: full)
    }
    #expect(error?.code == .noSpace)
    #expect(try folder.bytes(of: "m.gguf") == fixture.body)
  }

  @Test func aDiskWithoutRoomForTheNewSealKeepsTheOld() async throws {
    _ = try await ModelSealer().seal(path)
    let sealed = try folder.bytes(of: "m.gguf")
    let full = FaultyCalls { call, _ in call == .reserve ? .fail(.noSpace) : nil }
    // A longer seal than the one that is there.
    let sealer = ModelSealer(digest: .sha256)
    let error = await #expect(throws: FileError.self) {
      try await sealer.seal(path, to: .inPlace, overwrite: true, calls: full)
    }
    #expect(error?.code == .noSpace)
    #expect(try folder.bytes(of: "m.gguf") == sealed)
    // Where nothing can be reserved it is tried.
    let unable = FaultyCalls { call, _ in call == .reserve ? .fail(.notSupported) : nil }
    _ = try await sealer.seal(path, to: .inPlace, overwrite: true, calls: unable)
    #expect(try await verify(path, SealPolicy(minimum: .sha256)) == [])
  }

  @Test func anOldSealThatIsLostIsTold() async throws {
    _ = try await ModelSealer().seal(path)
    let calls = FaultyCalls { call, _ in call == .write ? .fail(.noSpace) : nil }
    let error = await #expect(throws: FileError.self) {
      try await ModelSealer().seal(path, to: .inPlace, overwrite: true, calls: calls)
    }
    #expect(error?.code == .noSpace && error?.errno == .noSpace)
    let text = error.map { "\($0)" } ?? ""
    #expect(
      text.contains("(the old seal was cut off, and the file is unsealed now); free some space"), "\(text)")
    #expect(try folder.bytes(of: "m.gguf") == fixture.body)
  }

  /// Calls of which chosen ones fail: those of a kind from a number on, counted from 0.
  private static func calls(failing faults: [FaultyCalls.Call: Int]) -> FaultyCalls {
    let counts = Mutex<[FaultyCalls.Call: Int]>([:])
    return FaultyCalls { call, _ in
      let number = counts.withLock { counts in
        defer { counts[call, default: 0] += 1 }
        return counts[call, default: 0]
      }
      return faults[call].map { number >= $0 } == true ? .fail(.ioError) : nil
    }
  }

  @Test(arguments: [false, true]) func aPartOfASealThatStaysIsTold(hasOldSeal: Bool) async throws {
    if hasOldSeal { _ = try await ModelSealer().seal(path) }
    // The first ftruncate cuts off the old seal.
    let calls = Self.calls(failing: [.sync: 0, .truncate: hasOldSeal ? 1 : 0])
    let error = await #expect(throws: FileError.self) {
      try await ModelSealer().seal(path, to: .inPlace, overwrite: true, calls: calls)
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(
      text.contains("what was written of the new one, 64 bytes, could not be cut off: unseal the file"),
      "\(text)")
    #expect(text.contains("the old seal was cut off, and") == hasOldSeal, "\(text)")
    #expect(try await verify(path) == [.unfinished])
    #expect(try ModelUnsealer.unseal(path)[0].wasUnfinished)
    #expect(try folder.bytes(of: "m.gguf") == fixture.body)
  }

  @Test func aSealThatIsCutOffButNotOnTheDiskIsTold() async throws {
    _ = try await ModelSealer().seal(path)
    let error = #expect(throws: FileError.self) {
      try ModelUnsealer.unseal(path, limits: .default, calls: Self.calls(failing: [.sync: 0]))
    }
    #expect(error?.code == .io)
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("(the seal was cut off, but that may be lost in a power failure)"), "\(text)")
    #expect(try folder.bytes(of: "m.gguf") == fixture.body)
  }

  @Test func aFileThatAnotherProcessSealsIsLeftAlone() async throws {
    let tail = try FileTail(opening: path, byteCount: UInt64(fixture.body.count))
    for overwrite in [false, true] {
      let error = await #expect(throws: FileError.self) {
        try await ModelSealer().seal(path, overwrite: overwrite)
      }
      #expect(error?.code == .locked)
    }
    withExtendedLifetime(tail) {}
    #expect(try folder.bytes(of: "m.gguf") == fixture.body)
  }

  @Test func aFileThatAnotherProcessSealsIsNotUnsealed() async throws {
    _ = try await ModelSealer().seal(path)
    let sealed = try folder.bytes(of: "m.gguf")
    let tail = try FileTail(opening: path, byteCount: UInt64(sealed.count))
    let error = #expect(throws: FileError.self) { try ModelUnsealer.unseal(path) }
    #expect(error?.code == .locked)
    withExtendedLifetime(tail) {}
    #expect(try folder.bytes(of: "m.gguf") == sealed)
    // Reading needs no lock.
    #expect(try await verify(path) == [])
  }

  // MARK: Sets

  @Test func setIsSealedAsOneAndFilesOfTwoSetsDoNotVerify() async throws {
    let key = try SigningKey(seed: [UInt8](repeating: 1, count: 32))
    let policy = SealPolicy(keys: [key.verifyingKey])
    var other: [[UInt8]] = []
    for seed in [5, 6] as [UInt64] {
      try fixture.writeSet(seed: seed)
      let sealed = try await ModelSealer(digest: .sha256, key: key).seal(folder.path("s-00002-of-00002.gguf"))
      #expect(sealed.map { $0.seal.statement.set?.index } == [0, 1])
      #expect(try await verify(folder.path("s-00001-of-00002.gguf"), policy) == [])
      if seed == 5 { other = try [1, 2].map { try folder.bytes(of: "s-0000\($0)-of-00002.gguf") } }
    }
    try folder.write(other[1], to: "s-00002-of-00002.gguf")
    let first = folder.path("s-00001-of-00002.gguf")
    // It is told of the file that does not belong there.
    let verdicts = try await ModelVerifier(policy: policy).verify(first)
    #expect(verdicts.map { $0.errors.map(\.code) } == [[], [.set]])
    let error = #expect(throws: ModelError.self) {
      try ModelFile(opening: first, verifying: .fully, policy: policy)
    }
    #expect(error?.code == "SEAL_SET" && error?.path == folder.path("s-00002-of-00002.gguf"))
    #expect(try ModelUnsealer.unseal(folder.path("s-00001-of-00002.gguf")).count == 2)
  }

  @Test(arguments: [0o600, 0o400, 0o640] as [CInterop.Mode]) func aCopyHasThePermissionsOfItsFile(
    _ mode: CInterop.Mode
  ) async throws {
    func permissions(of name: String) throws -> CInterop.Mode {
      try PlatformCalls().status(of: folder.path(name), followingLink: true).permissions
    }
    try folder.setPermissions(of: "m.gguf", to: mode)
    _ = try await ModelSealer().seal(path, to: .copy(folder.path("copy.gguf")))
    #expect(try permissions(of: "copy.gguf") == mode)
    // A file that is replaced keeps its own.
    try folder.setPermissions(of: "copy.gguf", to: 0o644)
    _ = try await ModelSealer().seal(path, to: .copy(folder.path("copy.gguf")), overwrite: true)
    #expect(try permissions(of: "copy.gguf") == 0o644)
  }

  @Test func copyOfASetIsASet() async throws {
    try fixture.writeSet(seed: 7)
    let names = ["s-00001-of-00002.gguf", "s-00002-of-00002.gguf"]
    let before = try names.map { try folder.bytes(of: $0) }
    // Any of its names will do.
    let sealed = try await ModelSealer(digest: .sha256).seal(
      folder.path(names[1]), to: .copy(folder.path("new-00002-of-00002.gguf")))
    #expect(sealed.map(\.path) == [1, 2].map { folder.path("new-0000\($0)-of-00002.gguf") })
    #expect(try await verify(folder.path("new-00001-of-00002.gguf"), SealPolicy(minimum: .sha256)) == [])
    #expect(try names.map { try folder.bytes(of: $0) } == before)
    // The same seals as in place.
    _ = try await ModelSealer(digest: .sha256).seal(folder.path(names[0]))
    #expect(
      try names.map { try folder.bytes(of: $0) }
        == [1, 2].map { try folder.bytes(of: "new-0000\($0)-of-00002.gguf") })
  }

  @Test(arguments: ["x.gguf", "x-00001-of-00003.gguf", "x-00001-of-00002", "x-1-of-2.gguf"])
  func copyOfASetIsNamedLikeOne(_ name: String) async throws {
    try fixture.writeSet(seed: 7)
    let before = try folder.names()
    let error = await #expect(throws: ModelError.self) {
      try await ModelSealer().seal(folder.path("s-00001-of-00002.gguf"), to: .copy(folder.path(name)))
    }
    #expect(error?.code == "SEAL_NAME")
    #expect(try folder.names() == before)
  }

  @Test func copyOfASetThatCannotBeWrittenLeavesNothing() async throws {
    try fixture.writeSet(seed: 7)
    try folder.write([1], to: "new-00002-of-00002.gguf")
    let before = try folder.names()
    for target in ["new-00001-of-00002.gguf", "s-00001-of-00002.gguf"] {
      await #expect(throws: FileError.self) {
        try await ModelSealer().seal(folder.path("s-00001-of-00002.gguf"), to: .copy(folder.path(target)))
      }
      #expect(try folder.names() == before)
    }
  }

  @Test func aSetThatIsSealedInPartSaysSo() async throws {
    try fixture.writeSet(seed: 7)
    let first = folder.path("s-00001-of-00002.gguf")
    _ = try await ModelSealer().seal(first)
    // Three for each file.
    let error = await #expect(throws: FileError.self) {
      try await ModelSealer(digest: .sha256).seal(
        first, to: .inPlace, overwrite: true, calls: Self.calls(failing: [.sync: 3]))
    }
    #expect(error?.path == folder.path("s-00002-of-00002.gguf"))
    let text = error.map { "\($0)" } ?? ""
    #expect(
      text.contains("1 of the 2 files has its new seal: seal the set again with --force, or unseal it"),
      "\(text)")
    #expect(try await ModelVerifier().verify(first).map(\.isValid) == [true, false])
    _ = try await ModelSealer(digest: .sha256).seal(first, overwrite: true)
    #expect(try await verify(first) == [])
  }

  @Test func verdictNamesRangesAndTensorsOfDamage() async throws {
    _ = try await ModelSealer(chunkByteCount: 64 << 10).seal(path)
    var bytes = try folder.bytes(of: "m.gguf")
    bytes[70_000] ^= 1
    try folder.write(bytes, to: "m.gguf")
    let verdict = try await ModelVerifier(threads: 2).verify(path)[0]
    #expect(!verdict.isValid)
    #expect(
      verdict.damage == [SealVerdict.Damage(range: 65_536..<131_072, tensors: ["a"], includesHeader: false)])
  }
}
