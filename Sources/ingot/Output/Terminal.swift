import IngotContainer

// `stdout` is a variable in C, which nothing here assigns.
#if canImport(Darwin)
  @preconcurrency import Darwin
#elseif canImport(Glibc)
  @preconcurrency import Glibc
#elseif canImport(Musl)
  @preconcurrency import Musl
#endif

/// What the standard streams are connected to.
enum Terminal {
  /// The columns of the terminal on standard output, or `nil` where there is none.
  static var outputWidth: Int? { width(STDOUT_FILENO) }

  /// The columns of the terminal on standard error, or `nil` where there is none.
  static var errorWidth: Int? { width(STDERR_FILENO) }

  private static func width(_ descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Writes text to standard error as it is, and says whether all of it has arrived.
  ///
  /// A reader that has gone is no reason to end the work: what stands in files counts, and the exit status.
  @discardableResult
  static func writeError(_ text: String) -> Bool {
    let action = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, action) }
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        let written = write(STDERR_FILENO, rest.baseAddress, rest.count)
        if written == -1, errno == EINTR { continue }
        guard written > 0 else { return false }
        rest = UnsafeRawBufferPointer(rebasing: rest[written...])
      }
      return true
    }
  }

  /// Writes a warning to standard error.
  static func warn(_ text: String) { writeError("warning: \(text.escaped)\n") }

  /// Brings what was printed to standard output, and says whether all of it has arrived.
  static func finishOutput() -> Bool { fflush(stdout) == 0 && ferror(stdout) == 0 }
}
