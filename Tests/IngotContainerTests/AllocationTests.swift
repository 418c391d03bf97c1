import Testing

@testable import IngotContainer

#if canImport(Glibc)
  import Glibc

  /// A count that a file merely announces costs no memory; in a process of its own, which may not grow.
  @Suite struct AllocationTests {
    @Test func announcedCountsAreNotAllocated() async {
      await #expect(processExitsWith: .success) {
        var limit = rlimit(rlim_cur: 1 << 30, rlim_max: 1 << 30)
        precondition(setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
        var unlimited = ParseLimits()
        (unlimited.keyCount, unlimited.tensorCount, unlimited.arrayCount) = (.max, .max, .max)
        (unlimited.stringByteCount, unlimited.metadataByteCount) = (.max, .max)
        let array = HostileFile(keys: 1).key("a", .array)
        let files =
          [HostileFile(tensors: 500_000_000), HostileFile(keys: 500_000_000)]
          + MetadataType.allCases.map { array.arrayHead($0, count: 1 << 31) }
          + [
            HostileFile(keys: 1).number(UInt64(1) << 33),
            array.arrayHead(.string, count: 1).number(UInt64(1) << 33),
          ]
        for file in files {
          for limits in [.default, unlimited] {
            do throws(ContainerError) {
              _ = try ContainerHeader(parsing: file.bytes.span.bytes, limits: limits)
              preconditionFailure("accepted")
            } catch {
              precondition(error.code == .limit || error.code == .truncated)
            }
          }
        }
      }
    }
  }
#endif
