import IngotCheckpoints

/// Changes safetensors files and shard indexes: members, texts and numbers of their JSON, with lengths repaired.
enum SafeTensorsMutator {
  static func mutated(_ bytes: [UInt8], limit: Int, using random: inout Random) -> [UInt8] {
    if random.oneIn(8) { return random.fuzzed(bytes, limit: limit) }
    if random.oneIn(64) { return random.oneIn(2) ? Self.file(using: &random) : index(using: &random) }
    if bytes.first == UInt8(ascii: "{") {
      var json = JSONTokens(bytes)
      for _ in 0...random.below(3) { change(&json, using: &random) }
      return json.text
    }
    guard bytes.count > 8 else { return file(using: &random) }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let end = 8 + Int(min(length, UInt64(bytes.count - 8)))
    var json = JSONTokens(Array(bytes[8..<end]))
    var data = Array(bytes[end...])
    for _ in 0...random.below(3) { change(&json, using: &random) }
    if random.oneIn(2) { tile(&json, &data, limit: limit) }
    let text = json.text
    let stated = random.oneIn(16) ? random.edge() : UInt64(text.count)
    return stated.littleEndianBytes + text + data
  }

  private static func change(_ json: inout JSONTokens, using random: inout Random) {
    switch random.below(10) {
    case 0: if let member = json.members.randomElement(using: &random) { json.remove(member) }
    case 1...2:
      let members = json.members
      guard let place = members.randomElement(using: &random)?.lowerBound else { return }
      let isCopy = random.oneIn(2)
      let known = JSONTokens(Array(random.choice(of: Self.members).utf8)).tokens
      json.insert(isCopy ? Array(json.tokens[random.choice(of: members)]) : known, before: place)
    case 3...4:
      guard let place = json.numbers.randomElement(using: &random) else { return }
      json.tokens[place] = Array(number(using: &random).utf8)
    case 5...6:
      guard let place = json.texts.randomElement(using: &random) else { return }
      json.tokens[place] = text(json.tokens[place], using: &random)
    case 7:
      guard let place = json.values.randomElement(using: &random) else { return }
      json.tokens.replaceSubrange(place, with: JSONTokens(Array(random.choice(of: values).utf8)).tokens)
    case 8:
      let space = random.choice(of: [" ", "\n\t\r ", "\u{FEFF}", ","])
      json.tokens.insert(Array(space.utf8), at: random.below(json.tokens.count + 1))
    default: json.tokens.rearrange(using: &random)
    }
  }

  private static func number(using random: inout Random) -> String {
    random.oneIn(2)
      ? "\(random.below(64))" : random.oneIn(2) ? "\(random.edge())" : random.choice(of: numbers)
  }

  private static func text(_ token: [UInt8], using random: inout Random) -> [UInt8] {
    let content = Array(token.dropFirst().dropLast())
    let quote = Array("\"".utf8)
    switch random.below(4) {
    case 0: return quote + Array(random.choice(of: texts).utf8) + quote
    case 1: return quote + content + Array(random.choice(of: escapes).utf8) + quote
    case 2:
      guard let first = content.first, first != UInt8(ascii: "\\"), first < 0x80 else { return token }
      // The same text in other bytes.
      return quote + Array((first < 16 ? "\\u000" : "\\u00").utf8) + Array(String(first, radix: 16).utf8)
        + content.dropFirst() + quote
    default: return quote + random.fuzzed(content, limit: content.count + 8) + quote
    }
  }

  /// Makes the ranges of all tensors follow each other in the order of the header, and the data as long as they are.
  private static func tile(_ json: inout JSONTokens, _ data: inout [UInt8], limit: Int) {
    var end = 0
    var size: Int?
    var bits = 0
    let allNumbers = json.numbers
    for member in json.members {
      let value = member.dropFirst(2)
      let numbers = allNumbers.filter { value.contains($0) }
      switch String(decoding: json.name(of: member), as: UTF8.self) {
      case "dtype":
        let name = value.first.map { json.tokens[$0].dropFirst().dropLast() } ?? []
        bits = ElementType(name: String(decoding: name, as: UTF8.self)).map { Int($0.bitsPerElement) } ?? 8
      case "shape":
        size = numbers.reduce(1 as Int?) { product, index in
          Int(String(decoding: json.tokens[index], as: UTF8.self))
            .flatMap { product?.multipliedReportingOverflow(by: $0) }.flatMap {
              $0.overflow ? nil : $0.partialValue
            }
        }
      case "data_offsets" where numbers.count == 2:
        let byteCount = size.map { $0.multipliedReportingOverflow(by: bits).partialValue / 8 } ?? 0
        guard byteCount >= 0, end + byteCount <= limit else { continue }
        json.tokens[numbers[0]] = Array("\(end)".utf8)
        end += byteCount
        json.tokens[numbers[1]] = Array("\(end)".utf8)
      default: break
      }
    }
    data = Array(data.prefix(end)) + [UInt8](repeating: 0, count: max(0, end - data.count))
  }

  /// A file that is right.
  static func file(using random: inout Random) -> [UInt8] {
    var members = random.oneIn(2) ? ["\"__metadata__\":{\"format\":\"pt\"}"] : []
    var end = 0
    for index in 0..<random.below(4) {
      let type = random.choice(of: ElementType.plainTypes)
      let shape = (0..<random.below(4)).map { _ in [0, 1, 2, 3, 8][random.below(5)] }
      let bits = shape.reduce(1, *) * Int(type.bitsPerElement)
      let range = "[\(end),\(end + bits / 8)]"
      end += bits / 8
      members.append("\"t\(index)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":\(range)}")
    }
    let text = Array("{\(members.joined(separator: ","))}".utf8)
    return UInt64(text.count).littleEndianBytes + text + [UInt8](repeating: 0, count: end)
  }

  /// An index that is right.
  static func index(using random: inout Random) -> [UInt8] {
    let entries = (0..<random.below(5)).map { "\"t\($0)\":\"model-\($0 % 2).safetensors\"" }
    return Array("{\"metadata\":{\"total_size\":8},\"weight_map\":{\(entries.joined(separator: ","))}}".utf8)
  }

  private static let numbers = [
    "-0", "-1", "00", "01", "1.0", "2e0", "1E+2", "0.", "1e", "-", "18446744073709551616", "1e999",
    "9223372036854775808", "123456789012345678901234567890",
  ]
  private static let texts = [
    "F32", "F16", "BF16", "I64", "BOOL", "F4", "F6_E2M3", "F8_E4M3", "C64", "f32", "t0", "t1", "", "dtype",
    "shape",
    "data_offsets", "__metadata__", "weight_map", "format", "../x", "/x", "..", ".", "a\\\\b",
    "model.safetensors",
  ]
  private static let escapes = [
    "\\n", "\\/", "\\\"", "\\u0000", "\\u00e9", "é", "\\ud83d\\ude00", "\\ud83d", "\\ude00", "\\x", "\\u12",
    "\u{1}",
  ]
  private static let values = [
    "null", "true", "[]", "{}", "\"\"", "0", "[0,0]", "[1,2,3]", "[[[[[[[[[]]]]]]]]]", "{\"a\":{\"a\":{}}}",
    "nul",
    "[0 ,\n1]", "[1,]", "{,}",
  ]
  private static let members = [
    "\"dtype\":\"U8\"", "\"shape\":[2]", "\"data_offsets\":[0,2]", "\"extra\":null",
    "\"__metadata__\":{\"a\":\"b\"}",
    "\"t\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]}", "\"weight_map\":{\"t\":\"a\"}",
  ]
}
