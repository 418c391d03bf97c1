import IngotCheckpoints
import IngotTestSupport
import Testing

@testable import IngotConversion

/// The names of the classes of classifiers: `spec/families.md`, N4.
@Suite struct ClassNamesTests {
  @Test(
    arguments: [
      ("BertForSequenceClassification", "", ["LABEL_0", "LABEL_1"]),
      (
        "BertForSequenceClassification", #","id2label":{"0":"LABEL_0","1":"LABEL_1"}"#,
        ["LABEL_0", "LABEL_1"]
      ),
      ("BertForSequenceClassification", #","id2label":{"1":"good","0":"bad"}"#, ["bad", "good"]),
      ("BertForSequenceClassification", #","id2label":{"0":"LABEL_0"}"#, ["LABEL_0"]),
      ("BertModel", "", []), ("BertForMaskedLM", #","id2label":{"0":"LABEL_0","1":"LABEL_1"}"#, []),
    ])
  func namesAreThoseOfTheConfiguration(_ modelClass: String, _ labels: String, _ expected: [String]) throws {
    let folder = try TemporaryFolder()
    let text = #"{"architectures":["\#(modelClass)"],"model_type":"bert"\#(labels)}"#
    try folder.write(Array(text.utf8), to: "config.json")
    let configuration = try #require(try ModelConfiguration(ModelFolder(folder.path)))
    #expect(configuration.classNames() == expected)
  }
}
