import SystemPackage

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// A file that appears complete at its target, or not at all.
///
/// The bytes go to a hidden file in the target's folder. ``commit()`` brings them to the disk and renames that file onto
/// the target, in one step: at any moment, and after a crash or power failure, the target is the old file (or absent) or
/// the complete new one. ``discard()``, a failure, or letting go of the object removes the hidden file; only a process that
/// is killed leaves it behind, under a name that starts with `.` and the target's name and ends in `.partial`.
/// Files that belong together are committed by an ``AtomicFileSet``.
///
/// ```swift
/// let output = try AtomicFile(replacing: "model.gguf", overwrite: false, sources: [checkpoint.identity])
/// try output.reserve(byteCount: total)
/// try output.write(header)
/// try output.commit()
/// ```
///
/// What is not kept of a file that is overwritten: its owner, extended attributes, and its other hard links, which stay
/// with the old bytes. Its permission bits are kept.
///
/// Bytes are written in order and calls are not buffered: write some hundred KiB at a time. The object is deliberately not
/// `Sendable`: an output has one position and one writer. Make, use and commit it within one task, across any
/// number of suspensions, or hand it over whole (`sending`).
public final class AtomicFile {
  /// Where the file will appear: the path that was given, with symbolic links at its end resolved.
  public var target: FilePath { place.path }
  /// The number of bytes written so far.
  public private(set) var byteCount: UInt64 = 0

  let place: TargetPlace
  let overwrite: Bool
  let calls: any SystemCalls
  /// Where all hidden files of the process are known.
  let register: TemporaryRegister
  /// The hidden file, until it is renamed or removed.
  var temporary: TemporaryPath?
  /// Whether the file stands at its target, and where what it replaced is kept.
  var position = Position.hidden
  /// Open from the start to the commit.
  private var descriptor: Descriptor?
  private var reserved: UInt64 = 0
  /// How many of the bytes the disk has been asked to take.
  private var startedByteCount: UInt64 = 0
  /// The disk is asked to take bytes that many at a time.
  private static let startByteCount: UInt64 = 8 << 20

  /// Starts a file that is to appear at `target`.
  ///
  /// Nothing but the hidden file is touched before ``commit()``.
  ///
  /// A symbolic link at `target` stays, and the file appears where it points.
  ///
  /// - Parameters:
  ///   - target: Where the file is to appear. Its folder must exist.
  ///   - overwrite: Whether a file that stands there may be replaced.
  ///   - sources: The files that the bytes are made from. The target may be none of them, under no name.
  ///   - isPrivate: Whether nobody but the user may read it, whatever stood there before.
  ///   - permissions: The permission bits of a new file, of which the process's mask takes some away as from all new files; a copy of
  ///     one file has those of its source. A file that is replaced keeps its own.
  /// - Throws: ``FileError`` with ``FileError/Code/notFound`` or ``FileError/Code/notFolder`` if the folder is missing,
  ///   ``FileError/Code/notRegular`` if something else than a file stands at the target,
  ///   ``FileError/Code/sameFile`` even if `overwrite` is true, ``FileError/Code/exists``,
  ///   ``FileError/Code/permission``, or what else the system reports.
  public convenience init(
    replacing target: FilePath, overwrite: Bool = false, sources: [FileIdentity] = [],
    isPrivate: Bool = false, permissions: CInterop.Mode = 0o666
  ) throws(FileError) {
    try self.init(
      replacing: target, overwrite: overwrite, sources: sources, isPrivate: isPrivate,
      permissions: permissions,
      calls: PlatformCalls())
  }

  package init(
    replacing target: FilePath, overwrite: Bool, sources: [FileIdentity], isPrivate: Bool = false,
    permissions: CInterop.Mode = 0o666, calls: any SystemCalls, register: TemporaryRegister = .shared
  ) throws(FileError) {
    let place = try TargetPlace(target, calls: calls)
    if let existing = place.existing {
      guard existing.kind == .regular else {
        throw FileError(.notRegular, place.path, operation: "create", detail: existing.kind.rawValue)
      }
      if sources.contains(existing.identity) {
        throw FileError(.sameFile, place.path, operation: "create")
      }
      if !overwrite { throw FileError(.exists, place.path, operation: "create") }
    }

    self.place = place
    self.overwrite = overwrite
    self.calls = calls
    self.register = register
    // Closed to other users until it has the permissions of the file that it replaces.
    let mode: CInterop.Mode = place.existing == nil && !isPrivate ? permissions : 0o600
    let temporary = place.temporaryPath()
    descriptor = try place.create(temporary, mode: mode, calls: calls)
    self.temporary = TemporaryPath(temporary, in: register)
    if let permissions = place.existing?.permissions, !isPrivate { try setPermissions(permissions) }
  }

  deinit { discard() }

  /// Takes the space for `byteCount` bytes now, so that a full disk is found before the work and not at its end.
  ///
  /// Where the file system cannot reserve, nothing happens. Of a file in memory (tmpfs) it is only seen whether there is room, since
  /// reserving takes as long there as writing.
  ///
  /// - Throws: ``FileError/Code/noSpace``, ``FileError/Code/tooLarge``, or what else the system reports. The file is then
  ///   discarded.
  public func reserve(byteCount: UInt64) throws(FileError) {
    guard byteCount > 0 else { return }
    try step { () throws(FileError) in
      guard let length = Int64(exactly: byteCount) else {
        throw FileError(.tooLarge, target, operation: "reserve", errno: .fileTooLarge)
      }
      do throws(FileError) {
        try descriptor?.perform("reserve") { calls, number throws(Errno) in
          try calls.reserve(number, from: 0, byteCount: length)
        }
      } catch {
        // Not every file system can.
        if error.errno?.isUnsupported == true { return }
        throw error
      }
      reserved = max(reserved, byteCount)
    }
  }

  /// Appends bytes.
  ///
  /// Costs a system call or more; nothing is kept of the buffer.
  ///
  /// - Throws: ``FileError/Code/noSpace``, or what else the system reports. The file is then discarded.
  ///   ``FileError/Code/closed`` after ``commit()``, ``discard()`` or a failure.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try step { () throws(FileError) in
      try descriptor?.write(bytes)
      byteCount += UInt64(bytes.count)
      startTaking()
    }
  }

  /// Appends bytes, as ``write(_:)-(UnsafeRawBufferPointer)`` does.
  public func write(_ bytes: RawSpan) throws(FileError) {
    try bytes.withUnsafeBytes { buffer throws(FileError) in try write(buffer) }
  }

  /// Appends bytes, as ``write(_:)-(UnsafeRawBufferPointer)`` does.
  public func write(_ bytes: [UInt8]) throws(FileError) {
    try write(bytes.span.bytes)
  }

  /// Brings all bytes to the disk and puts the file in its place.
  ///
  /// Costs as long as the disk needs to take what it has not taken yet.
  ///
  /// - Throws: ``FileError/Code/exists`` if the target has appeared meanwhile and must not be overwritten; what else the
  ///   system reports. The target is then untouched and the file discarded.
  ///   ``FileError/Code/notDurable`` alone means that the new file stands complete in its place, and that the system could
  ///   not confirm that the folder's entry is on the disk: after a power failure the old file might be back.
  ///   ``FileError/Code/closed`` after ``commit()``, ``discard()`` or a failure.
  public func commit() throws(FileError) { try AtomicFileSet.commit([self]) }

  /// Brings all bytes to the disk; nothing can be written after that.
  ///
  /// - Throws: What the system reports; the file is then discarded.
  func finish() throws(FileError) {
    try step { () throws(FileError) in try finishBytes() }
  }

  /// Removes the hidden file; the target stays as it is.
  ///
  /// Does nothing after ``commit()``.
  public func discard() {
    descriptor = nil
    removeTemporary()
  }
}

// The steps of which a failing one discards the file.
extension AtomicFile {
  private func step<Result: ~Copyable>(
    _ body: () throws(FileError) -> Result
  ) throws(FileError) -> Result {
    guard descriptor != nil else { throw FileError(.closed, target, operation: "write") }
    do {
      return try body()
    } catch {
      discard()
      throw error
    }
  }

  private func setPermissions(_ permissions: CInterop.Mode) throws(FileError) {
    try step { () throws(FileError) in
      try descriptor?.perform("fchmod") { calls, number throws(Errno) in
        try calls.setPermissions(of: number, to: permissions)
      }
    }
  }

  /// Brings the bytes to the disk, and gives back what was reserved and not used.
  private func finishBytes() throws(FileError) {
    if reserved > byteCount {
      let length = Int64(clamping: byteCount)
      try descriptor?.perform("ftruncate") { calls, number throws(Errno) in
        try calls.truncate(number, to: length)
      }
    }
    try descriptor?.sync()
    try descriptor?.close()
    descriptor = nil
  }

  /// Asks the disk to take the bytes that it was not yet asked to take, so that there is less to wait for at the end.
  private func startTaking() {
    guard byteCount - startedByteCount >= Self.startByteCount else { return }
    let (start, count) = (Int64(clamping: startedByteCount), Int64(clamping: byteCount - startedByteCount))
    startedByteCount = byteCount
    // A wish: whatever goes wrong with the bytes is reported when they are synced.
    _ = try? descriptor?.perform("sync_file_range") { calls, number throws(Errno) in
      try calls.startWriting(number, from: start, byteCount: count)
    }
  }

  /// Removes the hidden file; if that fails, it is tried again when the object goes.
  func removeTemporary() {
    guard let temporary else { return }
    do {
      try calls.retrying(try calls.unlink(temporary.path))
      self.temporary = nil
    } catch  where error == .noSuchFileOrDirectory {
      self.temporary = nil
    } catch {}
  }
}
