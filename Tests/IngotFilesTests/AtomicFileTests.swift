import IngotTestSupport
import Synchronization
import SystemPackage
import Testing

@testable import IngotFiles

@Suite struct AtomicFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func code(_ body: () throws -> Void) -> FileError.Code? {
    #expect(throws: FileError.self, performing: body)?.code
  }

  @Test func fileAppearsAtCommitAndNotBefore() throws {
    let output = try AtomicFile(replacing: folder.path("a"))
    try output.write([1, 2])
    try output.write([UInt8]())
    try output.write([3])
    #expect(output.byteCount == 3)
    let hidden = try folder.names()
    #expect(hidden.count == 1)
    #expect(hidden.allSatisfy { $0.hasPrefix(".a.") && $0.hasSuffix(".partial") })
    try output.commit()
    #expect(try folder.names() == ["a"])
    #expect(try folder.bytes(of: "a") == [1, 2, 3])
  }

  @Test func overwritingReplacesBytesAndKeepsPermissions() throws {
    try folder.write(0..<100, to: "a")
    try folder.setPermissions(of: "a", to: 0o640)
    let output = try AtomicFile(replacing: folder.path("a"), overwrite: true)
    try output.write([9])
    #expect(try folder.bytes(of: "a").count == 100)
    try output.commit()
    #expect(try folder.bytes(of: "a") == [9])
    let status = try PlatformCalls().status(of: folder.path("a"), followingLink: true)
    #expect(status.permissions == 0o640)
  }

  @Test func hiddenFileOfAPrivateFileIsNeverOpenToOthers() throws {
    try folder.write([1], to: "a")
    try folder.setPermissions(of: "a", to: 0o600)
    // What it has when it is created, before it gets the permissions of the file that it replaces.
    let atFirst = Mutex<CInterop.Mode?>(nil)
    let path = folder.path
    let calls = FaultyCalls { call, _ in
      if call == .chmod {
        let hidden = try? Folder.names(in: path).first { $0.string.hasPrefix(".a.") }
        let status = hidden.flatMap {
          try? PlatformCalls().status(of: path.appending($0), followingLink: false)
        }
        atFirst.withLock { $0 = status?.permissions }
      }
      return nil
    }
    try AtomicFile(replacing: folder.path("a"), overwrite: true, sources: [], calls: calls).commit()
    #expect(atFirst.withLock { $0 } == 0o600)
  }

  @Test func discardAndLettingGoRemoveTheHiddenFile() throws {
    let output = try AtomicFile(replacing: folder.path("a"))
    try output.write([1])
    output.discard()
    #expect(try folder.names() == [])
    output.discard()
    #expect(code { try output.write([1]) } == .closed)
    #expect(code { try output.commit() } == .closed)
    #expect(code { try output.reserve(byteCount: 1) } == .closed)

    do { try AtomicFile(replacing: folder.path("b")).write([1]) }
    #expect(try folder.names() == [])
  }

  @Test func secondCommitIsClosed() throws {
    let output = try AtomicFile(replacing: folder.path("a"))
    try output.commit()
    #expect(code { try output.commit() } == .closed)
    output.discard()
    #expect(try folder.bytes(of: "a") == [])
  }

  @Test func existingFileIsRefusedBeforeAnythingIsWritten() throws {
    try folder.write([1], to: "a")
    #expect(code { _ = try AtomicFile(replacing: folder.path("a")) } == .exists)
    #expect(try folder.names() == ["a"])
  }

  @Test func fileThatAppearsMeanwhileIsNotOverwritten() throws {
    // By each of the ways in which the platform can do it.
    for missing in [[], [FaultyCalls.Call.renameExclusively], [.renameExclusively, .link]] {
      let calls = FaultyCalls { call, _ in missing.contains(call) ? .fail(.notSupported) : nil }
      let output = try AtomicFile(replacing: folder.path("a"), overwrite: false, sources: [], calls: calls)
      try output.write([2])
      try folder.write([1], to: "a")
      #expect(code { try output.commit() } == .exists)
      #expect(try folder.bytes(of: "a") == [1])
      #expect(try folder.names() == ["a"])
      try PlatformCalls().unlink(folder.path("a"))
    }
  }

  @Test func commitWorksWithoutExclusiveRenamesLinksOrReservation() throws {
    for missing in [[FaultyCalls.Call.renameExclusively, .reserve], [.renameExclusively, .link]] {
      let calls = FaultyCalls { call, _ in missing.contains(call) ? .fail(.notSupported) : nil }
      let output = try AtomicFile(replacing: folder.path("a"), overwrite: false, sources: [], calls: calls)
      try output.reserve(byteCount: 10)
      try output.write([2])
      try output.commit()
      #expect(try folder.bytes(of: "a") == [2])
      #expect(try folder.names() == ["a"])
      try PlatformCalls().unlink(folder.path("a"))
    }
  }

  @Test func folderPipeAndDeviceAreNoTargets() throws {
    let paths: [FilePath] = [
      try folder.makeFolder("f"), try folder.makePipe("p"), "/dev/null", folder.path, "/", ".",
    ]
    for path in paths {
      for overwrite in [false, true] {
        #expect(code { _ = try AtomicFile(replacing: path, overwrite: overwrite) } == .notRegular, "\(path)")
      }
    }
    #expect(try folder.names() == ["f", "p"])
  }

  /// What /dev/stdout leads to where output is piped: a link to what has no path.
  @Test func linkToAPipeIsNoTarget() throws {
    try folder.makePipe("p")
    let error = #expect(throws: FileError.self) {
      try AtomicFile(replacing: try folder.makeLink("link", to: "p"), overwrite: true)
    }
    #expect(error?.code == .notRegular && error?.path == folder.path("link"))
    #expect(error?.detail == "a named pipe")
  }

  @Test func missingFolderIsNotFound() throws {
    let error = #expect(throws: FileError.self) {
      try AtomicFile(replacing: folder.path("none").appending("a"))
    }
    #expect(error?.code == .notFound)
    #expect(error?.path == folder.path("none"))
    let file = try folder.write([], to: "file")
    #expect(code { _ = try AtomicFile(replacing: file.appending("a")) } == .notFolder)
  }

  @Test func sourceIsNoTargetUnderAnyName() throws {
    let source = try folder.write([1], to: "source")
    let identity = try RegularFile(opening: source).identity
    let names = [
      source, try folder.makeLink("link", to: "source"), try folder.makeLink("second", to: "link"),
      try folder.makeHardLink("hard", to: "source"),
      try folder.makeLink("loop-folder", to: folder.path).appending("source"),
    ]
    for path in names {
      for overwrite in [false, true] {
        #expect(
          code { _ = try AtomicFile(replacing: path, overwrite: overwrite, sources: [identity]) }
            == .sameFile,
          "\(path)")
      }
    }
    #expect(try folder.bytes(of: "source") == [1])
  }

  @Test func linkStaysAndItsDestinationIsReplaced() throws {
    try folder.makeFolder("f")
    try folder.write([1], to: "f/a")
    try folder.makeLink("f/second", to: "a")
    let link = try folder.makeLink("link", to: "f/second")
    let output = try AtomicFile(replacing: link, overwrite: true)
    #expect(output.target == folder.path("f/a"))
    try output.write([2])
    try output.commit()
    #expect(try PlatformCalls().status(of: link, followingLink: false).kind == .link)
    #expect(try folder.bytes(of: "f/a") == [2])
  }

  @Test func linkToNothingLetsItsDestinationAppear() throws {
    let output = try AtomicFile(replacing: try folder.makeLink("link", to: "a"))
    try output.commit()
    #expect(try folder.names() == ["a", "link"])
  }

  @Test func linkToItselfIsRefused() throws {
    let error = #expect(throws: FileError.self) {
      try AtomicFile(replacing: try folder.makeLink("link", to: "link"))
    }
    #expect(error?.errno == .tooManySymbolicLinkLevels)
  }

  @Test func longestNameWorks() throws {
    let name = String(repeating: "é", count: 127)
    try AtomicFile(replacing: folder.path(name)).commit()
    #expect(try folder.names() == [name])
  }

  @Test func reservationDoesNotChangeTheLength() throws {
    let output = try AtomicFile(replacing: folder.path("a"))
    try output.reserve(byteCount: 1 << 20)
    try output.write([1, 2, 3])
    try output.commit()
    #expect(try folder.bytes(of: "a") == [1, 2, 3])
  }

  @Test(arguments: [1 << 62, UInt64.max])
  func impossibleReservationFailsAndDiscards(byteCount: UInt64) throws {
    let output = try AtomicFile(replacing: folder.path("a"))
    let error = #expect(throws: FileError.self) { try output.reserve(byteCount: byteCount) }
    #expect(error?.code == .noSpace || error?.code == .tooLarge)
    #expect(try folder.names() == [])
    #expect(code { try output.commit() } == .closed)
  }

  /// Of a file in memory nothing is reserved; it is only seen whether there is room.
  @Test(.enabled(if: (try? PlatformCalls().status(of: "/dev/shm", followingLink: true)) != nil))
  func aReservationInMemoryFailsWhereThereIsNoRoom() throws {
    let target = FilePath("/dev/shm/ingot-\(UInt64.random(in: 0...UInt64.max))")
    #expect(code { try AtomicFile(replacing: target).reserve(byteCount: 1 << 50) } == .noSpace)
    let output = try AtomicFile(replacing: target)
    try output.reserve(byteCount: 1 << 20)
    try output.write([1])
    #expect(output.byteCount == 1)
    output.discard()
  }

  @Test func usableAcrossSuspensionsOfOneTask() async throws {
    let output = try AtomicFile(replacing: folder.path("a"))
    try output.write([1])
    await Task.yield()
    try output.write([2])
    try output.commit()
    #expect(try folder.bytes(of: "a") == [1, 2])
  }
}
