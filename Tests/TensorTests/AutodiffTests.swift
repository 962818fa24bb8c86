import Tensor
import Testing

/// The recording and the backward pass themselves.
@Suite struct AutodiffTests {
  /// In a process of its own, where no other test allocates.
  @Test func aChainOfAMillionOperationsNeitherOverflowsNorLeaks() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor([2.0], shape: [])
      func chain(_ x: Tensor) -> Tensor {
        var y = x
        for _ in 0..<1_000_000 { y = y + x }
        return y
      }
      let before = Runtime.memory.bytesInUse
      do {
        let (value, slope) = valueWithGradient(at: x, chain)
        precondition(value.scalar(as: Double.self) == 2_000_002)
        precondition(slope.scalar(as: Double.self) == 1_000_001)
        // Recorded and dropped without a backward pass.
        _ = valueWithPullback(at: x, chain)
      }
      precondition(Runtime.memory.bytesInUse == before)
    }
  }

  @Test func repeatedUseAddsUp() {
    let x = Tensor([3.0, -1], shape: [2])
    let slope = gradient(at: x) { x in (x * x * x + x).sum() }
    #expect(numbers(slope) == [28, 4])
  }

  @Test func detachedValuesAreConstants() {
    let x = Tensor([3.0], shape: [])
    #expect(gradient(at: x) { $0 * $0.detached() }.scalar(as: Double.self) == 3)
    let tracked = gradient(at: x) { x in
      #expect(x.isTracked && !x.detached().isTracked)
      return x
    }
    #expect(!tracked.isTracked)
  }

  @Test func frozenAndIntegerLeavesAreAbsent() {
    let tree = [Tensor([2.0], shape: []), Tensor([5.0], shape: []), Tensor([1], shape: [])]
    let slopes = gradient(at: tree, where: { $0 != "1" }) { $0[0] * $0[1] }
    #expect(slopes[0].scalar(as: Double.self) == 5)
    #expect(slopes[1].isAbsent && slopes[2].isAbsent)
    let unused = gradient(at: tree) { $0[0] }
    #expect(unused[1].scalar(as: Double.self) == 0 && !unused[1].isAbsent)
  }

  @Test func checkpointedEqualsPlain() {
    var stream = RandomStream(seed: 1)
    let tree = (0..<3).map { _ in Tensor.normal([4, 4], dtype: .float64, using: &stream) }
    func layer(_ x: Tensor, _ weights: [Tensor]) -> Tensor {
      matmul(matmul(x, weights[0]).tanh(), weights[1])
    }
    let plain = valueWithGradient(at: tree) { layer($0[0], Array($0[1...])).sum() }
    let saved = valueWithGradient(at: tree) {
      checkpointed($0[0], Array($0[1...])) { layer($0, $1) }.sum()
    }
    #expect(numbers(plain.value) == numbers(saved.value))
    #expect(plain.gradient.map(numbers) == saved.gradient.map(numbers))
    let frozen = gradient(at: tree, where: { $0 == "1" }) {
      checkpointed($0[0], Array($0[1...])) { layer($0, $1) }.sum()
    }
    #expect(frozen[0].isAbsent && numbers(frozen[1]) == numbers(plain.gradient[1]))
  }

  @Test func pullbacksCanBeCalledAgain() {
    let x = Tensor([1.0, 2, 3])
    let (value, pullback) = valueWithPullback(at: x) { ($0 * $0)[1...] + $0[..<2] }
    #expect(numbers(value) == [5, 11])
    let first = pullback(Tensor([1.0, 10]))
    #expect(numbers(first) == [1, 14, 60])
    #expect(numbers(pullback(Tensor([1.0, 10]))) == numbers(first))
    #expect(numbers(pullback(Tensor([0.0, 1]))) == [0, 1, 6])
  }

  @Test func aWrongDerivativeIsCaught() {
    let x = Tensor([1.0, 2, 3])
    let right = checkGradient(at: x) { x in
      differentiable(x) { x in (x * x, { dy in 2 * dy * x }) }
    }
    #expect(right.passed)
    let wrong = checkGradient(at: x) { x in
      differentiable(x) { x in (x * x, { dy in 2.001 * dy * x }) }
    }
    #expect(!wrong.passed && wrong.description.contains("differs"))
    let broken = checkGradient(at: x) { x in
      differentiable(x) { x in (x * x, { dy in dy * Double.nan }) }
    }
    #expect(!broken.passed)
  }

  @Test func operationsOfTwoAndThreeInputs() {
    let tree = [Tensor([1.0, 2]), Tensor([3.0, 4]), Tensor([5.0, 6])]
    let two = checkGradient(at: tree) { x in
      differentiable(x[0], x[1]) { a, b in (a * b, { dy in (dy * b, dy * a) }) }
    }
    let three = checkGradient(at: tree) { x in
      differentiable(x[0], x[1], x[2]) { a, b, c in
        (a * b + c, { dy in (dy * b, dy * a, dy) })
      }
    }
    #expect(two.passed && three.passed)
  }

  @Test func gradientsAddLeafByLeaf() {
    struct Couple: TensorTree {
      var first, second: Tensor
      mutating func visit(_ visitor: inout some TensorVisitor) {
        visitor("first", &first)
        visitor("second", &second)
      }
    }
    var sum = Couple(first: Tensor([1.0]), second: .absent)
    sum.accumulate(Couple(first: Tensor([2.0]), second: Tensor([7.0])))
    #expect(numbers(sum.first) == [3] && numbers(sum.second) == [7])
    let kept = sum
    sum.accumulate(Couple(first: Tensor([1.0]), second: .absent))
    #expect(numbers(sum.first) == [4] && numbers(kept.first) == [3])
  }
}
