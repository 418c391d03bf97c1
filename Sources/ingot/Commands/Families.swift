import ArgumentParser
import IngotConversion

/// What folders of Hugging Face are converted as.
struct Families: ParsableCommand, Verb {
  static let configuration = CommandConfiguration(
    abstract: "List the families of models that convert knows.",
    discussion: """
      A folder with a config.json is converted as the family of the class that its "architectures" name. Anything else, also \
      diffusion and vision models, converts with --family generic, which keeps the names of the checkpoint.
      """)

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    let families = ModelFamily.all.map(FamilyReport.init)
    if json { return print(try JSONText.of(["families": families])) }
    var table = Table(
      [("family", .left), ("models", .left), ("classes in config.json", .left)], expendable: ["models"],
      lastColumn: .wrapped)
    for family in families {
      table.append(family.name, family.models, family.classes.joined(separator: ", "))
    }
    table.show()
  }
}

/// A family, for machines.
struct FamilyReport: Encodable {
  let name: String
  let models: String
  let classes: [String]

  init(_ family: ModelFamily) {
    name = family.name
    models = family.models
    classes = family.classes
  }
}
