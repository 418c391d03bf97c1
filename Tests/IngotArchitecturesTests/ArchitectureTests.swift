import IngotArchitectures
import Testing

@Test func everyArchitectureIsFoundByItsName() {
  for architecture in Architecture.all {
    #expect(Architecture.named(architecture.name)?.name == architecture.name)
  }
  #expect(Architecture.named("generic") == nil)
}
