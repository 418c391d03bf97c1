import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotFiles

@Suite struct RegularFileTests {
  let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func read(_ file: RegularFile, _ count: Int, at offset: UInt64) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: count)
    try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: offset) }
    return bytes
  }

  @Test func readsAnyRange() throws {
    let file = try RegularFile(opening: try folder.write(0..<100, to: "a"))
    #expect(file.byteCount == 100)
    #expect(try read(file, 100, at: 0) == Array(0..<100))
    #expect(try read(file, 3, at: 97) == [97, 98, 99])
    #expect(try read(file, 0, at: 100) == [])
    #expect(try read(file, 0, at: .max) == [])
  }

  @Test(arguments: [(1, 100), (100, 1), (1, UInt64.max), (1, UInt64(Int64.max)), (2, UInt64(Int64.max) - 1)])
  func bytesBeyondTheEndAreShrunk(count: Int, offset: UInt64) throws {
    let file = try RegularFile(opening: try folder.write(0..<100, to: "a"))
    let error = #expect(throws: FileError.self) { try read(file, count, at: offset) }
    #expect(error?.code == .shrunk)
    #expect(error?.path == folder.path("a"))
  }

  @Test func fileCutAfterOpeningIsShrunk() throws {
    let file = try RegularFile(opening: try folder.write(0..<100, to: "a"))
    try folder.truncate("a", to: 50)
    let error = #expect(throws: FileError.self) { try read(file, 60, at: 0) }
    #expect(error?.code == .shrunk)
    #expect(file.byteCount == 100)
    #expect(try file.currentByteCount() == 50)
  }

  @Test func shortAndInterruptedReadsAreContinued() throws {
    let path = try folder.write(0..<100, to: "a")
    let calls = FaultyCalls { call, index in
      guard call == .read || call == .open || call == .fstat else { return nil }
      return index.isMultiple(of: 2) ? .fail(.interrupted) : .moveAtMost(7)
    }
    let file = try RegularFile(opening: path, calls: calls)
    #expect(try read(file, 100, at: 0) == Array(0..<100))
    #expect(calls.calls.count { $0 == .read } == 30)
  }

  @Test func failingReadIsReported() throws {
    let path = try folder.write(0..<100, to: "a")
    let file = try RegularFile(
      opening: path, calls: FaultyCalls { call, _ in call == .read ? .fail(.ioError) : nil })
    let error = #expect(throws: FileError.self) { try read(file, 1, at: 0) }
    #expect(error == FileError(.io, path, operation: "read", errno: .ioError))
  }

  @Test(.timeLimit(.minutes(1))) func folderPipeAndDeviceAreRefusedAtOnce() throws {
    let paths: [FilePath] = [try folder.makeFolder("f"), try folder.makePipe("p"), "/dev/null"]
    for path in paths {
      let error = #expect(throws: FileError.self) { try RegularFile(opening: path) }
      #expect(error?.code == .notRegular, "\(path)")
      #expect(error?.path == path)
    }
  }

  @Test func linkToPipeIsRefused() throws {
    let link = try folder.makeLink("l", to: try folder.makePipe("p"))
    #expect(throws: FileError(.notRegular, link, operation: "open", detail: "a named pipe")) {
      try RegularFile(opening: link)
    }
  }

  @Test func missingFileIsNotFound() throws {
    let error = #expect(throws: FileError.self) { try RegularFile(opening: folder.path("none")) }
    #expect(error?.code == .notFound)
    #expect(error?.errno == .noSuchFileOrDirectory)
  }

  @Test func fileAsFolderIsNotFolder() throws {
    let path = try folder.write([], to: "a").appending("b")
    #expect(throws: FileError(.notFolder, path, operation: "open", errno: .notDirectory)) {
      try RegularFile(opening: path)
    }
  }

  @Test func refusedOpeningIsPermission() throws {
    // By a fault, since tests may run as a user who may read everything.
    let path = try folder.write([], to: "a")
    let calls = FaultyCalls { call, _ in call == .open ? .fail(.permissionDenied) : nil }
    #expect(throws: FileError(.permission, path, operation: "open", errno: .permissionDenied)) {
      try RegularFile(opening: path, calls: calls)
    }
  }

  @Test func descriptorIsClosedWithTheFileAndAfterAFailure() throws {
    let path = try folder.write([1], to: "a")
    let calls = FaultyCalls { _, _ in nil }
    _ = try RegularFile(opening: path, calls: calls)
    #expect(calls.calls == [.open, .fstat, .close])

    let failing = FaultyCalls { call, _ in call == .fstat ? .fail(.ioError) : nil }
    #expect(throws: FileError.self) { try RegularFile(opening: path, calls: failing) }
    #expect(failing.calls == [.open, .fstat, .close])
  }

  @Test func identityIsThatOfTheFileUnderAnyName() throws {
    let path = try folder.write([1], to: "a")
    let other = try folder.write([1], to: "b")
    let identity = try RegularFile(opening: path).identity
    #expect(try FileIdentity(of: try folder.makeLink("l", to: path)) == identity)
    #expect(try FileIdentity(of: try folder.makeHardLink("h", to: "a")) == identity)
    #expect(try FileIdentity(of: other) != identity)
  }
}
