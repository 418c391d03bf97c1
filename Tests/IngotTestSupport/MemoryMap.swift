#if os(Linux)
  import IngotFiles
  import SystemPackage

  /// What this process has mapped.
  package enum MemoryMap {
    /// Whether any part of the file at `path` is mapped.
    package static func holds(_ path: FilePath) throws -> Bool {
      let maps = try FileDescriptor.open("/proc/self/maps", .readOnly)
      return try maps.closeAfter {
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = try part.withUnsafeMutableBytes({ try maps.read(into: $0) }), count > 0 {
          text += part[..<count]
        }
        return String(decoding: text, as: UTF8.self).contains(path.string)
      }
    }
  }
#endif
