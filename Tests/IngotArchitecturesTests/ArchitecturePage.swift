import IngotArchitectures

/// The part of `spec/architectures.md` that follows from the tables in Swift.
enum ArchitecturePage {
  /// The first line that follows from the tables.
  static let start = "<!-- From here on the page is that of the tables in Sources/IngotArchitectures. -->"

  /// All lines from ``start`` on.
  static var text: String {
    ([start] + ["", "## Known keys", ""] + keys + ["", "## Quantities", ""] + quantities
      + Architecture.all.flatMap(section)).joined(separator: "\n") + "\n"
  }

  private static var keys: [String] {
    ["| key | types |", "| --- | --- |"]
      + KnownKey.all.map { row(["`\($0.pattern)`", $0.types.map(\.description).joined(separator: ", ")]) }
  }

  private static var quantities: [String] {
    ["| quantity | key |", "| --- | --- |"]
      + Quantity.allCases.map { row(["\($0)", "`\($0.key(in: "{arch}"))`"]) }
  }

  private static func section(_ architecture: Architecture) -> [String] {
    ["", "## \(architecture.name)", "", "\(architecture.families); \(architecture.role).", ""]
      + ["| key | needed | value | otherwise |", "| --- | --- | --- | --- |"]
      + architecture.hyperparameters.map(row)
      + (architecture.relations.isEmpty
        ? [] : ["", "Relations: " + architecture.relations.map(\.description).joined(separator: "; ") + "."])
      + ["", "| tensor | shape | needed | where |", "| --- | --- | --- | --- |"]
      + architecture.tensors.map(row)
  }

  private static func row(_ parameter: Hyperparameter) -> String {
    let key = parameter.quantity.map { "\($0.key(in: "{arch}"))" } ?? "{arch}.\(parameter.key)"
    return row([
      "`\(key)`", parameter.isRequired ? "yes" : "no", parameter.constraint.description,
      parameter.fallback?.description ?? "",
    ])
  }

  private static func row(_ tensor: TensorTemplate) -> String {
    let needed =
      switch tensor.presence {
      case .required: "yes"
      case .optional: "no"
      case .unless(let other): "unless `\(other)`"
      }
    return row([
      "`\(tensor.name)`", tensor.shape?.map(\.description).joined(separator: ", ") ?? "any", needed,
      tensor.condition?.description ?? "",
    ])
  }

  private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
