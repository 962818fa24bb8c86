import Checkpoint
import Files
import Tensor
import TestSupport
import Testing

/// Files with shapes that no tensor can have, or that none needs.
@Suite struct AbsurdShapeTests {
  /// The only tensor of a file with this header entry and no data.
  private func stored(_ shape: String, _ folder: TemporaryFolder) throws -> StoredTensor {
    let header = #"{"t":{"dtype":"F32","shape":\#(shape),"data_offsets":[0,0]}}"#
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) }
    let path = folder.path / "model.safetensors"
    try writeAtomically(path, length + Array(header.utf8))
    return try SafetensorsFile(path).tensor("t")
  }

  @Test func emptyTensorsMayHaveLargeExtents() throws {
    let folder = try TemporaryFolder()
    let stored = try stored("[0,1099511627776,1099511627776]", folder)
    #expect(stored.info.elementCount == 0)
    let tensor = try #require(Tensor(stored))
    #expect(tensor.count == 0 && tensor.byteCount == 0)
    #expect(tensor.description == "[]")
  }

  @Test func manyAxesAreRefused() throws {
    let folder = try TemporaryFolder()
    let nine = try stored("[1,1,1,1,1,1,1,1,0]", folder)
    #expect(Tensor(nine) == nil)
    var tree = [Tensor.zeros(1)]
    let error = #expect(throws: CheckpointMismatch.self) {
      try tree.load(from: try CheckpointReader(folder.path), renaming: { _ in "t" })
    }
    #expect(error?.unusable.first?.type == "F32 on 9 axes")
  }
}
