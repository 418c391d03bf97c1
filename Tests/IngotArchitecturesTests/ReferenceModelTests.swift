import IngotArchitectures
import IngotContainer
import IngotTestSupport
import Testing

/// The tables against what the reference converter writes.
@Suite struct ReferenceModelTests {
  @Test func everyTensorOfTheReferenceIsExpectedInItsShape() throws {
    for model in try ReferenceModel.all() {
      let architecture = try architecture(of: model)
      let numbers = architecture.hyperparameters(from: model.metadata)
      for tensor in model.tensors {
        let expected = try #require(architecture.expectedTensor(named: tensor.name, numbers), "\(tensor)")
        #expect(expected.shape == tensor.dimensions, "\(model.name) \(tensor.name)")
      }
    }
  }

  @Test func everyRequiredTensorIsInTheReference() throws {
    for model in try ReferenceModel.all() {
      let architecture = try architecture(of: model)
      let names = Set(model.tensors.map(\.name))
      for tensor in architecture.expectedTensors(architecture.hyperparameters(from: model.metadata)) {
        switch tensor.presence {
        case .required: #expect(names.contains(tensor.name), "\(model.name)")
        case .unless(let other):
          #expect(names.contains(tensor.name) || names.contains(other), "\(model.name)")
        case .optional: break
        }
      }
    }
  }

  @Test func everyRequiredKeyIsInTheReference() throws {
    for model in try ReferenceModel.all() {
      let architecture = try architecture(of: model)
      for parameter in architecture.hyperparameters where parameter.isRequired {
        let key = parameter.quantity?.key(in: architecture.name) ?? "\(architecture.name).\(parameter.key)"
        #expect(model.metadata[key] != nil, "\(model.name) \(key)")
      }
    }
  }

  @Test func everyKeyOfTheReferenceIsKnownWithItsType() throws {
    for model in try ReferenceModel.all() {
      let architecture = try architecture(of: model)
      for (key, value) in model.metadata {
        let known = try #require(KnownKey.of(key, architecture: architecture.name), "\(key)")
        #expect(known.likeness(of: value.valueType) == .exact, "\(key)")
      }
    }
  }

  private func architecture(of model: ReferenceModel) throws -> Architecture {
    let name = try #require(try model.metadata.string("general.architecture"))
    return try #require(Architecture.named(name), "\(name)")
  }
}
