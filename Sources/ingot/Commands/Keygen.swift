import ArgumentParser
import IngotFiles
import IngotSeal
import SystemPackage

/// Makes keys.
struct Keygen: AsyncParsableCommand, Verb {
  static let configuration = CommandConfiguration(
    abstract: "Make a key to sign seals with, and the public key to verify them.",
    discussion: """
      Ed25519, in PEM as openssl reads it. KEY.pem can be read by you alone; KEY.pub.pem is for everybody. There is no \
      password: whoever has KEY.pem can sign.
      """)

  @Option(
    name: .shortAndLong,
    help:
      "The file of the private key. The public key of release.pem is release.pub.pem; to any other name .pub.pem is added."
  )
  var output: OutputArgument

  @Flag(help: "Replace the files if they are there: what was signed by the old key stays signed by it.")
  var force = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  func check() throws { try output.check() }

  func run() async throws {
    let (path, publicPath, overwrite) = (output.path, publicPath, force)
    // No private key may stay in a hidden file.
    let key = try await Interruption.cancelling(.writesWhole, asJSON: json) {
      let key = try SigningKey()
      // Links may lead both names to one place.
      let set = try AtomicFileSet([
        try AtomicFile(replacing: path, overwrite: overwrite, isPrivate: true),
        try AtomicFile(replacing: publicPath, overwrite: overwrite),
      ])
      try set.files[0].write(Array(key.pem.utf8))
      try set.files[1].write(Array(key.verifyingKey.pem.utf8))
      try Task.checkCancellation()
      try set.commit()
      return key
    }
    try KeyReport(
      privateKey: path.string, publicKey: publicPath.string, keyID: Seal.hex(key.verifyingKey.id)
    ).show(asJSON: json)
  }

  /// `release.pub.pem` for `release.pem`.
  private var publicPath: FilePath {
    var path = output.path
    if path.extension == "pem" { path.extension = nil }
    let name = path.lastComponent?.string ?? path.string
    return path.removingLastComponent().appending("\(name).pub.pem")
  }
}
