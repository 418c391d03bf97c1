import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotFiles

struct FileTailTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write([1, 2, 3], to: "file")
  }

  @Test func bytesAreAddedAndCutOffAtTheEnd() throws {
    let tail = try FileTail(opening: folder.path("file"), byteCount: 3)
    try tail.append([4, 5])
    try tail.append([6])
    #expect(try folder.bytes(of: "file") == [1, 2, 3, 4, 5, 6])
    #expect(tail.byteCount == 6)
    try tail.cut(to: 4)
    try tail.cut(to: 9)
    try tail.sync()
    #expect(try folder.bytes(of: "file") == [1, 2, 3, 4])
  }

  @Test func lengthThatChangedIsRefused() throws {
    #expect(throws: FileError.self) { try FileTail(opening: folder.path("file"), byteCount: 4) }
    let tail = try FileTail(opening: folder.path("file"), byteCount: 3)
    try folder.write([1, 2, 3, 9], to: "file")
    for change in [{ try tail.append([4]) }, { try tail.cut(to: 1) }] {
      let error = #expect(throws: FileError.self) { try change() }
      #expect(error?.code == .changed)
    }
    #expect(try folder.bytes(of: "file") == [1, 2, 3, 9])
  }

  /// Clause L14 of `spec/seal.md`.
  @Test func oneAtATimeChangesTheEndOfAFile() throws {
    let tail = try FileTail(opening: folder.path("file"), byteCount: 3)
    try folder.makeLink("other name", to: "file")
    for name in ["file", "other name"] {
      let error = #expect(throws: FileError.self) { try FileTail(opening: folder.path(name), byteCount: 3) }
      #expect(error?.code == .locked)
      #expect(error?.path == folder.path(name))
    }
    try withExtendedLifetime(tail) { try tail.append([4]) }
    #expect(try folder.bytes(of: "file") == [1, 2, 3, 4])
  }

  @Test func theLockGoesWithTheTail() throws {
    for byteCount in 3..<6 {
      try FileTail(opening: folder.path("file"), byteCount: UInt64(byteCount)).append([9])
    }
    #expect(try folder.bytes(of: "file") == [1, 2, 3, 9, 9, 9])
  }

  @Test(arguments: [Errno.notSupported, .noLocks, .noFunction])
  func aFileSystemWithoutLocksIsWrittenWithout(_ errno: Errno) throws {
    let calls = FaultyCalls { call, _ in call == .lock ? .fail(errno) : nil }
    try FileTail(opening: folder.path("file"), byteCount: 3, calls: calls).append([4])
    #expect(try folder.bytes(of: "file") == [1, 2, 3, 4])
  }

  @Test func aLockThatFailsOtherwiseIsAnError() throws {
    let calls = FaultyCalls { call, _ in call == .lock ? .fail(.ioError) : nil }
    let error = #expect(throws: FileError.self) {
      try FileTail(opening: folder.path("file"), byteCount: 3, calls: calls)
    }
    #expect(error?.code == .io)
    // A signal is no answer.
    let interrupted = FaultyCalls { call, index in call == .lock && index < 4 ? .fail(.interrupted) : nil }
    try FileTail(opening: folder.path("file"), byteCount: 3, calls: interrupted).append([4])
  }

  @Test func onlyRegularFilesAreOpened() throws {
    #expect(throws: FileError.self) { try FileTail(opening: folder.path("nothing"), byteCount: 0) }
    #expect(throws: FileError.self) { try FileTail(opening: folder.path, byteCount: 0) }
    try folder.makePipe("pipe")
    #expect(throws: FileError.self) { try FileTail(opening: folder.path("pipe"), byteCount: 0) }
  }

  @Test func spaceIsReservedBehindTheEndAlone() throws {
    let tail = try FileTail(opening: folder.path("file"), byteCount: 3)
    try tail.reserve(byteCount: 1 << 20)
    #expect(try folder.bytes(of: "file") == [1, 2, 3])
    tail.release()
    #expect(try folder.bytes(of: "file") == [1, 2, 3])
  }

  @Test func fullDiskIsFoundBeforeAnythingIsWritten() throws {
    let full = FaultyCalls { call, _ in call == .reserve ? .fail(.noSpace) : nil }
    let other = try FileTail(opening: folder.path("file"), byteCount: 3, calls: full)
    // No more than there is: nothing is asked for.
    try other.reserve(byteCount: 3)
    let error = #expect(throws: FileError.self) { try other.reserve(byteCount: 4) }
    #expect(error?.code == .noSpace)
  }

  @Test func partOfAFailedWriteIsKnown() throws {
    let calls = FaultyCalls { call, index in
      call == .write ? (index < 6 ? .moveAtMost(2) : .fail(.noSpace)) : nil
    }
    let tail = try FileTail(opening: folder.path("file"), byteCount: 3, calls: calls)
    let error = #expect(throws: FileError.self) { try tail.append([4, 5, 6, 7]) }
    #expect(error?.code == .noSpace)
    #expect(tail.byteCount == 5)
    try tail.cut(to: 3)
    #expect(try folder.bytes(of: "file") == [1, 2, 3])
  }

  @Test func privateFilesAreForTheUserAlone() throws {
    for overwrite in [false, true] {
      let file = try AtomicFile(replacing: folder.path("key"), overwrite: overwrite, isPrivate: true)
      try file.write([1])
      try file.commit()
      #expect(try PlatformCalls().status(of: folder.path("key"), followingLink: true).permissions == 0o600)
      try folder.setPermissions(of: "key", to: 0o644)
    }
  }
}
