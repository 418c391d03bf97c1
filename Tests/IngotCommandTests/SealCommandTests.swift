import Foundation
import IngotContainer
import IngotTestSupport
import SystemPackage
import Testing

/// The verbs `seal`, `verify`, `unseal` and `keygen`: `spec/command.md`, K7 to K10.
@Suite struct SealCommandTests {
  private let fixture: CommandFixture
  private let body: [UInt8]

  init() throws {
    fixture = try CommandFixture()
    let header = try ContainerHeader(metadata: [:], tensors: [("w", [256, 600], .f32)])
    body = header.encoded() + (0..<614_400).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    try fixture.folder.write(body, to: "m.gguf")
  }

  private func run(_ line: String) throws -> CommandResult { try fixture.run(line: line) }

  private func expect(
    _ line: String, _ status: Int32, _ text: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try run(line)
    #expect(result.status == status, "\(line): \(result.error)", sourceLocation: sourceLocation)
    #expect(
      text.isEmpty || (result.output + result.error).contains(text),
      "\(line): \(result.output)\(result.error)",
      sourceLocation: sourceLocation)
  }

  @Test func wholeLifeOfASeal() throws {
    try expect("verify m.gguf", 1, "SEAL_MISSING")
    try expect("verify m.gguf", 1, "m.gguf: not sealed\n")
    try expect("unseal m.gguf", 1, "SEAL_MISSING")
    try expect("seal m.gguf", 0, "sealed")
    try expect("seal m.gguf", 2, "SEALED")
    try expect("verify m.gguf", 0, "m.gguf: undamaged, by CRC-32\n")
    try expect("verify m.gguf --require crc32", 0, "undamaged")
    try expect("verify m.gguf --require sha256", 1, "DOWNGRADE")
    try expect("validate m.gguf --quiet", 0, "")
    try expect("info m.gguf", 0, "sealed: CRC-32")
    try expect("seal m.gguf --force --digest sha256", 0, "SHA-256")
    try expect("verify m.gguf --require sha256", 0, "matches its seal")
    try expect("unseal m.gguf", 0, "as it was")
    #expect(try fixture.folder.bytes(of: "m.gguf") == body)
  }

  @Test func signedSealIsAuthenticByItsKeyAlone() throws {
    try expect("keygen -o key.pem", 0, "key.pub.pem")
    try expect("keygen -o key.pem", 2, "key.pem exists")
    try expect("keygen -o other.pem", 0, "other.pub.pem")
    try expect("seal m.gguf --sign key.pem --name model --counter 5", 0, "signed by key")
    try expect("verify m.gguf --key key.pub.pem --min-counter 5 --name model", 0, "authentic")
    try expect("verify m.gguf --key other.pub.pem --key key.pub.pem", 0, "authentic")
    try expect("verify m.gguf", 0, "was not checked")
    try expect("verify m.gguf --key other.pub.pem", 1, "UNTRUSTED_KEY")
    try expect("verify m.gguf --key key.pub.pem --min-counter 6", 1, "ROLLBACK")
    try expect("verify m.gguf --key key.pub.pem --name other", 1, "RELEASE_NAME")
    try expect("seal m.gguf --force", 0, "not signed")
    try expect("verify m.gguf --key key.pub.pem", 1, "SIGNATURE_REQUIRED")
  }

  @Test func damageIsToldByRangeAndTensor() throws {
    try expect("seal m.gguf --chunk 65536", 0, "sealed")
    var bytes = try fixture.folder.bytes(of: "m.gguf")
    bytes[200_000] ^= 4
    try fixture.folder.write(bytes, to: "m.gguf")
    try expect("verify m.gguf", 1, "from 196608 to 262144, in tensor \"w\"")
    let object = try run("verify m.gguf --json").object()
    #expect(object["isValid"] as? Bool == false)
    let file = try #require((object["files"] as? [[String: Any]])?.first)
    let damage = try #require((file["damage"] as? [[String: Any]])?.first)
    #expect(damage["start"] as? Int == 196_608)
    #expect(damage["end"] as? Int == 262_144)
    #expect(damage["tensors"] as? [String] == ["w"])
    let error = try #require((file["errors"] as? [[String: Any]])?.first)
    #expect(error["code"] as? String == "DAMAGED")
    #expect(error["offset"] as? Int == 196_608)
  }

  @Test func machineFormsHaveTheirKeys() throws {
    let sealed = try run("seal m.gguf --detached --json").object()
    let file = try #require((sealed["files"] as? [[String: Any]])?.first)
    #expect(file["sealPath"] as? String == "m.gguf.seal")
    #expect((file["seal"] as? [String: Any])?["digest"] as? String == "crc32")
    #expect(try run("verify m.gguf --json").object()["isValid"] as? Bool == true)
    _ = try run("seal m.gguf -o copy.gguf")
    let unsealed = try run("unseal copy.gguf --json").object()
    let cut = try #require((unsealed["files"] as? [[String: Any]])?.first)
    #expect(cut["byteCount"] as? Int == body.count)
    #expect(cut["wasUnfinished"] as? Bool == false)
    #expect(try run("keygen -o k.pem --json").object()["publicKey"] as? String == "k.pub.pem")
  }

  @Test(arguments: [
    (64, "seal m.gguf --detached -o x"), (64, "seal m.gguf --sign k --digest crc32"),
    (64, "seal m.gguf --chunk 1000"), (64, "verify m.gguf --require signature"), (64, "keygen -o -"),
    (74, "seal nothing"), (1, "seal garbage"), (74, "verify m.gguf --key nothing"),
    (1, "verify m.gguf --key garbage"), (1, "seal m.gguf --sign garbage"), (2, "seal m.gguf -o taken.gguf"),
    (2, "seal m.gguf -o m.gguf --force"),
  ]) func refusalsHaveTheirStatusAndChangeNothing(_ status: Int32, _ line: String) throws {
    let names = try fixture.folder.names()
    try expect(line, status, "")
    #expect(try fixture.folder.names() == names)
    #expect(try fixture.folder.bytes(of: "m.gguf") == body)
  }

  // K10: both keys or none.
  @Test(arguments: [
    ("q.pub.pem", "q.pem", "keygen -o q.pem"), ("r.pem", "r.pub.pem", "keygen -o r.pem"),
    ("r.pem", "r.pub.pem", "keygen -o r.pem --force"),
  ]) func keysWhoseNamesMeetAreNotMade(link: String, destination: String, line: String) throws {
    try fixture.folder.makeLink(link, to: FilePath(destination))
    let names = try fixture.folder.names()
    try expect(line, 2, "would be written twice")
    #expect(try fixture.folder.names() == names)
  }

  // K8: a fault of a detached seal is told of its file, and what to do works.
  @Test func faultsOfADetachedSealNameItsFile() throws {
    try expect("seal m.gguf --detached", 0, "")
    let seal = try fixture.folder.bytes(of: "m.gguf.seal")
    try fixture.folder.write(seal[..<200], to: "m.gguf.seal")
    let text = "m.gguf.seal: SEAL_UNFINISHED at byte 200"
    try expect("verify m.gguf", 1, "m.gguf: no valid seal\n  \(text)")
    try expect("info m.gguf", 0, text)
    let file = try #require((try run("verify m.gguf --json").object()["files"] as? [[String: Any]])?.first)
    let error = try #require((file["errors"] as? [[String: Any]])?.first)
    #expect(error["path"] as? String == "m.gguf.seal")
    try expect("verify m.gguf", 1, "seal the file again with --detached --force")
    try expect("seal m.gguf --detached --force", 0, "")
    try expect("verify m.gguf", 0, "undamaged")
  }

  // L6: the name is UTF-8.
  @Test(arguments: ["seal m.gguf", "verify m.gguf"]) func aNameThatIsNotUTF8IsRefused(_ line: String) throws {
    func run(_ name: String) throws -> Int32 {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = [
        "-c", "exec \"$0\" \(line) --name \"$(printf '\(name)')\"", Command.executable.path,
      ]
      process.currentDirectoryURL = URL(fileURLWithPath: fixture.folder.path.string)
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    #expect(try run(#"a\377"#) == 64)
    #expect(try fixture.folder.bytes(of: "m.gguf") == body)
    // The sign that stands for what is none is one itself.
    #expect(try run(#"a\357\277\275"#) == (line.hasPrefix("seal") ? 0 : 1))
  }

  // L14: one at a time.
  @Test func aFileThatAnotherProcessSealsIsRefused() throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: fixture.folder.path("m.gguf").string))
    try #require(flock(file.fileDescriptor, LOCK_EX | LOCK_NB) == 0)
    try expect("seal m.gguf", 74, "another process is sealing or unsealing it")
    try expect("seal m.gguf --detached", 0, "")
    #expect(try run("seal m.gguf --json").output.contains("LOCKED"))
    #expect(try fixture.folder.bytes(of: "m.gguf") == body)
    try file.close()
    try expect("seal m.gguf", 0, "sealed")
  }

  @Test func adviceLeadsOut() throws {
    try expect("seal m.gguf", 0, "")
    try expect("seal m.gguf", 2, "--force replaces it")
    for line in ["seal m.gguf --detached", "seal m.gguf --detached --force"] {
      let result = try run(line)
      #expect(result.status == 2 && result.error.contains("unseal the file first"), "\(result.error)")
      #expect(!result.error.contains("--force"), "\(result.error)")
    }
    let sealed = try fixture.folder.bytes(of: "m.gguf")
    try fixture.folder.write(sealed.dropLast(10), to: "m.gguf")
    for line in ["seal m.gguf --detached --force", "seal m.gguf -o c.gguf --force"] {
      let result = try run(line)
      #expect(result.error.contains("unseal the file first"), "\(result.error)")
      #expect(!result.error.contains("--force"), "\(result.error)")
    }
    try expect("unseal m.gguf", 0, "the model is as it was")
    try expect("seal m.gguf --detached", 0, "sealed")
  }

  @Test(arguments: ["verify m.gguf", "unseal m.gguf"])
  func whatHasNoSealIsSaidToHaveNoneAndWhatWritesOne(line: String) throws {
    try expect(line, 1, "found a file that is not sealed, expected a seal, which ingot seal writes")
  }

  @Test(arguments: ["seal sound.safetensors", "verify sound.safetensors", "unseal garbage"])
  func filesOfOtherKindsAreToldWhichHaveSeals(line: String) throws {
    try expect(line, 1, "MAGIC at byte 0")
    try expect(line, 1, "GGUF; only GGUF files have seals, and ingot convert makes one")
    let error = try #require(try run("\(line) --json").object()["error"] as? [String: Any])
    #expect(error["code"] as? String == "MAGIC" && error["offset"] as? Int == 0)
  }

  @Test(arguments: [
    ("verify m.gguf --key m.gguf", "--key takes the public key, a file that ends in .pub.pem"),
    ("seal m.gguf --sign m.gguf", "--sign takes the private key that ingot keygen writes"),
  ]) func aModelInPlaceOfAKeyIsRefusedWithWhatTheOptionTakes(line: String, advice: String) throws {
    try expect(line, 1, "m.gguf: too large for a key in PEM: \(advice)")
    #expect(try fixture.folder.bytes(of: "m.gguf") == body)
  }

  @Test func twoPlacesForASealExcludeEachOther() throws {
    try expect("seal m.gguf --detached -o x", 64, "-o and --detached exclude each other.")
  }

  @Test func opensslReadsOurKeysAndWeReadItsSignatures() throws {
    guard
      let openssl = ["/usr/bin/openssl", "/opt/homebrew/bin/openssl"].first(
        where: FileManager.default.isExecutableFile)
    else { return }
    func run(_ arguments: String...) throws -> Int32 {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: openssl)
      process.arguments = arguments
      process.currentDirectoryURL = URL(fileURLWithPath: fixture.folder.path.string)
      process.standardError = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    // Its key signs here, and both say the same of the public key.
    #expect(try run("genpkey", "-algorithm", "ed25519", "-out", "o.pem") == 0)
    #expect(try run("pkey", "-in", "o.pem", "-pubout", "-out", "o.pub.pem") == 0)
    try expect("seal m.gguf --sign o.pem --name n", 0, "signed")
    try expect("verify m.gguf --key o.pub.pem", 0, "authentic")

    // Our signature is one to it: the message of clause L11, put together by hand.
    let sealed = try fixture.folder.bytes(of: "m.gguf")
    let statement = sealed[(body.count + 64)..<(body.count + 64 + 112 + 96 + 1)]
    let message = Array("DSSEv1 29 application/vnd.ingot.seal.v1 \(statement.count) ".utf8) + statement
    try fixture.folder.write(message, to: "message")
    try fixture.folder.write(sealed.suffix(128).prefix(64), to: "signature")
    #expect(
      try run(
        "pkeyutl", "-verify", "-pubin", "-inkey", "o.pub.pem", "-rawin", "-in", "message", "-sigfile",
        "signature") == 0)

    // A signature of its own, of the same message, is one to us.
    #expect(
      try run("pkeyutl", "-sign", "-inkey", "o.pem", "-rawin", "-in", "message", "-out", "theirs") == 0)
    #expect(try fixture.folder.bytes(of: "theirs") == Array(sealed.suffix(128).prefix(64)))
  }
}
