import IngotTestSupport
import SystemPackage
import Testing

@testable import IngotFiles

/// Every system call that an output makes is made to fail: the target is the old file or the complete new one.
@Suite struct AtomicFileFaultTests {
  static let old: [UInt8] = [1, 2, 3]
  static let new = [UInt8](0..<200)
  /// What disks, network drives and signals answer.
  static let errors: [Errno] = [
    .ioError, .noSpace, .permissionDenied, .notSupported, .invalidArgument, .interrupted,
  ]

  /// Writes the new file over the old one or where there is none, and returns what went wrong.
  private func write(in folder: TemporaryFolder, overwrite: Bool, calls: FaultyCalls) -> FileError? {
    do throws(FileError) {
      let output = try AtomicFile(
        replacing: folder.path("a"), overwrite: overwrite, sources: [], calls: calls)
      try output.reserve(byteCount: 4096)
      try output.write(Array(Self.new[..<100]))
      try output.write(Array(Self.new[100...]))
      try output.commit()
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [false, true])
  func oldFileOrNewFileNeverHalf(overwrite: Bool) throws {
    let healthy = FaultyCalls { _, _ in nil }
    let clean = try TemporaryFolder()
    if overwrite { try clean.write(Self.old, to: "a") }
    #expect(write(in: clean, overwrite: overwrite, calls: healthy) == nil)
    let path = healthy.calls
    #expect(path.contains(overwrite ? .rename : .renameExclusively))
    #expect(path.count { $0 == .sync } == 2)

    for errno in Self.errors {
      for failing in path.indices {
        let folder = try TemporaryFolder()
        if overwrite { try folder.write(Self.old, to: "a") }
        let calls = FaultyCalls { _, index in index == failing ? .fail(errno) : nil }
        let error = write(in: folder, overwrite: overwrite, calls: calls)

        let place = "\(path[failing]) number \(failing) failing with \(errno)"
        let isNew = error == nil || error?.code == .notDurable
        let expected: [UInt8]? = isNew ? Self.new : overwrite ? Self.old : nil
        #expect(try folder.names() == (expected == nil ? [] : ["a"]), "\(place)")
        if let expected { #expect(try folder.bytes(of: "a") == expected, "\(place)") }

        // What may be passed over, and what must be told.
        let isFolderStep = failing > (path.firstIndex(of: .close) ?? 0)
        switch errno {
        case .interrupted: #expect(error == nil, "\(place)")
        case .ioError, .noSpace:
          #expect((error == nil) == (isFolderStep && path[failing] == .close), "\(place)")
        default: break
        }
        if let error, errno != .interrupted, error.code != .notDurable {
          #expect(error.errno == errno, "\(place)")
        }
        if error?.code == .notDurable { #expect(path[failing] == .sync && isFolderStep, "\(place)") }
      }
    }
  }

  @Test func failingSyncOfTheFolderIsNotDurable() throws {
    let folder = try TemporaryFolder()
    let calls = FaultyCalls { call, index in call == .sync && index > 8 ? .fail(.ioError) : nil }
    let error = write(in: folder, overwrite: false, calls: calls)
    #expect(error == FileError(.notDurable, folder.path("a"), operation: "sync the folder", errno: .ioError))
    #expect(try folder.bytes(of: "a") == Self.new)
  }

  @Test func everythingFailingFromSomePointOnLeavesNoHalfFile() throws {
    // The hidden file may stay if its removal fails as well; the target is whole all the same.
    for first in 0..<20 {
      let folder = try TemporaryFolder()
      let calls = FaultyCalls { _, index in index >= first ? .fail(.ioError) : nil }
      let error = write(in: folder, overwrite: false, calls: calls)
      if try folder.names().contains("a") { #expect(try folder.bytes(of: "a") == Self.new) }
      if error == nil { #expect(try folder.bytes(of: "a") == Self.new) }
    }
  }

  @Test func shortAndInterruptedWritesAreContinued() throws {
    let folder = try TemporaryFolder()
    let calls = FaultyCalls { call, index in
      guard call == .write else { return nil }
      return index.isMultiple(of: 2) ? .fail(.interrupted) : .moveAtMost(3)
    }
    #expect(write(in: folder, overwrite: false, calls: calls) == nil)
    #expect(try folder.bytes(of: "a") == Self.new)
    #expect(calls.calls.count { $0 == .write } > 2 * Self.new.count / 3)
  }

  @Test func fullDiskInTheMiddleOfAWriteIsNoSpace() throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.old, to: "a")
    let calls = FaultyCalls { call, index in
      guard call == .write else { return nil }
      return index < 8 ? .moveAtMost(10) : .fail(.noSpace)
    }
    let error = write(in: folder, overwrite: true, calls: calls)
    #expect(error == FileError(.noSpace, folder.path("a"), operation: "write", errno: .noSpace))
    #expect(try folder.names() == ["a"])
    #expect(try folder.bytes(of: "a") == Self.old)
  }

  @Test func diskThatTakesNothingIsAnErrorAndNoEndlessLoop() throws {
    let folder = try TemporaryFolder()
    let calls = FaultyCalls { call, _ in call == .write ? .moveAtMost(0) : nil }
    #expect(write(in: folder, overwrite: false, calls: calls)?.code == .io)
  }

  @Test func failingRemovalIsTriedAgain() throws {
    let folder = try TemporaryFolder()
    let calls = FaultyCalls { call, index in
      switch call {
      case .sync: .fail(.ioError)
      case .unlink where index < 9: .fail(.ioError)
      default: nil
      }
    }
    #expect(write(in: folder, overwrite: false, calls: calls)?.code == .io)
    #expect(try folder.names() == [])
  }
}
