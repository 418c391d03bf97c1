import IngotContainer
import IngotSeal

/// What a seal says, in short.
struct SealSummary: Encodable {
  struct Place: Encodable {
    let id: String
    /// From 0.
    let index: Int
    let count: Int
  }

  let digest: String
  let isDetached: Bool
  let byteCount: UInt64
  let bodyByteCount: UInt64
  let chunkByteCount: Int
  let chunks: Int
  /// The SHA-256 of the public key.
  let keyID: String?
  let release: String?
  let counter: UInt64?
  let set: Place?

  init(_ seal: Seal) {
    let statement = seal.statement
    digest = statement.digest.name
    isDetached = seal.isDetached
    byteCount = seal.byteCount
    bodyByteCount = statement.bodyByteCount
    chunkByteCount = statement.chunkByteCount
    chunks = statement.chunkCount
    keyID = seal.keyID.map { Seal.hex($0) }
    release = statement.release.name.isEmpty ? nil : statement.release.name
    counter = statement.release.counter == 0 ? nil : statement.release.counter
    set = statement.set.map { Place(id: Seal.hex($0.id), index: $0.index, count: $0.count) }
    title = statement.digest.title
  }

  private let title: String

  private enum CodingKeys: String, CodingKey {
    case digest, isDetached, byteCount, bodyByteCount, chunkByteCount, chunks, keyID, release, counter, set
  }

  /// One line for people.
  var text: String {
    var parts = ["\(title), \(Format.count(chunks, "chunk")) of \(Format.bytes(chunkByteCount))"]
    if let name = releaseText { parts.append(name) }
    if let set { parts.append("file \(set.index + 1) of \(set.count)") }
    parts.append(keyID.map { "signed by key \($0.prefix(16))…" } ?? "not signed")
    if isDetached { parts.append("in a file of its own") }
    return parts.joined(separator: ", ")
  }

  /// Name and number of the release.
  var releaseText: String? {
    switch (release, counter) {
    case (nil, nil): nil
    case (let name?, nil): "release \(name.quoted)"
    case (nil, let counter?): "release \(counter)"
    case (let name?, let counter?): "release \(counter) of \(name.quoted)"
    }
  }
}
