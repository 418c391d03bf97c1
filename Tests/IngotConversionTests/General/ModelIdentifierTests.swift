import IngotCheckpoints
import Testing

@testable import IngotConversion

// `spec/metadata.md`, clause M13.
@Suite struct ModelIdentifierTests {
  @Test func namesAreTakenApartAsTheReferenceDoes() throws {
    let rows = try ReferenceAnswers.rows("identifiers.json")
    #expect(rows.count > 100)
    for row in rows {
      let identifier = try #require(row["identifier"]?.string)
      let parts = ModelIdentifier(identifier, parameters: try #require(row["parameters"]?.integer))
      let comment: Comment = "\(identifier)"
      #expect(parts.name == row["name"]?.string, comment)
      #expect(Title.of(parts.name) == row["title"]?.string, comment)
      #expect(parts.organization == row["organization"]?.string, comment)
      #expect(parts.baseName == row["basename"]?.string, comment)
      #expect(parts.fineTune == row["finetune"]?.string, comment)
      #expect(parts.version == row["version"]?.string, comment)
      #expect(parts.sizeLabel == row["size_label"]?.string, comment)
    }
  }

  @Test func noNameAndNoNumberTraps() {
    let pieces = [
      "", "-", "/", ".", "_", "7", "b", "B1", "x", "8x", "v", "q4", "\u{301}", "\0", "🦙", "٣", "K", "a-7b1",
    ]
    for first in pieces {
      for second in pieces {
        for third in pieces {
          for parameters in [0, 1, Int.max] {
            _ = ModelIdentifier("a-" + first + second + third, parameters: parameters)
          }
        }
      }
    }
  }
}
