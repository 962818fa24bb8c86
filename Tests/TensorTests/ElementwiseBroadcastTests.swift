import Tensor
import Testing

/// Every shape up to rank 3 with sides 0 … 3, every pair that broadcasts, several layouts in memory,
/// against loops over indices.
@Suite struct ElementwiseBroadcastTests {
  static let shapes: [[Int]] = {
    var shapes: [[Int]] = [[]]
    for a in 0...3 {
      shapes.append([a])
      for b in 0...3 {
        shapes.append([a, b])
        for c in 0...3 { shapes.append([a, b, c]) }
      }
    }
    return shapes
  }()

  /// A tensor of `shape` whose memory is laid out in one of four ways, with its values.
  static func tensor(_ shape: [Int], layout: Int, from start: Double) -> Tensor {
    let count = shape.reduce(1, *)
    switch layout {
    case 1:  // axes reversed in memory
      let reversed = Tensor.arange(start, start + Double(count)).reshaped(
        to: Shape(shape.reversed()))
      return reversed.permuted(by: Array((0..<shape.count).reversed()))
    case 2:  // every other position of the last axis
      guard let last = shape.last else { break }
      let wide = Array(shape.dropLast()) + [2 * last]
      let whole = Tensor.arange(start, start + Double(2 * count)).reshaped(to: Shape(wide))
      return whole[.rest, .every(2)]
    case 3:  // backwards along the first axis
      guard !shape.isEmpty else { break }
      return Tensor.arange(start, start + Double(count)).reshaped(to: Shape(shape)).flipped(0)
    default: break
    }
    return Tensor.arange(start, start + Double(count)).reshaped(to: Shape(shape))
  }

  static func broadcast(_ a: [Int], _ b: [Int]) -> [Int]? {
    let rank = max(a.count, b.count)
    let left = Array(repeating: 1, count: rank - a.count) + a
    let right = Array(repeating: 1, count: rank - b.count) + b
    var result: [Int] = []
    for (x, y) in zip(left, right) {
      guard x == y || x == 1 || y == 1 else { return nil }
      result.append(x == 1 ? y : x)
    }
    return result
  }

  /// The elements of `values`, of `shape`, in the row-major order of `target`.
  static func spread(_ values: [Float], _ shape: [Int], to target: [Int]) -> [Float] {
    let count = target.reduce(1, *)
    return (0..<count).map { flat in
      var rest = flat
      var position = 0
      var stride = 1
      for back in 0..<target.count {
        let extent = target[target.count - 1 - back]
        let index = rest % extent
        rest /= extent
        guard back < shape.count else { continue }
        let own = shape[shape.count - 1 - back]
        if own != 1 { position += index * stride }
        stride *= own
      }
      return values[position]
    }
  }

  @Test(arguments: 0..<4, 0..<4) func everyPair(layoutA: Int, layoutB: Int) {
    var pairs = 0
    for a in Self.shapes {
      let left = Self.tensor(a, layout: layoutA, from: 1)
      let leftValues = left.scalars(as: Float.self)
      for b in Self.shapes {
        guard let target = Self.broadcast(a, b) else { continue }
        let right = Self.tensor(b, layout: layoutB, from: 100)
        let sum = left + right
        let expected = zip(
          Self.spread(leftValues, a, to: target),
          Self.spread(right.scalars(as: Float.self), b, to: target)
        ).map { $0 + $1 }
        pairs += 1
        guard Array(sum.shape) == target, sum.scalars(as: Float.self) == expected else {
          Issue.record("\(a) layout \(layoutA) + \(b) layout \(layoutB)")
          return
        }
      }
    }
    #expect(pairs > 1500)
  }

  /// Large transposed operands are gathered in squares; odd sides leave parts of them over.
  @Test(arguments: [DType.float32, .float64, .int8, .int16])
  func largeTransposed(type: DType) {
    let (planes, rows, columns) = (3, 301, 77)
    let count = planes * rows * columns
    let values = (0..<count).map { Float(($0 &* 31) % 50) }
    let plain = Tensor(values, shape: [planes, rows, columns]).cast(to: type)
    let turned = Tensor(Array(values.reversed()), shape: [planes, columns, rows]).cast(to: type)
      .transposed()
    let sum = (plain + turned).scalars(as: Float.self)
    let chosen = which(turned .< 25, plain, turned).scalars(as: Float.self)
    let other = turned.contiguous().scalars(as: Float.self)
    for index in 0..<count {
      guard sum[index] == values[index] + other[index],
        chosen[index] == (other[index] < 25 ? values[index] : other[index])
      else {
        Issue.record("element \(index)")
        return
      }
    }
    #expect((turned + turned).scalars(as: Float.self) == other.map { $0 * 2 })
    #expect(turned.cast(to: .float64).scalars(as: Float.self) == other)
  }
}
