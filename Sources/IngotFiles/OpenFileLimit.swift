/// How many files the process may have open at once.
public enum OpenFileLimit {
  /// Lets the process have as many files open as the system allows it; a set may need thousands.
  ///
  /// Where that cannot be done the limit stays: opening one file too many then says so.
  public static func raise() { raise(calls: PlatformCalls()) }

  package static func raise(calls: any SystemCalls) {
    guard let limit = try? calls.openFileLimit(), limit.current < limit.most else { return }
    try? calls.setOpenFileLimit(limit.most)
  }
}
