import IngotArchitectures
import IngotContainer
import IngotEncodings
import IngotTestSupport
import Testing

@testable import IngotValidation

/// The rules against what the reference converter writes, whole and with one thing changed.
@Suite struct ReferenceModelRuleTests {
  @Test func whatTheReferenceWritesHasNoErrorAndNoWarning() throws {
    for model in try ReferenceModel.all() {
      let findings = try model.verdict()
      #expect(findings.filter { $0.rule.severity > .note }.map(\.description) == [], "\(model.name)")
    }
  }

  @Test func everyTensorThatIsMissingIsFound() throws {
    for model in try ReferenceModel.all() {
      let architecture = try #require(Architecture.named(model.text("general.architecture")))
      let required = Set(
        architecture.expectedTensors(architecture.hyperparameters(from: model.metadata))
          .filter { $0.presence != .optional }.map(\.name))
      let whole = try model.findings()
      for (index, tensor) in model.tensors.enumerated() where required.contains(tensor.name) {
        var part = model
        part.tensors.remove(at: index)
        #expect(try part.findings() == (whole + ["M9-MISSING \(tensor.name)"]).sorted(), "\(model.name)")
      }
    }
  }

  @Test func everyKeyThatIsMissingIsFound() throws {
    for model in try ReferenceModel.all() {
      let architecture = try #require(Architecture.named(model.text("general.architecture")))
      let required = architecture.hyperparameters.filter(\.isRequired).map { architecture.key(of: $0) }
      let tokenizer = try #require(TokenizerModel.named(model.text("tokenizer.ggml.model")))
      for (rule, keys) in [
        ("M8-MISSING", required), ("M10-MISSING", tokenizer.required + ["tokenizer.ggml.model"]),
        ("M10-INCOMPLETE", tokenizer.expected), ("M7-MISSING", ["general.architecture"]),
      ] {
        for key in keys {
          var part = model
          part.metadata[key] = nil
          #expect(try part.findings().contains("\(rule) \(key)"), "\(model.name)")
        }
      }
    }
  }

  @Test func everyDimensionThatIsAnotherIsFound() throws {
    for model in try ReferenceModel.all() {
      let whole = try model.findings()
      for (index, tensor) in model.tensors.enumerated() {
        for dimension in tensor.dimensions.indices {
          var other = model
          other.tensors[index].encoding = .f32
          other.tensors[index].dimensions[dimension] += 1
          #expect(try other.findings() == (whole + ["M9-SHAPE \(tensor.name)"]).sorted(), "\(model.name)")
        }
        var deeper = model
        deeper.tensors[index].dimensions.append(2)
        #expect(try deeper.findings() == (whole + ["M9-SHAPE \(tensor.name)"]).sorted(), "\(model.name)")
      }
    }
  }

  @Test func everyValueOfAnotherKindOrWidthIsFound() throws {
    for model in try ReferenceModel.all() {
      for (key, value) in model.metadata {
        var other = model
        other.metadata[key] = value.type == .string ? .uint32(1) : "text"
        #expect(try other.findings().contains("M6-SCHEMA \(key)"), "\(model.name)")
        guard case .uint32(let number) = value else { continue }
        other.metadata[key] = .uint64(UInt64(number))
        #expect(try other.findings().contains("M6-WIDTH \(key)"), "\(model.name)")
      }
    }
  }

  @Test func placeOfAFindingIsItsValueOrItsEntry() throws {
    var model = try #require(try ReferenceModel.all().first { $0.name.hasPrefix("llama-") })
    model.tensors[2].dimensions[0] += 1
    model.tensors[2].encoding = .f32
    model.metadata["tokenizer.ggml.bos_token_id"] = .uint32(700)
    let examination = try model.examination()
    let findings = ModelReport.of([examination]).findings.map(\.finding)
    let shape = try #require(findings.first { $0.rule == TensorShapes.rule })
    #expect(shape.offset == examination.entries[2].offset)
    let id = try #require(findings.first { $0.rule == SpecialTokens.rule })
    #expect(id.offset == examination.metadata.offset(of: "tokenizer.ggml.bos_token_id"))
    #expect(id.offset != nil)
  }
}

extension ReferenceModel {
  /// The text of a key; empty without it.
  func text(_ key: String) -> String { if case .string(let text)? = metadata[key] { text } else { "" } }
}
