import IngotContainer
import IngotEncodings
import IngotFiles
import Testing

@testable import IngotModel

@Suite struct ModelErrorTests {
  @Test func codesAndOffsetsOfWrappedErrorsPassThrough() {
    let container = ContainerError(.field, at: 17, found: "the end", expected: "4 bytes")
    let errors: [(ModelError, String, UInt64?)] = [
      (ModelError(.container(container), "a"), "TRUNCATED", 17),
      (ModelError(.file(FileError(.shrunk, "a", operation: "read")), "a"), "SHRUNK", nil),
      (ModelError(.encoding(EncodingError(.noDecoder, .q8_K)), "a"), "NO_DECODER", nil),
      (ModelError(.split(found: "x", expected: "y"), "a"), "SPLIT", nil),
      (ModelError(.duplicateTensor(otherFile: "b", offset: 9), "a"), "DUPLICATE", 9),
      (ModelError(.rows(0..<1, count: 0), "a"), "ROWS", nil),
      (ModelError(.elements(0..<1, count: 0, elementsPerBlock: 1), "a"), "ELEMENTS", nil),
      (ModelError(.bytes(0..<1, count: 0), "a"), "BYTES", nil),
    ]
    for (error, code, offset) in errors {
      #expect(error.code == code)
      #expect(error.offset == offset)
    }
  }

  @Test func descriptionsNameFileAndTensorAndEscapeNames() {
    #expect(
      ModelError(.rows(3..<5, count: 4), "m.gguf", tensor: "a\u{1B}").description
        == #"m.gguf, tensor "a\u{1B}": found no rows 3..<5; the tensor has 4"#)
    #expect(
      ModelError(.file(FileError(.notFound, "m.gguf", operation: "open")), "m.gguf").description
        == "m.gguf: no such file or folder; check the path.")
  }
}
