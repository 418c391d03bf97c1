import IngotArchitectures
import IngotCheckpoints
import IngotEncodings
internal import SwiftProtobuf

/// A model of SentencePiece, such as `tokenizer.model`.
struct SentencePieceFile {
  static let name = "tokenizer.model"

  let model: SentencePieceModel

  /// Reads the file; `nil` where there is none.
  ///
  /// - Throws: `CheckpointError` for a file that is too large, no message of protocol buffers, or without words.
  static func read(_ name: String, _ folder: ModelFolder) throws -> SentencePieceFile? {
    guard let file = try folder.file(name) else { return nil }
    guard file.byteCount <= TokenLimits.sentencePieceByteCount else {
      throw CheckpointError(
        .limit, file.path, found: "a file of \(file.byteCount.counted("byte"))",
        expected: "at most \(TokenLimits.sentencePieceByteCount)")
    }
    var bytes = [UInt8](repeating: 0, count: Int(file.byteCount))
    try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = 8
    options.discardUnknownFields = true
    let model: SentencePieceModel
    do {
      model = try SentencePieceModel(serializedBytes: bytes, options: options)
    } catch {
      throw CheckpointError(
        .protocolBuffer, file.path, found: reason(error), expected: "a model of SentencePiece")
    }
    guard !model.pieces.isEmpty else {
      throw CheckpointError(.schema, file.path, found: "no words", expected: "a model of SentencePiece")
    }
    guard model.pieces.count <= TokenLimits.tokenCount else {
      throw CheckpointError(
        .limit, file.path, found: model.pieces.count.counted("word"),
        expected: "at most \(TokenLimits.tokenCount)"
      )
    }
    if let piece = model.pieces.first(where: { !$0.score.isFinite }) {
      throw CheckpointError(
        .value, file.path, .key(piece.text), found: "the score \(piece.score)", expected: "a finite number")
    }
    return SentencePieceFile(model: model)
  }

  private static func reason(_ error: any Error) -> String {
    switch error as? BinaryDecodingError {
    case .truncated: "a message that ends early"
    case .invalidUTF8: "text that is not UTF-8"
    case .messageDepthLimit: "messages nested too deep"
    default: "bytes that are no message of protocol buffers"
    }
  }

  /// The words, each with its score and type.
  var words: some RandomAccessCollection<(text: String, score: Float, type: TokenType)> {
    model.pieces.lazy.map { ($0.text, $0.score, $0.type) }
  }
}

extension SentencePieceModel.Piece {
  /// The type of the token: a piece that a user defined is none of the reference's own, and counts as text.
  fileprivate var type: TokenType {
    switch kind {
    case .normal, .userDefined: .normal
    case .unknown: .unknown
    case .control: .control
    case .unused: .unused
    case .byte: .byte
    }
  }
}
