import IngotEncodings
import Testing

@testable import IngotConversion

/// What a mistyped name may have meant.
@Suite struct NearestNamesTests {
  private static let tensors = [
    "model.embed_tokens.weight", "model.layers.0.self_attn.k_proj.weight",
    "model.layers.0.self_attn.q_proj.weight",
    "model.layers.10.self_attn.k_proj.weight", "lm_head.weight",
  ]

  @Test(arguments: [
    ("model.embed_token.weight", ["model.embed_tokens.weight"]), ("lm_heed.weight", ["lm_head.weight"]),
    ("zzz", []), ("", []),
  ]) func onlyWhatIsAsLikelyIsOffered(name: String, near: [String]) {
    #expect(NearestNames.nearest(to: name, among: Self.tensors, most: 3) == near)
  }

  @Test func namesThatAreLikeEachOtherAreAllOffered() {
    let near = NearestNames.nearest(
      to: "model.layers.0.self_attn.v_proj.weight", among: Self.tensors, most: 3)
    #expect(Set(near) == Set(Self.tensors[1...3]))
  }

  @Test func encodingsStandByTheirBitsPerWeight() {
    let bits = EncodingNames.all.compactMap { Encoding(name: $0)?.bitsPerWeight }
    #expect(bits.count == EncodingNames.all.count && bits == bits.sorted(by: >))
  }

  // The names that llama-quantize lists and that are no encodings.
  @Test(arguments: [
    "Q2_K_S", "Q3_K_S", "Q3_K_M", "Q3_K_L", "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "IQ2_M", "IQ3_XS",
    "IQ3_M",
  ]) func aMixtureIsMadeOfEncodings(name: String) throws {
    guard case .mixture(let base, let finer) = EncodingNames.meaning(of: name) else {
      Issue.record("\(name) is no mixture")
      return
    }
    let first = try #require(Encoding(name: base))
    let second = try finer.map { try #require(Encoding(name: $0)) }
    #expect(first.canEncode && second?.canEncode != false)
    #expect((second?.bitsPerWeight ?? .infinity) > first.bitsPerWeight)
  }

  @Test func noEncodingIsTakenForAMixture() {
    for name in EncodingNames.all { #expect(EncodingNames.meaning(of: name) == .misspelt([name])) }
  }
}
