/// DSSE's pre-authentication encoding: what is signed, so that no statement can be taken for another kind of message.
///
/// Specification: `spec/seal.md`, clause L11.
enum PreAuthentication {
  static func encode(_ type: String, _ body: [UInt8]) -> [UInt8] {
    Array("DSSEv1 \(type.utf8.count) \(type) \(body.count) ".utf8) + body
  }

  static func message(_ statement: SealStatement) -> [UInt8] {
    encode(SealFormat.payloadType, statement.encoded())
  }
}
