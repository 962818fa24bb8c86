import Tensor
import Testing

/// Properties of reductions that the golden cases are too small to show.
@Suite struct ReductionTests {
  /// The exact sum of 0.1 as float32, ten million times: a running float32 sum is off by percents.
  @Test func longSumsAreAccurate() {
    let count = 10_000_000
    let x = Tensor(0.1).expanded(to: [count])
    let exact = Double(Float(0.1)) * Double(count)
    for total in [x.sum(), x.contiguous().sum(), x.reshaped(1000, 10_000).sum(axis: 0).sum()] {
      #expect(abs(total.scalar(as: Double.self) - exact) <= 1e-6 * exact)
    }
    #expect(abs(x.mean().scalar(as: Double.self) - Double(Float(0.1))) < 1e-7)
  }

  @Test func integersAddUpInInt64() {
    let x = Tensor([Int8](repeating: 127, count: 1000))
    #expect(x.sum().dtype == .int64)
    #expect(x.sum().scalar(as: Int.self) == 127_000)
    #expect(Tensor([true, false, true]).sum().scalar(as: Int.self) == 2)
    #expect(Tensor([Int64.max, 1]).sum().scalar(as: Int64.self) == .min)
  }

  @Test func extremeIntegers() {
    let x = Tensor([Int64.min, 0, Int64.max - 1, Int64.max])
    #expect(x.max().scalar(as: Int64.self) == .max)
    #expect(x.min().scalar(as: Int64.self) == .min)
    #expect(x.argmax().scalar(as: Int.self) == 3)
    #expect(Tensor([Float.nan, 1]).argmin().scalar(as: Int.self) == 0)
    #expect(Tensor([false, true]).max().scalar(as: Bool.self))
  }

  /// The first of equal extremes, however far into the blocks it lies.
  @Test(arguments: [1, 63, 64, 1000, 32_768, 70_000]) func firstOfEquals(place: Int) {
    var values = [Float](repeating: 0, count: 100_000)
    values[place] = 3
    values[99_999] = 3
    #expect(Tensor(values).argmax().scalar(as: Int.self) == place)
    #expect(Tensor(values, shape: [100_000, 1]).argmax(axis: 0).scalar(as: Int.self) == place)
    values[99_998] = .nan
    #expect(Tensor(values).argmax().scalar(as: Int.self) == 99_998)
    #expect(Tensor(values).max().scalar(as: Float.self).isNaN)
  }

  @Test func nothingReduced() {
    let empty = Tensor.zeros(2, 0)
    #expect(empty.sum(axis: 1).scalars(as: Float.self) == [0, 0])
    #expect(empty.product(axis: 1).scalars(as: Float.self) == [1, 1])
    #expect(empty.any(axis: 1).scalars(as: Bool.self) == [false, false])
    #expect(empty.all(axis: 1).scalars(as: Bool.self) == [true, true])
    let means = empty.mean(axis: 1).scalars(as: Float.self)
    #expect(means.count == 2 && means[0].isNaN && means[1].isNaN)
    #expect(empty.sum(axis: 0).shape == [0])
    #expect(empty.softmax(axis: 1).shape == [2, 0])
    #expect(empty.logSumExp(axis: 1).scalars(as: Float.self) == [-.infinity, -.infinity])
  }

  /// Every subset of axes of every shape up to rank 3, in two layouts, against a loop.
  @Test func everyShape() {
    for shape in ElementwiseBroadcastTests.shapes {
      for layout in [0, 1] {
        let x = ElementwiseBroadcastTests.tensor(shape, layout: layout, from: 1)
        let values = x.scalars(as: Float.self)
        for subset in 0..<(1 << shape.count) {
          let axes = (0..<shape.count).filter { subset >> $0 & 1 == 1 }
          let kept = shape.enumerated().map { axes.contains($0.offset) ? 1 : $0.element }
          var expected = [Float](repeating: 0, count: kept.reduce(1, *))
          for (flat, value) in values.enumerated() {
            var rest = flat
            var place = 0
            var stride = 1
            for axis in shape.indices.reversed() {
              let index = rest % shape[axis]
              rest /= shape[axis]
              if !axes.contains(axis) {
                place += index * stride
                stride *= shape[axis]
              }
            }
            expected[place] += value
          }
          let sum = x.sum(axes: axes, keepingAxes: true)
          #expect(Array(sum.shape) == kept)
          #expect(sum.scalars(as: Float.self) == expected, "\(shape) over \(axes)")
        }
      }
    }
  }

  @Test func aHundredMillionElementsSumAccurately() {
    // float32 stores 0.1 as 0.100000001490116…; its exact multiple is the expected sum.
    let tenths = Tensor.full([100_000_000], 0.1)
    let exact = Double(Float(0.1)) * 1e8
    #expect(abs(tenths.sum().scalar(as: Double.self) - exact) < 1e-6 * exact)
    #expect(abs(tenths.mean().scalar(as: Double.self) - 0.1) < 1e-7)
    #expect(abs(tenths.norm().scalar(as: Double.self) - 1000) < 1e-3)
  }
}
