import Tensor
import Testing

/// Views against a plain calculation of indices, for all small shapes, orders and steps.
@Suite struct ViewsTests {
  /// Every shape of up to three axes with extents 0 to 3, in every order in memory, sliced or not.
  static let samples: [Sample] = {
    var samples: [Sample] = []
    for shape in shapes(axes: 0...3, extents: 0...3) {
      for order in permutations(shape.count) {
        for isSliced in [false, true] {
          samples.append(Sample(shape: shape, order: order, isSliced: isSliced))
        }
      }
    }
    return samples
  }()

  @Test func reshapeKeepsTheOrder() {
    let targets = shapes(axes: 0...3, extents: 0...6)
    for sample in Self.samples {
      for target in targets where target.reduce(1, *) == sample.values.count {
        let reshaped = sample.tensor.reshaped(to: Shape(target))
        #expect(Array(reshaped.shape) == target && numbers(reshaped) == sample.values)
      }
    }
  }

  @Test func permuteMovesEveryElement() {
    for sample in Self.samples {
      for order in permutations(sample.shape.count) {
        let result = sample.tensor.permuted(by: order)
        let shape = order.map { sample.shape[$0] }
        let expected = positions(shape).map { position in
          var source = position
          for (axis, from) in order.enumerated() { source[from] = position[axis] }
          return sample[source]
        }
        #expect(Array(result.shape) == shape && numbers(result) == expected)
        let negative = sample.tensor.permuted(by: order.map { $0 - sample.shape.count })
        #expect(numbers(negative) == expected)
      }
    }
  }

  @Test func slicesTakeEveryStep() {
    for sample in Self.samples {
      for (axis, extent) in sample.shape.enumerated() {
        for start in 0...extent {
          for end in start...extent {
            for step in 1...3 {
              let result = sample.tensor.sliced(axis, start..<end, by: step)
              let places = Array(stride(from: start, to: end, by: step))
              #expect(numbers(result) == sample.picked(axis, places))
              #expect(result.shape[axis] == places.count)
            }
          }
        }
      }
    }
  }

  @Test func flipsAndDiagonals() {
    for sample in Self.samples {
      for (axis, extent) in sample.shape.enumerated() {
        let flipped = sample.tensor.flipped(axis)
        #expect(numbers(flipped) == sample.picked(axis, (0..<extent).reversed()))
      }
      guard sample.shape.count == 2 else { continue }
      for offset in -4...4 {
        let expected = (0..<sample.shape[0]).compactMap { row in
          let column = row + offset
          return column >= 0 && column < sample.shape[1] ? sample[[row, column]] : nil
        }
        #expect(numbers(sample.tensor.diagonal(offset: offset)) == expected)
      }
    }
  }

  @Test func subscriptsGetAndSet() {
    for sample in Self.samples where sample.shape.count == 2 {
      for first in picks(sample.shape[0]) {
        for second in picks(sample.shape[1]) {
          let places = first.places.flatMap { row in second.places.map { [row, $0] } }
          let part = sample.tensor[first.index, second.index]
          #expect(numbers(part) == places.map { sample[$0] })
          #expect(part.rank == (first.isPosition ? 0 : 1) + (second.isPosition ? 0 : 1))

          var changed = sample.tensor
          changed[first.index, second.index] = -1
          let expected = positions(sample.shape).map { places.contains($0) ? -1 : sample[$0] }
          #expect(numbers(changed) == expected)
          #expect(numbers(sample.tensor) == sample.values)  // the original stays

          // A whole part, in its own shape, and a row that is broadcast.
          var written = sample.tensor
          written[first.index, second.index] = part + 100
          #expect(
            numbers(written)
              == positions(sample.shape).map { sample[$0] + (places.contains($0) ? 100 : 0) })
        }
      }
    }
  }

  @Test func newAxesAndRest() {
    let x = Tensor.arange(24, dtype: .float32).reshaped(2, 3, 4)
    #expect(x[.new, .rest].shape == [1, 2, 3, 4])
    #expect(x[.rest, .new].shape == [2, 3, 4, 1])
    #expect(x[0, .rest, -1].scalars(as: Int.self) == [3, 7, 11])
    #expect(x[.rest, 1...2].shape == [2, 3, 2] && x[.all, 1..., ..<(-1)].shape == [2, 2, 3])
    #expect(x[.all, ...(-1)].shape == x.shape && x[5..<9].shape == [0, 3, 4])
    #expect(x[.every(2, from: 1), .new, 0].shape == [1, 1, 4])
  }

  @Test func impossibleViewsTrap() async {
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros(2, 3).reshaped(4) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros(2, 3).permuted(0, 0) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros(2, 3)[2] }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros(2, 3).selected(2, at: 0) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros(2, 3).expanded(to: [2, 4]) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros(1).expanded(to: [-2]) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros(1).expanded(to: [-1, 1]) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros(2, 3).split([1, 3], axis: 1) }
  }

  @Test func derivatives() {
    let x = Tensor.arange(0, 24, dtype: .float64).reshaped(2, 3, 4)
    let views: [(String, (Tensor) -> Tensor)] = [
      ("reshape", { $0.reshaped(4, 6) }), ("permute", { $0.permuted(2, 0, 1) }),
      ("copying reshape", { $0.transposed(0, 2).reshaped(6, 4) }),
      ("slice", { $0.sliced(2, 0..<4, by: 3) }), ("select", { $0[.all, -1] }),
      ("flip", { $0.flipped(0, 2) }), ("diagonal", { $0.diagonal(offset: 1, 1, 2) }),
      ("split", { x in x.split([1, 2], axis: 1)[1] * x.chunked(2, axis: 2)[0].sum() }),
      ("expand", { $0.unsqueezed(0).expanded(to: [3, 2, 3, 4]) }),
      ("repeated use", { $0[0] * $0[1] + $0[0] }),
      (
        "assignment",
        { x in
          var y = x * 2
          y[0, .every(2)] = x[1, 0]
          y[1] = y[0] * x[1]
          return y
        }
      ),
    ]
    for (name, view) in views {
      let check = checkGradient(at: x, view)
      #expect(check.passed, "\(name): \(check)")
    }
  }

  @Test func copiesAreMadeOnWriteOnly() {
    var a = Tensor.zeros(4)
    let address = place(of: a)
    a[0] = 1
    #expect(place(of: a) == address)  // nobody else held it
    let b = a
    #expect(place(of: b) == address)
    a[1] = 2
    #expect(place(of: a) != address)
    #expect(b.scalars(as: Int.self) == [1, 0, 0, 0])
    #expect(a.scalars(as: Int.self) == [1, 2, 0, 0])
    let matrix = Tensor.arange(6, dtype: .float32).reshaped(2, 3)
    var column = matrix[.all, 1]
    column[0] = 50
    #expect(matrix.scalars(as: Int.self) == [0, 1, 2, 3, 4, 5])
    // Overlapping parts of one tensor: what is assigned was read before anything is written.
    var shifted = Tensor.arange(5, dtype: .float32)
    shifted[1...] = shifted[..<4]
    #expect(shifted.scalars(as: Int.self) == [0, 0, 1, 2, 3])
  }
}

/// A tensor with elements 0, 1, … in row-major order, laid out in memory in some order.
struct Sample: Sendable {
  let shape: [Int]
  let tensor: Tensor
  let values: [Double]

  init(shape: [Int], order: [Int], isSliced: Bool) {
    self.shape = shape
    values = (0..<shape.reduce(1, *)).map(Double.init)
    // Laid out with the axes in `order`, twice as long on the last one when it is sliced.
    let plain = Tensor(values, shape: Shape(shape)).permuted(by: order)
    var inverse = order
    for (axis, from) in order.enumerated() { inverse[from] = axis }
    guard isSliced, let last = plain.shape.last else {
      tensor = plain.contiguous().permuted(by: inverse)
      return
    }
    var wide = plain.shape
    wide[-1] = 2 * last
    var room = Tensor.full(wide, -7, dtype: .float64)
    room[.rest, .every(2)] = plain
    tensor = room[.rest, .every(2)].permuted(by: inverse)
  }

  subscript(position: [Int]) -> Double {
    var index = 0
    for (place, extent) in zip(position, shape) { index = index * extent + place }
    return values[index]
  }

  /// The elements with the given places on one axis, in row-major order.
  func picked(_ axis: Int, _ places: some Collection<Int>) -> [Double] {
    var target = shape
    target[axis] = places.count
    let places = Array(places)
    return positions(target).map { position in
      var source = position
      source[axis] = places[position[axis]]
      return self[source]
    }
  }
}

private struct Pick {
  let index: any TensorIndex
  let places: [Int]
  let isPosition: Bool
}

/// Indices of an axis: positions from both ends, ranges, steps.
private func picks(_ extent: Int) -> [Pick] {
  var picks = [Pick(index: .all, places: Array(0..<extent), isPosition: false)]
  for place in 0..<extent {
    picks.append(Pick(index: place, places: [place], isPosition: true))
    picks.append(Pick(index: place - extent, places: [place], isPosition: true))
    picks.append(Pick(index: place..., places: Array(place..<extent), isPosition: false))
    picks.append(Pick(index: ...place, places: Array(0...place), isPosition: false))
    for end in place...extent {
      picks.append(Pick(index: place..<end, places: Array(place..<end), isPosition: false))
    }
    for step in 1...3 {
      let places = Array(stride(from: place, to: extent, by: step))
      picks.append(Pick(index: .every(step, from: place), places: places, isPosition: false))
    }
  }
  return picks
}

func numbers(_ tensor: Tensor) -> [Double] { tensor.scalars(as: Double.self) }

private func place(of tensor: Tensor) -> UnsafeRawPointer? {
  tensor.withUnsafeElements(as: Float.self) { UnsafeRawPointer($0.baseAddress) }
}

/// All lists of so many axes with extents in a range.
func shapes(axes: ClosedRange<Int>, extents: ClosedRange<Int>) -> [[Int]] {
  var all: [[Int]] = []
  var current: [[Int]] = [[]]
  for count in 0...axes.upperBound {
    if axes.contains(count) { all += current }
    current = current.flatMap { shape in extents.map { shape + [$0] } }
  }
  return all
}

/// All positions in a shape, in row-major order.
func positions(_ shape: [Int]) -> [[Int]] {
  shape.reduce([[]]) { found, extent in
    found.flatMap { position in (0..<extent).map { position + [$0] } }
  }
}

func permutations(_ count: Int) -> [[Int]] {
  count == 0
    ? [[]]
    : permutations(count - 1).flatMap { order in
      (0..<count).map { place in
        var longer = order
        longer.insert(count - 1, at: place)
        return longer
      }
    }
}
