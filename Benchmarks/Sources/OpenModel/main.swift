import Crypto
import Dispatch
import Foundation
import IngotFiles
import IngotModel
import IngotSeal
import SystemPackage

// OpenModel FILE WAY ACCESS ROUNDS [KEY.pub.pem]
//
// Opens a model and lets go of it, over and over. Prints JSON: the nanoseconds of each round, of wall and of processor time, and
// by how much the memory of the process had grown when the first was open.
//
// WAY: walk (nothing is asked of a seal) · sealed (a seal of CRC-32 or more) · trusted (by the index) · signed (by the index, after the
// signature). ACCESS: mapped or positional. Instead of opening: verify (every byte, on all cores) · sha256 (as many bytes as the file
// has, from a buffer of 1 MiB, on one core) · read (the file, on all cores) · readsha256 (the same, and each part is digested).

struct Report: Encodable {
  var nanoseconds: [UInt64] = []
  var processorNanoseconds: [UInt64] = []
  /// Memory that only this process has.
  var privateBytes = 0
  /// Pages of the file that count as memory of this process while it has them mapped.
  var filePages = 0
}

/// The resident memory of this process in kibibytes, by kind.
func resident() -> [String: Int] {
  let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  var sizes: [String: Int] = [:]
  for line in text.split(separator: "\n") where line.hasPrefix("Rss") {
    let parts = line.split(whereSeparator: { $0 == ":" || $0.isWhitespace })
    if parts.count > 1, let size = Int(parts[1]) { sizes[String(parts[0])] = size }
  }
  return sizes
}

let arguments = CommandLine.arguments
guard arguments.count >= 5, let rounds = Int(arguments[4]) else { exit(64) }
let path = FilePath(arguments[1])
let access = arguments[3] == "positional" ? ModelFile.Access.positional : .mapped
let isTrusted = arguments[2] == "trusted"
let keys =
  arguments[2] == "signed"
  ? [try VerifyingKey(pem: try String(contentsOfFile: arguments[5], encoding: .utf8))] : []
let policy = SealPolicy(minimum: arguments[2] == "sealed" ? .crc32 : .none, keys: keys)

func open() throws -> ModelFile {
  try ModelFile(opening: path, access: access, policy: policy, isTrusted: isTrusted)
}

/// Digests as many bytes as the file has, by nothing but the library.
func digest() throws {
  let buffer = [UInt8](repeating: 0xA5, count: 1 << 20)
  var state = SHA256()
  for _ in 0..<(try RegularFile(opening: path).byteCount >> 20) {
    buffer.withUnsafeBytes { state.update(bufferPointer: $0) }
  }
  _ = state.finalize()
}

/// Reads the file as `verify` does, and does nothing with it, or digests each part of 8 MiB.
func read(isDigested: Bool = false) throws {
  let file = try RegularFile(opening: path)
  let size = 8 << 20
  DispatchQueue.concurrentPerform(iterations: Int(file.byteCount) / size) { part in
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { buffer.deallocate() }
    var state = SHA256()
    for start in stride(from: part * size, to: (part + 1) * size, by: buffer.count) {
      try? file.read(into: buffer, at: UInt64(start))
      if isDigested { state.update(bufferPointer: UnsafeRawBufferPointer(buffer)) }
    }
    _ = state.finalize()
  }
}

/// All but `verify`, which runs on other threads.
func once() throws {
  switch arguments[2] {
  case "read": try read()
  case "readsha256": try read(isDigested: true)
  case "sha256": try digest()
  default: _ = try open()
  }
}

/// The processor time of all threads.
func processorTime() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}

var report = Report()
_ = resident()
let before = resident()
if ["walk", "sealed", "trusted", "signed"].contains(arguments[2]) {
  let first = try open()
  let after = resident()
  report.privateBytes = 1024 * ((after["RssAnon"] ?? 0) - (before["RssAnon"] ?? 0))
  report.filePages =
    1024 * ((after["RssFile"] ?? 0) - (before["RssFile"] ?? 0)) / Int(sysconf(Int32(_SC_PAGESIZE)))
  withExtendedLifetime(first) {}
}

let clock = ContinuousClock()
for _ in 0..<rounds {
  let start = clock.now
  let processor = processorTime()
  if arguments[2] == "verify" {
    let verifier = ModelVerifier(threads: ProcessInfo.processInfo.activeProcessorCount)
    guard try await verifier.verify(path).allSatisfy(\.isValid) else { exit(1) }
  } else {
    try once()
  }
  report.processorNanoseconds.append(processorTime() - processor)
  report.nanoseconds.append(UInt64((clock.now - start) / .nanoseconds(1)))
}
print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
