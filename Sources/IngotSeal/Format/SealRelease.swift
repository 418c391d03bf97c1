import IngotEncodings

/// What a publisher calls a file, and which of its releases it is.
///
/// Both are of use with a signature: a name keeps one model from being passed off as another, and a counter an old
/// release as the newest.
public struct SealRelease: Sendable, Hashable {
  /// The name; empty if there is none.
  public let name: String
  /// The number of the release, which grows; 0 if there is none.
  public let counter: UInt64

  /// No name and no counter.
  public static let none = SealRelease(unchecked: "", counter: 0)

  /// Makes the name and number of a release.
  ///
  /// - Parameters:
  ///   - name: At most 1,024 bytes of UTF-8 without control characters.
  ///   - counter: The number of the release.
  /// - Throws: ``SealError/Code/limit`` or ``SealError/Code/releaseName``.
  public init(name: String = "", counter: UInt64 = 0) throws(SealError) {
    guard name.utf8.count <= SealFormat.nameByteCount else {
      throw SealError(
        .limit, found: "a release name of \(name.utf8.count.counted("byte"))",
        expected: "at most \(SealFormat.nameByteCount)")
    }
    guard !Self.hasControls(name.utf8) else {
      throw SealError(
        .releaseName, found: "a control character in the release name", expected: "text on one line")
    }
    self.init(unchecked: name, counter: counter)
  }

  private init(unchecked name: String, counter: UInt64) {
    self.name = name
    self.counter = counter
  }

  init(parsing bytes: ArraySlice<UInt8>, counter: UInt64, at offset: UInt64) throws(SealError) {
    guard let name = String(validating: bytes, as: UTF8.self), !Self.hasControls(bytes) else {
      throw SealError(
        .range, at: offset, found: "a release name that is no line of UTF-8",
        expected: "UTF-8 without controls")
    }
    self.init(unchecked: name, counter: counter)
  }

  private static func hasControls(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.contains { $0 < 0x20 || $0 == 0x7F }
  }

  /// Whether counters and the bytes of the names are the same.
  public static func == (left: Self, right: Self) -> Bool {
    left.counter == right.counter && left.name.utf8.elementsEqual(right.name.utf8)
  }

  /// Hashes what is compared.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(counter)
    for byte in name.utf8 { hasher.combine(byte) }
  }
}
