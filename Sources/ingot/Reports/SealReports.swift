import IngotContainer
import IngotModel
import IngotSeal

/// What a verb says when it is done: an object for programs, lines for people.
protocol LineReport: Encodable {
  var lines: [String] { get }
}

extension LineReport {
  func show(asJSON: Bool) throws { print(asJSON ? try JSONText.of(self) : lines.joined(separator: "\n")) }
}

/// What `ingot seal` says when it is done.
struct SealingReport: LineReport {
  struct File: Encodable {
    let path: String
    let sealPath: String
    let byteCount: UInt64
    let seal: SealSummary

    init(_ file: SealedFile) {
      (path, sealPath, byteCount) = (file.path.string, file.sealPath.string, file.byteCount)
      seal = SealSummary(file.seal)
    }
  }

  let files: [File]

  init(_ files: [SealedFile]) { self.files = files.map(File.init) }

  var lines: [String] {
    files.map { "\($0.sealPath.escaped): sealed, \(Format.bytes($0.seal.byteCount)) more; \($0.seal.text)" }
  }
}

/// What `ingot unseal` says when it is done.
struct UnsealingReport: LineReport {
  struct File: Encodable {
    let path: String
    let byteCount: UInt64
    let removedByteCount: UInt64
    let wasUnfinished: Bool

    init(_ file: UnsealedFile) {
      (path, byteCount, removedByteCount) = (file.path.string, file.byteCount, file.removedByteCount)
      wasUnfinished = file.wasUnfinished
    }
  }

  let files: [File]

  init(_ files: [UnsealedFile]) { self.files = files.map(File.init) }

  var lines: [String] {
    files.map {
      // Of an unfinished seal it may not be known whether padding at the end of the body was added by it.
      let (what, rest) = $0.wasUnfinished ? ("an unfinished seal", "model") : ("the seal", "file")
      return
        "\($0.path.escaped): \(what) removed, \(Format.bytes($0.removedByteCount)); the \(rest) is as it was"
    }
  }
}

/// What `ingot keygen` says when it is done.
struct KeyReport: LineReport {
  let privateKey: String
  let publicKey: String
  let keyID: String

  var lines: [String] {
    [
      "\(privateKey.escaped): the private key; who has it can sign. Keep it where only you can read it.",
      "\(publicKey.escaped): the public key, \(keyID.prefix(16))…, for those who verify",
    ]
  }
}
