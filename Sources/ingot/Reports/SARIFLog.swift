import IngotValidation

/// A ``ValidationReport`` in the Static Analysis Results Interchange Format, version 2.1.0 (OASIS), for CI systems.
struct SARIFLog: Encodable {
  struct Message: Encodable { let text: String }

  struct Descriptor: Encodable {
    struct Configuration: Encodable { let level: String }

    let id: String
    let shortDescription: Message
    let help: Message
    let defaultConfiguration: Configuration
  }

  struct Driver: Encodable {
    let name: String
    let version: String
    let rules: [Descriptor]
  }

  struct Tool: Encodable { let driver: Driver }

  struct ArtifactLocation: Encodable { let uri: String }

  struct Region: Encodable {
    let byteOffset: UInt64
    let byteLength: Int
  }

  struct PhysicalLocation: Encodable {
    let artifactLocation: ArtifactLocation
    let region: Region?
  }

  struct LogicalLocation: Encodable {
    let name: String
    let kind: String
  }

  struct Location: Encodable {
    let physicalLocation: PhysicalLocation
    let logicalLocations: [LogicalLocation]?
  }

  struct Result: Encodable {
    let ruleId: String
    let ruleIndex: Int
    let level: String
    let message: Message
    let locations: [Location]
  }

  struct Notification: Encodable {
    let level: String
    let message: Message
  }

  struct Invocation: Encodable {
    let executionSuccessful: Bool
    let toolExecutionNotifications: [Notification]
  }

  struct Run: Encodable {
    let tool: Tool
    let invocations: [Invocation]
    let results: [Result]
    /// Offsets are in bytes, and the files are no text.
    let columnKind = "utf16CodeUnits"
  }

  let schema = "https://json.schemastore.org/sarif-2.1.0.json"
  let version = "2.1.0"
  let runs: [Run]

  private enum CodingKeys: String, CodingKey {
    case schema = "$schema"
    case version, runs
  }

  init(_ report: ValidationReport) {
    var places: [Rule: Int] = [:]
    for (place, rule) in Rule.all.enumerated() { places[rule] = place }
    let results = report.verdicts.flatMap { verdict in
      verdict.findings.map { Result($0, of: verdict.path.string, ruleIndex: places[$0.rule] ?? -1) }
    }
    let failures = report.verdicts.compactMap { verdict in
      verdict.failure.map { Notification(level: "error", message: Message(text: Failure($0).message)) }
    }
    runs = [
      Run(
        tool: Tool(
          driver: Driver(
            name: "ingot", version: Ingot.version, rules: Rule.all.map(Descriptor.init))),
        invocations: [
          Invocation(executionSuccessful: failures.isEmpty, toolExecutionNotifications: failures)
        ],
        results: results)
    ]
  }
}

extension SARIFLog.Descriptor {
  fileprivate init(_ rule: Rule) {
    id = rule.id
    shortDescription = SARIFLog.Message(text: rule.title)
    help = SARIFLog.Message(text: rule.mend)
    defaultConfiguration = Configuration(level: rule.severity.rawValue)
  }
}

extension SARIFLog.Result {
  fileprivate init(_ finding: Finding, of path: String, ruleIndex: Int) {
    let subject = ValidationJSON.Subject(finding.subject)
    ruleId = finding.rule.id
    self.ruleIndex = ruleIndex
    level = finding.rule.severity.rawValue
    message = SARIFLog.Message(
      text: "Found \(finding.found), wanted \(finding.expected). \(finding.rule.title) \(finding.rule.mend)")
    locations = [
      SARIFLog.Location(
        physicalLocation: SARIFLog.PhysicalLocation(
          artifactLocation: SARIFLog.ArtifactLocation(uri: Self.reference(path)),
          region: finding.offset.map { SARIFLog.Region(byteOffset: $0, byteLength: 1) }),
        logicalLocations: subject.map { [SARIFLog.LogicalLocation(name: $0.name, kind: $0.kind)] })
    ]
  }

  /// A path as a URI reference (RFC 3986): all but unreserved characters and slashes are escaped.
  private static func reference(_ path: String) -> String {
    let hexadecimal = Array("0123456789ABCDEF".unicodeScalars)
    let escaped = path.utf8.reduce(into: "") { text, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        text.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        text += "%\(hexadecimal[Int(byte >> 4)])\(hexadecimal[Int(byte & 15)])"
      }
    }
    return path.hasPrefix("/") ? "file://" + escaped : escaped
  }
}
