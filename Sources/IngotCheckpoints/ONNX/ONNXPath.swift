/// The way from the graph of a model to an inner one, which the names of its tensors begin with.
///
/// It is put together only for a tensor that is found: a graph can be named at length in the file once, and hold many others.
///
/// Specification: `spec/onnx.md`, clause O8.
final class ONNXPath: Sendable {
  /// The graph of the model, whose tensors have no path.
  static let model = ONNXPath(nil, [])

  private let parent: ONNXPath?
  private let parts: [String]
  /// The bytes of the text, with the `.` after each part.
  let byteCount: Int

  private init(_ parent: ONNXPath?, _ parts: [String]) {
    self.parent = parent
    self.parts = parts
    byteCount = parts.reduce(parent?.byteCount ?? 0) { $0 + $1.utf8.count + 1 }
  }

  /// The path that goes on with these parts.
  func appending(_ parts: String...) -> ONNXPath { ONNXPath(self, parts) }

  /// The name of a tensor with its path.
  func name(_ name: String) -> String {
    var parts: [String] = []
    var path: ONNXPath? = self
    while let here = path {
      parts = here.parts + parts
      path = here.parent
    }
    return (parts + [name]).joined(separator: ".")
  }
}
