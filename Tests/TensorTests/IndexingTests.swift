import Tensor
import Testing

/// What the recorded cases of indexing leave open: strides, threads, traps, derivatives.
@Suite struct IndexingTests {
  /// [2, 5, 6] float64, strided on every axis.
  private func strided(seed: UInt64 = 1) -> Tensor {
    var stream = RandomStream(seed: seed)
    return Tensor.normal([12, 4, 5], dtype: .float64, using: &stream)
      .permuted(1, 2, 0)[.every(2), .all, .every(2)]
  }

  @Test func stridesDoNotMatter() {
    let x = strided()
    let plain = x.contiguous()
    #expect(!x.isContiguous)
    var stream = RandomStream(seed: 2)
    let indices = Tensor.integers([6, 2, 9], in: 0..<5, using: &stream).permuted(1, 2, 0)
    let values = Tensor.normal([6, 9, 2], dtype: .float64, using: &stream).permuted(2, 1, 0)
    let places = Tensor.integers([8], in: 0..<6, using: &stream).flipped()
    let mask = (x .> 0)
    let operations: [(String, (Tensor) -> Tensor)] = [
      ("gathered", { $0.gathered(1, at: indices) }),
      ("scattered", { $0.scattered(-2, at: indices, values) }),
      ("scatterAdded", { $0.scatterAdded(1, at: indices, values) }),
      ("indexSelected", { $0.indexSelected(-1, at: places) }),
      ("maskedSelected", { $0.maskedSelected(mask) }),
      ("sorted", { $0.sorted(1).values }), ("topK", { $0.topK(2, axis: 1).values }),
      ("cumulativeSum", { $0.cumulativeSum(1) }),
      ("cumulativeProduct", { $0.cumulativeProduct(0) }),
      ("concatenate", { concatenate([$0, $0.flipped(0)], axis: -2) }),
      ("stack", { stack([$0, $0.flipped(1)], axis: 1) }),
      ("tiled", { $0.tiled(2, 1, 3) }), ("repeated", { $0.repeated(3, axis: 1) }),
      ("rolled", { $0.rolled([1, -2], axes: [1, -1]) }), ("tril", { $0.tril(1) }),
      ("triu", { $0.triu(-1) }),
      ("padded", { $0.padded([(1, 0), (-1, 2), (0, -2)], value: 3) }),
    ]
    for (name, operation) in operations {
      expectClose(operation(x), operation(plain), 0, name)
      let check = checkGradient(at: x, operation)
      #expect(check.passed, "\(name): \(check)")
    }
  }

  @Test func productsThroughZeros() {
    for values in [[2.0, 0, 3, 4], [0, 0, 2, 3], [1, 2, 0, 0], [0, 1, 2, 0], [0]] {
      let x = Tensor(values + values, shape: [2, values.count])
      for axis in [0, 1] {
        let check = checkGradient(at: x) { $0.cumulativeProduct(axis) }
        #expect(check.passed, "\(values) along \(axis): \(check)")
      }
    }
  }

  @Test func gradientsOfRepeatedIndicesAreBitIdenticalForAnyThreads() {
    var stream = RandomStream(seed: 5)
    let table = Tensor.normal([50, 300], using: &stream)
    let indices = Tensor.integers([4000], in: 0..<50, using: &stream)
    let slope = Tensor.normal([4000, 300], using: &stream)
    let wide = indices.unsqueezed(1).expanded(to: [4000, 300])
    let results = [1, 2, 4].map { threads in
      withThreads(threads) {
        let selected = valueWithPullback(at: table) { $0.indexSelected(0, at: indices) }
        let gathered = valueWithPullback(at: table) { $0.gathered(0, at: wide) }
        return [
          selected.pullback(slope), gathered.pullback(slope),
          table.scatterAdded(0, at: wide, slope), table.cumulativeSum(0), table.argsort(),
        ].map(numbers)
      }
    }
    #expect(results[0] == results[1] && results[1] == results[2])
  }

  @Test func longRowsSortAsShortOnes() {
    var stream = RandomStream(seed: 6)
    for dtype in [DType.float32, .float64, .float16, .bfloat16, .int8, .int32, .int64, .uint8] {
      let x = (Tensor.normal([3, 5000], using: &stream) * 40 + 64).cast(to: dtype)
      for descending in [false, true] {
        let (values, indices) = x.sorted(descending: descending)
        let rows = values.scalars(as: Double.self)
        let places = indices.scalars(as: Int.self)
        let isSorted = (0..<3).allSatisfy { row in
          (1..<5000).allSatisfy { column in
            let (a, b) = (row * 5000 + column - 1, row * 5000 + column)
            if rows[a] == rows[b] { return places[a] < places[b] }
            return (rows[a] > rows[b]) == descending
          }
        }
        #expect(isSorted, "\(dtype)")
        let best = x.topK(40, largest: descending)
        #expect(numbers(best.indices) == numbers(indices[.all, ..<40]), "\(dtype)")
      }
    }
  }

  @Test func typesOfResults() {
    let x = Tensor([Int8(1), 2, 3])
    #expect(x.cumulativeSum(0).dtype == .int64 && x.cumulativeProduct(0).dtype == .int64)
    #expect(concatenate([x, Tensor([Float16(1)])]).dtype == .float16)
    let half = Tensor.ones([3], dtype: .bfloat16)
    #expect(half.cumulativeSum(0).scalars(as: Int.self) == [1, 2, 3])
    #expect(half.cumulativeSum(0).dtype == .bfloat16)
    let sum = half.scatterAdded(0, at: Tensor([0, 0, 2]), Tensor([Float(1), 2, 3]))
    #expect(sum.dtype == .bfloat16 && sum.scalars(as: Int.self) == [4, 1, 4])
    #expect(
      Tensor([2, 0]).oneHot(count: 3, dtype: .bool).scalars(as: Bool.self)
        == [false, false, true, true, false, false])
  }

  @Test func emptyAxes() {
    let empty = Tensor.zeros([2, 0, 3])
    #expect(empty.sorted(1).values.shape == empty.shape)
    #expect(empty.topK(0, axis: 1).indices.shape == empty.shape)
    #expect(empty.cumulativeSum(1).shape == empty.shape && empty.tril().shape == empty.shape)
    #expect(empty.rolled(3, axis: 1).shape == empty.shape)
    #expect(empty.tiled(2, 2, 2).shape == [4, 0, 6])
    #expect(empty.repeated(0, axis: 0).shape == [0, 0, 3])
    #expect(empty.indexSelected(1, at: Tensor([Int]())).shape == empty.shape)
    #expect(empty.padded([(0, 0), (1, 1), (0, 0)]).shape == [2, 2, 3])
    #expect(Tensor([Int]()).oneHot(count: 4).shape == [0, 4])
    #expect(Tensor.zeros(3).maskedSelected(Tensor([false, false, false])).shape == [0])
  }

  @Test func misuseTraps() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor.zeros(2, 3).gathered(1, at: Tensor([3], shape: [1, 1]))
    }
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Tensor.zeros(2, 3).indexSelected(0, at: Tensor([1, -1])) }
    #if DEBUG
      let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(
        text.contains("indexSelected: index -1 (element 1) is outside the extent 2 of axis 0"))
    #endif
    await #expect(processExitsWith: .failure) { _ = Tensor([4]).oneHot(count: 4) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros(3).topK(4) }
    await #expect(processExitsWith: .failure) {
      _ = concatenate([Tensor.zeros(2, 3), Tensor.zeros(2, 2)])
    }
    await #expect(processExitsWith: .failure) { _ = einsum("ij,jk->ik", Tensor.zeros(2, 3)) }
  }
}
