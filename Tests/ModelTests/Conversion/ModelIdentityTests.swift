import Checkpoint
import Files
import JSON
import TestSupport
import Testing

@testable import Model

/// What names and sizes of models say, beside the gguf package (`make_gguf.py`).
@Suite struct ModelIdentityTests {
  private func facts() throws -> JSONObject {
    try #require(try JSONValue(parsing: readText(Fixture.path("GGUF/names.json"))).object)
  }

  private func planned(_ name: String, _ shape: [Int]) -> PlannedTensor {
    PlannedTensor(declaration: TensorDeclaration(name, .float32, shape: shape), parts: [])
  }

  @Test func namesAreTakenApart() throws {
    let names = try #require(facts()["names"]?.array)
    #expect(names.count > 90)
    for entry in names {
      let identifier = try #require(entry.object?["id"]?.string)
      let parameters = try #require(entry.object?["parameters"]?.integer)
      let parts = try #require(entry.object?["parts"]?.array).map(\.string)
      let found = ModelIdentity(named: identifier, parameters: parameters)
      #expect(
        [
          found.name, found.organization, found.basename, found.finetune, found.version,
          found.sizeLabel,
        ] == parts, "\(identifier) of \(parameters)")
    }
  }

  @Test func sizesAreRounded() throws {
    for entry in try #require(facts()["sizes"]?.array) {
      let pair = try #require(entry.array)
      let count = try #require(pair[0].integer)
      #expect(ModelIdentity.sizeLabel(of: [planned("w", [count])]) == pair[1].string)
    }
    let expected = try #require(facts()["experts"]?.array?[1].string)
    let tensors = [
      planned("blk.0.ffn_up_exps.weight", [8, 2, 2_818_572_288]), planned("w", [1_605_644_288]),
    ]
    #expect(ModelIdentity.sizeLabel(of: tensors) == expected)
    #expect(ModelIdentity.sizeLabel(of: []) == nil)
  }

  @Test func theConfigurationGoesBeforeTheFolder() {
    let known: JSONObject = ["_name_or_path": "org/Foo-v2-chat"]
    let both = ModelIdentity(known, folder: "bar-135M", parameters: 135_000_000)
    #expect(both.name == "Foo v2 Chat")
    #expect(both.organization == "Org" && both.sizeLabel == "135M" && both.basename == "Foo-v2")
    let path: JSONObject = ["_name_or_path": "/some/where/Foo-v2"]
    #expect(ModelIdentity(path, folder: "bar", parameters: 1).name == "Bar")
  }

  @Test func filesHaveThem() throws {
    let folder = try TemporaryFolder()
    let path = folder.path / "model.gguf"
    try convert(from: Fixture.path("Models/mixtral"), to: path)
    let metadata = try CheckpointReader(path).metadata
    #expect(metadata["general.name"] == "Mixtral")
    #expect(metadata["general.size_label"]?.contains("x") == true)
    // What only the file has, a copy of the head and biases of zeros, is not counted.
    for (name, label) in [("gpt_neox_sequential", "4.7K"), ("gpt_neox_unbiased", "5.4K")] {
      let path = folder.path / "\(name).gguf"
      try convert(from: Fixture.path("Models/\(name)"), to: path)
      #expect(try CheckpointReader(path).metadata["general.size_label"] == label)
    }
  }
}
