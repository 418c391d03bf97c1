import Foundation
import IngotTestSupport
import Testing

/// What signals do to a running command: `spec/command.md`, clause K13.
@Suite struct SignalTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A source of many small tensors.
  private func writeMany(_ count: Int, filledWith value: Float) throws {
    try folder.safetensors(
      (0..<count).map { SourceTensor("t.\($0)", [2, 8], [Float](repeating: value, count: 16)) }, name: "many")
  }

  private func parts(_ count: Int) throws -> [String] {
    try folder.names().filter { $0.hasSuffix(".gguf") }.map { name in
      #expect(!name.hasPrefix(".") && name.hasSuffix("-of-00\(count).gguf"))
      return name
    }
  }

  /// The number that all values of the first tensor of a part are.
  private func value(of name: String) throws -> UInt32 {
    let bytes = try folder.bytes(of: name)
    return bytes[(bytes.count - 64)...].prefix(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP], [false, true])
  func aSetIsCompleteOrNotThereAtAll(signal: Int32, replaces: Bool) throws {
    let count = 900
    if replaces {
      try writeMany(count, filledWith: 1)
      let result = try Command.run(["convert", "many", "-o", "p", "--split", "\(count)"], in: folder)
      #expect(result.status == 0, "\(result.error)")
    }
    try writeMany(count, filledWith: 2)
    let second = folder.path("p-00002-of-00\(count).gguf").string
    func inode() -> UInt64? {
      var status = stat()
      return stat(second, &status) == 0 ? UInt64(status.st_ino) : nil
    }
    let before = inode()
    #expect((before != nil) == replaces)
    let process = try Command.start(
      ["convert", "many", "-o", "p", "--split", "\(count)"] + (replaces ? ["--force"] : []), in: folder,
      output: FileHandle.nullDevice, error: FileHandle.nullDevice, isKilled: true)
    while process.isRunning, inode() == before { usleep(200) }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()

    let status = process.terminationStatus
    // One that comes when the work is done ends the process by itself: the set is complete.
    let cameAfterwards = process.terminationReason == .uncaughtSignal && status == signal
    #expect(cameAfterwards || process.terminationReason == .exit && [0, 130].contains(status))
    let isDone = cameAfterwards || status == 0
    let names = try parts(count)
    #expect(names.count == (replaces || isDone ? count : 0))
    let expected = Float(isDone ? 2 : 1).bitPattern
    for name in names { #expect(try value(of: name) == expected, "\(name)") }
    #expect(try folder.names().allSatisfy { !$0.hasPrefix(".") })
  }

  /// A private key must not stay in a hidden file.
  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func noKeyIsLeftBehind(signal: Int32) throws {
    for round in 0..<12 {
      let process = try Command.start(
        ["keygen", "-o", "k.pem", "--force"], in: folder, output: FileHandle.nullDevice,
        error: FileHandle.nullDevice, isKilled: true)
      // At the first sight of a hidden file, or a little later.
      while process.isRunning, try !folder.names().contains(where: { $0.hasPrefix(".") }) {}
      usleep(UInt32(round % 4) * 100)
      kill(process.processIdentifier, signal)
      process.waitUntilExit()
      // One that comes when the work is done ends the process by itself.
      let status = process.terminationStatus
      #expect([0, 130].contains(status) || process.terminationReason == .uncaughtSignal && status == signal)
      #expect([[], ["k.pem", "k.pub.pem"]].contains(try folder.names()))
    }
  }

  /// Starts the command by a shell that does something first.
  private func start(
    _ preparation: String, _ line: String, error: Any? = FileHandle.nullDevice
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "\(preparation); exec \"$0\" \(line)", Command.executable.path]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path.string)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = error
    try process.run()
    return process
  }

  @Test func signalsThatAreIgnoredStayIgnored() throws {
    // 64 MiB without a page on the disk.
    let length = 1 << 26
    let header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[16384,1024],\"data_offsets\":[0,\(length)]}}"
    let start = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + Array(header.utf8)
    try folder.write(start, to: "long")
    try folder.truncate("long", to: start.count + length)
    let process = try self.start("trap '' INT HUP", "convert long -o out.gguf --encoding tq1_0")
    while process.isRunning, try folder.names() == ["long"] { usleep(1000) }
    kill(process.processIdentifier, SIGHUP)
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    #expect(try folder.names() == ["long", "out.gguf"])
  }

  @Test func aReaderOfStandardErrorThatHasGoneEndsNoWork() throws {
    // An unknown field is warned of.
    let header = #"{"w":{"dtype":"F32","shape":[1,32],"data_offsets":[0,128],"more":1}}"#
    try folder.write(
      withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + Array(header.utf8)
        + [UInt8](repeating: 0, count: 128), to: "warned")
    let heard = try Command.run(["convert", "warned", "-o", "a.gguf"], in: folder)
    #expect(heard.status == 0 && heard.error.contains("warning: "), "\(heard.error)")
    let pipe = Pipe()
    try pipe.fileHandleForReading.close()
    let process = try start("trap - PIPE", "convert warned -o b.gguf", error: pipe)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 0)
    #expect(try folder.names() == ["a.gguf", "b.gguf", "warned"])
  }

  @Test func whatOnlyReadsDoesNotSayThatNothingWasWritten() throws {
    let length = 1 << 31
    let header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[524288,1024],\"data_offsets\":[0,\(length)]}}"
    let start = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian, Array.init) + Array(header.utf8)
    try folder.write(start, to: "long")
    try folder.truncate("long", to: start.count + length)
    let error = Pipe()
    let process = try Command.start(
      ["compare", "long", "long"], in: folder, output: FileHandle.nullDevice, error: error)
    usleep(300_000)
    kill(process.processIdentifier, SIGINT)
    let text = String(decoding: error.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    // Before the handlers stand the signal itself ends the process.
    if process.terminationReason == .exit {
      #expect(process.terminationStatus == 130 && text == "ingot: interrupted\n", "\(text)")
    }
  }

  /// Clauses V5 and L12 allow 65,535 files; shells often allow 1,024 to be open.
  @Test func aSetMayHaveMoreFilesThanTheSoftLimit() throws {
    try writeMany(300, filledWith: 1)
    for line in [
      "convert many -o p --split 300 --seal crc32", "verify p-00001-of-00300.gguf --quiet",
      "info p-00001-of-00300.gguf", "validate p-00001-of-00300.gguf --quiet",
      "seal p-00001-of-00300.gguf -o q-00001-of-00300.gguf --quiet",
    ] {
      let process = try start("ulimit -S -n 100", line)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(line)")
    }
  }
}
