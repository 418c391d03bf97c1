import IngotCheckpoints
import IngotTestSupport
import Testing

/// What the reference answers, from `testdata/general`.
enum ReferenceAnswers {
  /// The elements of a file.
  static func rows(_ file: String) throws -> [JSONTree] {
    let tree = try ModelFolder(TestData.path("general")).json(file)
    return try #require(tree?.elements)
  }
}
