import Checkpoint
import Tensor
import TestSupport
import Testing

/// Tensors of quantized blocks: what can be done with them, and that nothing else can.
@Suite struct QuantizedTensorTests {
  /// Numbers that are no multiples of anything, `[rows…, width]`.
  static func numbers(_ shape: Shape, seed: UInt64 = 1) -> Tensor {
    var stream = RandomStream(seed: seed)
    return .normal(shape, using: &stream)
  }

  @Test func roundsAndUnpacks() {
    for format in BlockFormat.allCases where format.isWritable {
      let numbers = Self.numbers([3, 512])
      let blocks = numbers.quantized(to: format)
      #expect(blocks.dtype == .blocks(format))
      #expect(blocks.shape == [3, 512])
      #expect(blocks.byteCount == 3 * 512 / format.elements * format.byteCount)
      #expect(blocks.description == "\(format) blocks of shape [3, 512]")
      let back = blocks.cast(to: .float32)
      #expect(back.dtype == .float32)
      // A second rounding finds the same values.
      if format == .q8_0 {
        #expect(worstDifference(back, numbers) < 0.02)
        let again = back.quantized(to: format).cast(to: .float32)
        #expect(worstDifference(again, back) < 1e-3)
      }
      #expect(worstDifference(blocks.cast(to: .float64), back.cast(to: .float64)) == 0)
      #expect(blocks.scalars(as: Float.self) == back.scalars(as: Float.self))
    }
  }

  @Test func viewsKeepWholeBlocks() {
    let numbers = Self.numbers([4, 6, 64])
    let blocks = numbers.quantized(to: .q5_1)
    let whole = blocks.cast(to: .float32)
    func same(_ a: Tensor, _ b: Tensor, _ line: Int = #line) {
      #expect(a.dtype == .blocks(.q5_1), "line \(line)")
      #expect(worstDifference(a.cast(to: .float32), b) == 0, "line \(line)")
      #expect(a.byteCount == a.count / 32 * 24, "line \(line)")
    }
    same(blocks[2], whole[2])
    same(blocks[-1, 1..<4], whole[-1, 1..<4])
    same(blocks[.every(2)], whole[.every(2)])
    same(blocks.flipped(0), whole.flipped(0))
    same(blocks.transposed(0, 1), whole.transposed(0, 1))
    same(blocks.transposed(0, 1).contiguous(), whole.transposed(0, 1))
    same(blocks.reshaped(24, 64), whole.reshaped(24, 64))
    same(blocks.reshaped(4, -1), whole.reshaped(4, -1))
    same(blocks.narrowed(2, from: 32, length: 32), whole.narrowed(2, from: 32, length: 32))
    same(blocks[1].unsqueezed(0).expanded(to: [3, 6, 64]), whole[1].expanded(to: [3, 6, 64]))
  }

  @Test func bordersOfThreadsDoNotShow() {
    let numbers = Self.numbers([130, 256])
    let all = numbers.quantized(to: .q4_0)
    for row in [0, 63, 64, 129] {
      let alone = numbers[row].quantized(to: .q4_0).cast(to: .float32)
      #expect(worstDifference(all.cast(to: .float32)[row], alone) == 0)
      #expect(worstDifference(all[row].cast(to: .float32), alone) == 0)
    }
  }

  @Test func linearTakesBlocksAsWeight() {
    for (rows, outputs, inputs) in [(1, 96, 64), (5, 33, 128), (2, 70_000, 64)] {
      // The largest takes several panels; its numbers repeat, because drawing them takes long.
      let weight = Self.numbers([min(outputs, 1000), inputs], seed: 2)
        .unsqueezed(0).expanded(to: [max(outputs / 1000, 1), min(outputs, 1000), inputs])
        .reshaped(outputs, inputs).quantized(to: .q8_0)
      let plain = weight.cast(to: .float32)
      let x = Self.numbers([rows, inputs], seed: 3)
      let bias = Self.numbers([outputs], seed: 4)
      let (y, pullback) = valueWithPullback(at: [x, bias]) { linear($0[0], weight, $0[1]) }
      let (expected, plainPullback) = valueWithPullback(at: [x, bias]) {
        linear($0[0], plain, $0[1])
      }
      #expect(y.dtype == .float32)
      #expect(worstDifference(y, expected) < 1e-5)
      let dy = Self.numbers(y.shape, seed: 5)
      let (found, wanted) = (pullback(dy), plainPullback(dy))
      #expect(worstDifference(found[0], wanted[0]) < 2e-4)
      #expect(worstDifference(found[1], wanted[1]) == 0)
    }
  }

  @Test func blocksAreConstants() {
    let weight = Self.numbers([32, 64]).quantized(to: .q4_1)
    let found = gradient(at: [weight, Self.numbers([3, 64])]) { linear($0[1], $0[0]).sum() }
    #expect(found[0].isAbsent && found[1].shape == [3, 64])
  }

  @Test func embeddingReadsRows() {
    let table = Self.numbers([50, 256]).quantized(to: .tq2_0)
    let plain = table.cast(to: .float32)
    let ids = Tensor([7, 49, 0, 7, 12, 3] as [Int]).reshaped(2, 3)
    #expect(worstDifference(embedding(ids, table), embedding(ids, plain)) == 0)
    let many = Tensor((0..<1000).map { $0 * 7 % 50 })
    #expect(worstDifference(embedding(many, table), embedding(many, plain)) == 0)
    let part = table[.every(2)]
    let (halves, places) = (Tensor([3, 24] as [Int]), Tensor([6, 48] as [Int]))
    #expect(worstDifference(embedding(halves, part), embedding(places, plain)) == 0)
  }

  @Test func otherOperationsRefuseBlocks() async {
    await #expect(processExitsWith: .success) { _ = Self.blocks().cast(to: .float32) + 1 }
    await #expect(processExitsWith: .failure) { _ = Self.blocks() + 1 }
    await #expect(processExitsWith: .failure) { _ = Self.blocks() * Self.blocks() }
    await #expect(processExitsWith: .failure) { _ = Self.blocks().sum() }
    await #expect(processExitsWith: .failure) { _ = Self.blocks().exp() }
    await #expect(processExitsWith: .failure) { _ = Self.blocks().floor() }
    await #expect(processExitsWith: .failure) { _ = Self.blocks().isNaN() }
    await #expect(processExitsWith: .failure) { _ = matmul([[1]], Self.blocks()) }
    await #expect(processExitsWith: .failure) { _ = concatenate([Self.blocks(), Self.blocks()]) }
    await #expect(processExitsWith: .failure) { _ = Self.blocks().transposed() }
    await #expect(processExitsWith: .failure) { _ = Self.blocks()[.all, 0..<16] }
    await #expect(processExitsWith: .failure) { _ = Self.blocks().flipped(1) }
    await #expect(processExitsWith: .failure) { _ = Self.blocks().reshaped(64, 1) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros(2, 32).cast(to: .blocks(.q8_0)) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 48]).quantized(to: .q8_0) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros([256]).quantized(to: .q4_K) }
    await #expect(processExitsWith: .failure) { _ = swiGLU(gate: Self.blocks(), up: Self.blocks()) }
    await #expect(processExitsWith: .failure) { _ = Self.blocks().softmax() }
  }

  static func blocks() -> Tensor { numbers([2, 32]).quantized(to: .q8_0) }
}
