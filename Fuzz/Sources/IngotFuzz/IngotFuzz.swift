import CFuzzer
import Glibc

/// One program for all targets: `IngotFuzz <target> <arguments of libFuzzer>`.
@main
enum IngotFuzz {
  static let targets: [any FuzzTarget.Type] = [
    ContainerTarget.self, MetadataTarget.self, SafeTensorsTarget.self, BlocksTarget.self,
    ValidateTarget.self, SealTarget.self, ZIPTarget.self, PickleTarget.self, NPYTarget.self, ONNXTarget.self,
  ]

  /// The target that the first argument names.
  static let target: any FuzzTarget.Type = {
    guard let target = targets.first(where: { $0.name == CommandLine.arguments.dropFirst().first }) else {
      fatalError("the first argument is a target: \(targets.map { $0.name })")
    }
    return target
  }()

  /// The most processor time that one input took, in nanoseconds.
  private nonisolated(unsafe) static var slowest: UInt64 = 0

  static func main() {
    _ = target
    atexit { print("slowest input: \(Double(IngotFuzz.slowest / 10_000) / 100) ms") }
    var count = CommandLine.argc - 1
    // libFuzzer gets its own name and what follows ours.
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
    arguments?[0] = CommandLine.unsafeArgv[0]
    LLVMFuzzerRunDriver(&count, &arguments) { data, size in
      let start = IngotFuzz.processorTime
      IngotFuzz.target.run(UnsafeRawBufferPointer(start: data, count: size))
      IngotFuzz.slowest = max(IngotFuzz.slowest, IngotFuzz.processorTime - start)
      return 0
    }
  }
}

extension IngotFuzz {
  /// The nanoseconds that this thread has used: other programs on the machine do not count.
  private static var processorTime: UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

/// What libFuzzer calls instead of its own mutations, by this name.
@c(LLVMFuzzerCustomMutator)
public func mutate(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ limit: Int, _ seed: UInt32) -> Int {
  var random = Random(seed: UInt64(seed))
  let input = [UInt8](UnsafeBufferPointer(start: data, count: size))
  let output = IngotFuzz.target.mutated(input, limit: limit, using: &random).prefix(limit)
  _ = UnsafeMutableBufferPointer(start: data, count: limit).update(fromContentsOf: output)
  return output.count
}
