import SystemPackage

/// The files under `testdata/`, found from the place of this source file.
package enum TestData {
  /// The root of the package.
  package static var packageRoot: FilePath {
    var path = FilePath(#filePath)
    for _ in 0..<3 { path.removeLastComponent() }
    return path
  }

  /// The path of a file under `testdata/`.
  package static func path(_ name: String) -> FilePath {
    packageRoot.appending("testdata").pushing(FilePath(name))
  }

  /// The bytes of a file under `testdata/`.
  package static func bytes(_ name: String) throws -> [UInt8] { try bytes(at: path(name)) }

  /// The bytes of a file.
  package static func bytes(at path: FilePath) throws -> [UInt8] {
    let file = try FileDescriptor.open(path, .readOnly)
    return try file.closeAfter {
      let count = Int(try file.seek(offset: 0, from: .end))
      return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initializedCount in
        while initializedCount < count {
          let rest = UnsafeMutableRawBufferPointer(
            rebasing: UnsafeMutableRawBufferPointer(buffer)[initializedCount...])
          let read = try file.read(fromAbsoluteOffset: Int64(initializedCount), into: rest)
          if read == 0 { break }
          initializedCount += read
        }
      }
    }
  }
}
