import Tensor
import Testing

/// In-place operations change one value and no other.
@Suite struct ElementwiseValueTests {
  @Test func copiesKeepTheirValue() {
    var x = Tensor([1, 2, 3] as [Float])
    let copy = x
    let view = x[1..<3]
    x += 10
    x *= 2
    x -= Tensor([1, 1, 1] as [Float])
    x /= 2
    #expect(x.scalars(as: Float.self) == [10.5, 11.5, 12.5])
    #expect(copy.scalars(as: Float.self) == [1, 2, 3])
    #expect(view.scalars(as: Float.self) == [2, 3])
  }

  @Test func uniqueMemoryIsReused() {
    var x = Tensor.zeros(1000)
    let place = x.withUnsafeElements(as: Float.self) { $0.baseAddress }
    x += 1
    x *= Tensor.full([1000], 3)
    let after = x.withUnsafeElements(as: Float.self) { $0.baseAddress }
    #expect(after == place)
    #expect(x.scalars(as: Float.self) == [Float](repeating: 3, count: 1000))
  }

  @Test func aTensorAddedToItself() {
    var x = Tensor([1, 2] as [Float])
    x += x
    #expect(x.scalars(as: Float.self) == [2, 4])
  }

  @Test func inPlaceKeepsWhatPlainArithmeticGives() {
    var whole = Tensor([1, 2] as [Int32])
    whole += 0.5
    #expect(whole.dtype == .float32)
    var row = Tensor([1, 2] as [Float])
    row += Tensor([[10], [20]] as [[Float]])
    #expect(row.shape == [2, 2])
    var half = Tensor([1, 2] as [Float16])
    half += 1
    #expect(half.dtype == .float16)
    #expect(half.scalars(as: Float.self) == [2, 3])
    var truth = Tensor([false, true])
    truth += Tensor([true, true])
    #expect(truth.scalars(as: Bool.self) == [true, true])
  }

  @Test func readOnlyMemoryIsNeverWritten() {
    final class Owner: Sendable {}
    let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: 2)
    memory.initialize(repeating: 5)
    defer { memory.deallocate() }
    var x = Tensor(
      borrowing: UnsafeRawBufferPointer(memory), shape: [2], dtype: .float32, owner: Owner())
    x += 1
    #expect(x.scalars(as: Float.self) == [6, 6])
    #expect(Array(memory) == [5, 5])
  }

  @Test func gradientsOfInPlaceOperations() {
    let slope = gradient(at: Tensor([1, 2] as [Float])) { x in
      var y = x
      y *= 3
      y += x
      return y.sum()
    }
    #expect(slope.scalars(as: Float.self) == [4, 4])
  }

  @Test func accumulationIntoViews() {
    let slope = gradient(at: Tensor.ones(4, 4)) { x in
      (x[1..<3, .every(2)] * 2).sum() + x[.all, 0].sum() + x.transposed()[0].sum()
    }
    #expect(
      slope.scalars(as: Float.self) == [2, 0, 0, 0, 4, 0, 2, 0, 4, 0, 2, 0, 2, 0, 0, 0])
  }
}

extension Tensor {
  /// A matrix from rows.
  fileprivate init(_ rows: [[Float]]) {
    self.init(rows.flatMap { $0 }, shape: [rows.count, rows[0].count])
  }
}
