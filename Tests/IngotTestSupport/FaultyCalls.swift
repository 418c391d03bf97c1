import IngotFiles
import Synchronization
import SystemPackage

/// The platform's system calls, of which a test's own rule lets some fail.
///
/// Each test makes its own, so tests that run at once do not disturb each other.
package final class FaultyCalls: SystemCalls {
  /// A kind of system call.
  package enum Call: String, Sendable, CaseIterable {
    case open, close, fstat, stat, readlink, read, write, reserve, truncate, lock, chmod, sync, rename,
      renameExclusively, exchange
    case link, unlink, map, freeByteCount, names, makeFolder, removeFolder, currentFolder, openFileLimit,
      setOpenFileLimit
  }

  /// What happens to a call instead of what it asks for.
  package enum Fault: Sendable, Equatable {
    /// It fails, and does nothing; a close still closes.
    case fail(Errno)
    /// It moves no more than this many bytes.
    case moveAtMost(Int)
  }

  /// Chooses a call's fault by its kind and by how many calls of any kind came before.
  package typealias Rule = @Sendable (_ call: Call, _ index: Int) -> Fault?

  private let rule: Rule
  private let made = Mutex<[Call]>([])
  private let ranges = Mutex<[Range<Int64>]>([])
  private let platform = PlatformCalls()

  package init(_ rule: @escaping Rule) { self.rule = rule }

  /// The calls made so far, those that failed too.
  package var calls: [Call] { made.withLock { $0 } }
  /// The bytes that each read asked for, in bytes from the start of its file.
  package var reads: [Range<Int64>] { ranges.withLock { $0 } }

  private func fault(_ call: Call) -> Fault? {
    rule(
      call,
      made.withLock { calls in
        calls.append(call)
        return calls.count - 1
      })
  }

  private func begin(_ call: Call) throws(Errno) {
    if case .fail(let errno) = fault(call) { throw errno }
  }

  /// How many of `count` bytes the call may move.
  private func beginTransfer(_ call: Call, _ count: Int) throws(Errno) -> Int {
    switch fault(call) {
    case nil: count
    case .fail(let errno): throw errno
    case .moveAtMost(let most): min(count, most)
    }
  }

  package func open(_ path: FilePath, flags: CInt, mode: CInterop.Mode) throws(Errno) -> CInt {
    try begin(.open)
    return try platform.open(path, flags: flags, mode: mode)
  }

  package func close(_ descriptor: CInt) throws(Errno) {
    let fault = fault(.close)
    try platform.close(descriptor)
    if case .fail(let errno) = fault { throw errno }
  }

  package func status(of descriptor: CInt) throws(Errno) -> FileStatus {
    try begin(.fstat)
    return try platform.status(of: descriptor)
  }

  package func status(of path: FilePath, followingLink: Bool) throws(Errno) -> FileStatus {
    try begin(.stat)
    return try platform.status(of: path, followingLink: followingLink)
  }

  package func destination(ofLink path: FilePath) throws(Errno) -> FilePath {
    try begin(.readlink)
    return try platform.destination(ofLink: path)
  }

  package func read(
    _ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
  ) throws(Errno) -> Int {
    ranges.withLock { $0.append(offset..<offset + Int64(buffer.count)) }
    let count = try beginTransfer(.read, buffer.count)
    return try platform.read(descriptor, into: .init(rebasing: buffer[..<count]), at: offset)
  }

  package func write(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) throws(Errno) -> Int {
    let count = try beginTransfer(.write, bytes.count)
    return try platform.write(descriptor, .init(rebasing: bytes[..<count]))
  }

  package func reserve(_ descriptor: CInt, from offset: Int64, byteCount: Int64) throws(Errno) {
    try begin(.reserve)
    try platform.reserve(descriptor, from: offset, byteCount: byteCount)
  }

  // Wishes: what comes of them is not noticed, so they are not counted.
  package func prefetch(_ descriptor: CInt, from offset: Int64, byteCount: Int64) throws(Errno) {
    try platform.prefetch(descriptor, from: offset, byteCount: byteCount)
  }

  package func startWriting(_ descriptor: CInt, from offset: Int64, byteCount: Int64) throws(Errno) {
    try platform.startWriting(descriptor, from: offset, byteCount: byteCount)
  }

  package func truncate(_ descriptor: CInt, to byteCount: Int64) throws(Errno) {
    try begin(.truncate)
    try platform.truncate(descriptor, to: byteCount)
  }

  package func lock(_ descriptor: CInt) throws(Errno) {
    try begin(.lock)
    try platform.lock(descriptor)
  }

  package func setPermissions(of descriptor: CInt, to mode: CInterop.Mode) throws(Errno) {
    try begin(.chmod)
    try platform.setPermissions(of: descriptor, to: mode)
  }

  package func sync(_ descriptor: CInt) throws(Errno) {
    try begin(.sync)
    try platform.sync(descriptor)
  }

  package func rename(_ path: FilePath, to target: FilePath) throws(Errno) {
    try begin(.rename)
    try platform.rename(path, to: target)
  }

  package func renameExclusively(_ path: FilePath, to target: FilePath) throws(Errno) {
    try begin(.renameExclusively)
    try platform.renameExclusively(path, to: target)
  }

  package func exchange(_ path: FilePath, with other: FilePath) throws(Errno) {
    try begin(.exchange)
    try platform.exchange(path, with: other)
  }

  package func link(_ path: FilePath, to target: FilePath) throws(Errno) {
    try begin(.link)
    try platform.link(path, to: target)
  }

  package func unlink(_ path: FilePath) throws(Errno) {
    try begin(.unlink)
    try platform.unlink(path)
  }

  package func map(_ descriptor: CInt, byteCount: Int) throws(Errno) -> UnsafeRawPointer {
    try begin(.map)
    return try platform.map(descriptor, byteCount: byteCount)
  }

  package func unmap(_ address: UnsafeRawPointer, byteCount: Int) {
    platform.unmap(address, byteCount: byteCount)
  }

  package func forget(_ address: UnsafeRawPointer, byteCount: Int) {
    platform.forget(address, byteCount: byteCount)
  }

  package func freeByteCount(at path: FilePath) throws(Errno) -> UInt64 {
    try begin(.freeByteCount)
    return try platform.freeByteCount(at: path)
  }

  package func makeFolder(_ path: FilePath) throws(Errno) {
    try begin(.makeFolder)
    try platform.makeFolder(path)
  }

  package func removeFolder(_ path: FilePath) throws(Errno) {
    try begin(.removeFolder)
    try platform.removeFolder(path)
  }

  /// The limit of the process is not touched: other tests run in it.
  package func openFileLimit() throws(Errno) -> (current: UInt64, most: UInt64) {
    try begin(.openFileLimit)
    return openFiles.withLock { $0 }
  }

  package func setOpenFileLimit(_ count: UInt64) throws(Errno) {
    try begin(.setOpenFileLimit)
    openFiles.withLock { $0.current = count }
  }

  /// What stands for the limit of open files.
  package let openFiles = Mutex<(current: UInt64, most: UInt64)>((1024, 65_536))

  package func currentFolder() throws(Errno) -> FilePath {
    try begin(.currentFolder)
    return try platform.currentFolder()
  }

  package func names(in folder: FilePath) throws(Errno) -> [FilePath.Component] {
    try begin(.names)
    return try platform.names(in: folder)
  }
}
