import IngotTestSupport
import Testing

@testable import IngotCheckpoints

/// A header that is refused at the byte after the mark `▲`.
struct Refusal: Sendable, CustomTestStringConvertible {
  let code: CheckpointError.Code
  let subject: CheckpointError.Subject
  let text: String
  let data: Int

  init(
    _ code: CheckpointError.Code, _ text: String, _ subject: CheckpointError.Subject = .tensor("a"),
    data: Int = 1
  ) {
    self.code = code
    self.subject = subject
    self.text = text
    self.data = data
  }

  var testDescription: String { "\(code.rawValue) \(text.prefix(100))" }
  var header: String { text.split(separator: "▲", omittingEmptySubsequences: false).joined() }
  var offset: UInt64? {
    text.utf8.firstRange(of: "▲".utf8).map { UInt64(text.utf8.distance(to: $0.lowerBound)) }
  }
}

extension String.UTF8View {
  fileprivate func distance(to index: Index) -> Int { distance(from: startIndex, to: index) }

  fileprivate func firstRange(of other: String.UTF8View) -> Range<Index>? {
    indices.first { self[$0...].starts(with: other) }.map { $0..<$0 }
  }
}

@Suite struct SafeTensorsRefusalTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let good = #""a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}"#

  static let refusals: [Refusal] = [
    // Clause S2: the frame.
    Refusal(.json, "▲", .file, data: 0),
    Refusal(.json, "▲ {}", .file, data: 0),
    Refusal(.json, "▲\u{FEFF}{}", .file, data: 0),
    Refusal(.json, "▲[]", .file, data: 0),
    Refusal(.json, "{}▲\n", .file, data: 0),
    Refusal(.json, "{}  ▲\t", .file, data: 0),
    Refusal(.json, "{} ▲{}", .file, data: 0),
    Refusal(.json, "{▲", .file, data: 0),
    Refusal(.json, "{\(good),▲}", .file),
    Refusal(.json, #"{"a":▲[]}"#),
    Refusal(.json, #"{"a":▲NaN}"#),
    Refusal(.nesting, #"{"a":{"x":[[[[[[▲[1]]]]]]]}}"#),
    Refusal(.nesting, #"{"a":{"x":[[[[[[▲"# + String(repeating: "[", count: 100_000)),
    // Clause S3: names and metadata.
    Refusal(.duplicate, "{\(good),▲" + SafeTensorsBuilder.entry("a", [1], 1..<2) + "}", data: 2),
    Refusal(.duplicate, "{\(good),▲" + SafeTensorsBuilder.entry("\\u0061", [1], 1..<2) + "}", data: 2),
    Refusal(.duplicate, #"{"__metadata__":{},▲"__metadata__":{}}"#, .key("__metadata__"), data: 0),
    Refusal(.duplicate, #"{"__metadata__":{"k":"1",▲"\u006b":"2"}}"#, .key("k"), data: 0),
    Refusal(.json, #"{"__metadata__":{"k":▲1}}"#, .key("k"), data: 0),
    Refusal(.json, #"{"__metadata__":▲null}"#, .key("__metadata__"), data: 0),
    // Clause S4: entries.
    Refusal(.json, #"{"a":▲{"shape":[1],"data_offsets":[0,1]}}"#),
    Refusal(.json, #"{"a":▲{"dtype":"U8","data_offsets":[0,1]}}"#),
    Refusal(.json, #"{"a":▲{"dtype":"U8","shape":[1]}}"#),
    Refusal(.json, #"{"a":▲{}}"#),
    Refusal(.duplicate, #"{"a":{"dtype":"U8",▲"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#),
    Refusal(.duplicate, #"{"a":{"dtype":"U8","shape":[1],▲"sh\u0061pe":[1],"data_offsets":[0,1]}}"#),
    Refusal(.duplicate, #"{"a":{"data_offsets":[0,1],"dtype":"U8","shape":[1],▲"data_offsets":[0,1]}}"#),
    Refusal(.elementType, #"{"a":{"dtype":▲7,"shape":[1],"data_offsets":[0,1]}}"#),
    Refusal(.elementType, #"{"a":{"dtype":▲"u8","shape":[1],"data_offsets":[0,1]}}"#),
    Refusal(.elementType, #"{"a":{"dtype":▲"F128","shape":[1],"data_offsets":[0,1]}}"#),
    Refusal(.elementType, #"{"a":{"dtype":▲"Q4_0","shape":[32],"data_offsets":[0,18]}}"#, data: 18),
    Refusal(.json, #"{"a":{"dtype":"U8","shape":[▲2.0],"data_offsets":[0,2]}}"#, data: 2),
    Refusal(.json, #"{"a":{"dtype":"U8","shape":[▲2e0],"data_offsets":[0,2]}}"#, data: 2),
    Refusal(.json, #"{"a":{"dtype":"U8","shape":[▲-2],"data_offsets":[0,2]}}"#, data: 2),
    Refusal(.json, #"{"a":{"dtype":"U8","shape":[▲-0],"data_offsets":[0,0]}}"#, data: 0),
    Refusal(.json, #"{"a":{"dtype":"U8","shape":[0▲1],"data_offsets":[0,1]}}"#),
    Refusal(.json, #"{"a":{"dtype":"U8","shape":[▲18446744073709551616],"data_offsets":[0,1]}}"#),
    Refusal(.json, #"{"a":{"dtype":"U8","shape":[▲9223372036854775808],"data_offsets":[0,1]}}"#),
    Refusal(.json, #"{"a":{"dtype":"U8","shape":[▲"1"],"data_offsets":[0,1]}}"#),
    Refusal(.json, #"{"a":{"dtype":"U8","shape":▲1,"data_offsets":[0,1]}}"#),
    Refusal(.json, #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0▲]}}"#),
    Refusal(.json, #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,▲1]}}"#),
    Refusal(.json, #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,▲1.0]}}"#),
    Refusal(.json, #"{"a":{"dtype":"U8","shape":[1],"data_offsets":▲{"0":1}}}"#),
    Refusal(
      .limit,
      #"{"a":{"dtype":"U8","shape":["# + String(repeating: "1,", count: 64) + #"▲1],"data_offsets":[0,1]}}"#),
    // Clause S5: sizes.
    Refusal(.size, #"{"a":{"dtype":"U8","shape":[2],"data_offsets":▲[0,1]}}"#),
    Refusal(.size, #"{"a":{"dtype":"U8","shape":[1],"data_offsets":▲[1,0]}}"#),
    Refusal(.size, #"{"a":{"dtype":"F32","shape":[],"data_offsets":▲[0,1]}}"#),
    Refusal(.size, #"{"a":{"dtype":"F4","shape":[1],"data_offsets":▲[0,1]}}"#),
    Refusal(.size, #"{"a":{"dtype":"F6_E3M2","shape":[2],"data_offsets":▲[0,2]}}"#, data: 2),
    Refusal(
      .overflow, #"{"a":{"dtype":"U8","shape":▲[4294967296,4294967296],"data_offsets":[0,0]}}"#, data: 0),
    Refusal(
      .overflow, #"{"a":{"dtype":"U8","shape":▲[4294967296,4294967296,0],"data_offsets":[0,0]}}"#, data: 0),
    Refusal(
      .overflow, #"{"a":{"dtype":"F64","shape":▲[1152921504606846976],"data_offsets":[0,0]}}"#, data: 0),
  ]

  @Test(arguments: refusals) func headerIsRefusedAtItsFault(_ refusal: Refusal) {
    let bytes = SafeTensorsBuilder.file(refusal.header, data: refusal.data)
    let error = #expect(throws: CheckpointError.self) { try folder.openSafeTensors(bytes) }
    #expect(error?.code == refusal.code)
    #expect(error?.offset == refusal.offset.map { $0 + 8 })
    #expect(error?.subject == refusal.subject)
    if case .tensor(let name) = refusal.subject {
      #expect("\(String(describing: error))".contains("\"\(name)\""))
    }
  }

  @Test func aHeaderBeyondTheFileIsTruncated() throws {
    for length in [3, 1 << 40, 1 << 63, UInt64.max, UInt64.max - 7] {
      let error = #expect(throws: CheckpointError.self) {
        try folder.openSafeTensors(SafeTensorsBuilder.length(length) + Array("{}".utf8))
      }
      #expect(error?.code == .truncated)
      #expect(error?.offset == 0)
    }
  }

  @Test func aHeaderOverTheLimitIsRefusedUnread() throws {
    try folder.write(SafeTensorsBuilder.length(100_000_001) + Array("{}".utf8), to: "large")
    // A file with a hole, which takes no space.
    try folder.truncate("large", to: 100_000_009)
    let error = #expect(throws: CheckpointError.self) {
      try SafeTensorsCheckpoint(opening: folder.path("large"))
    }
    #expect(error?.code == .limit)
    #expect(error?.offset == 0)
  }

  @Test func aNameThatIsNotUTF8IsRefusedAtItsByte() throws {
    let header = Array("{\"ab".utf8) + [0xFF] + Array("\":{}}".utf8)
    let error = #expect(throws: CheckpointError.self) {
      try folder.openSafeTensors(SafeTensorsBuilder.file(header))
    }
    #expect(error?.code == .utf8)
    #expect(error?.offset == 12)
  }

  @Test func moreTensorsThanTheLimitAreRefused() throws {
    var limits = CheckpointLimits()
    limits.tensorCount = 2
    let entries = ["x", "y", "z"].map { SafeTensorsBuilder.entry($0, [0], 0..<0) }
    let header = "{" + entries.joined(separator: ",") + "}"
    let error = #expect(throws: CheckpointError.self) {
      try folder.openSafeTensors(SafeTensorsBuilder.file(header), limits: limits)
    }
    #expect(error?.code == .limit)
    #expect(error?.subject == .tensor("z"))
    #expect(error?.offset == UInt64(8 + 1 + entries[0].count + 1 + entries[1].count + 1))
  }

  @Test(
    arguments: [
      ([0..<2, 1..<3], 3, 1, "b"), ([0..<2, 0..<2], 2, 0, "b"), ([0..<3, 1..<1], 3, 1, "b"),
      ([0..<1, 2..<3], 3, 1, "b"), ([1..<2, 2..<3], 3, 0, "a"), ([0..<1, 2..<2], 2, 1, "b"),
      ([0..<1, 1..<2], 3, 2, nil), ([], 1, 0, nil),
    ] as [([Range<Int>], Int, UInt64, String?)])
  func dataThatIsNotTiledIsRefused(ranges: [Range<Int>], data: Int, offset: UInt64, name: String?) {
    let entries = zip(["a", "b"], ranges).map { SafeTensorsBuilder.entry($0, [$1.count], $1) }
    // The order of the header makes no difference, unless two tensors claim the same bytes.
    for entries in Set(ranges).count == ranges.count ? [entries, entries.reversed()] : [entries] {
      let header = "{" + entries.joined(separator: ",") + "}"
      let error = #expect(throws: CheckpointError.self) {
        try folder.openSafeTensors(SafeTensorsBuilder.file(header, data: data))
      }
      #expect(error?.code == .coverage)
      #expect(error?.offset == 8 + UInt64(header.utf8.count) + offset)
      #expect(error?.subject == name.map { .tensor($0) } ?? .file)
    }
  }

  @Test func dataBeyondTheFileIsTruncated() throws {
    let header = "{" + SafeTensorsBuilder.entry("a", [5], 0..<5) + "}"
    let error = #expect(throws: CheckpointError.self) {
      try folder.openSafeTensors(SafeTensorsBuilder.file(header, data: 4))
    }
    #expect(error?.code == .truncated)
    #expect(error?.offset == UInt64(8 + header.utf8.count + 4))
    #expect(error?.subject == .tensor("a"))
  }
}
