import CKernels
import Tensor

extension Engine {
  /// Applies matrices to the same rows, in one parallel region where rows are few.
  ///
  /// - Parameters:
  ///   - list: Each matrix and where its outputs go, row by row without gaps.
  ///   - source: The rows.
  ///   - few: Whether rows are computed one by one.
  ///   - accumulating: Whether outputs are added to what is there.
  func apply(
    _ first: (EngineMatrix, UnsafeMutablePointer<Float>),
    _ second: (EngineMatrix, UnsafeMutablePointer<Float>)? = nil,
    _ third: (EngineMatrix, UnsafeMutablePointer<Float>)? = nil,
    to source: UnsafePointer<Float>, rows: Int, few: Bool, accumulating: Bool = false
  ) {
    func projection(
      _ pair: (EngineMatrix, UnsafeMutablePointer<Float>)
    ) -> apus_projection {
      apus_projection(
        weight: pair.0.weight, y: pair.1, y_row: pair.0.weight.rows, bias: pair.0.bias,
        accumulate: accumulating)
    }
    let one = projection(first)
    var list = (one, second.map(projection) ?? one, third.map(projection) ?? one)
    let count: Int32 = third != nil ? 3 : second != nil ? 2 : 1
    let columns = first.0.weight.columns
    withUnsafePointer(to: &list) { list in
      list.withMemoryRebound(to: apus_projection.self, capacity: 3) { list in
        if few {
          apus_project_rows(list, count, source, Int64(rows), columns, activations)
        } else {
          apus_project_panels(list, count, source, Int64(rows), columns, activations)
        }
      }
    }
  }

  /// Calls `body` with stretches of `count` elements, on several threads where there are many.
  func inParts(_ count: Int, _ body: (_ first: Int, _ count: Int64) -> Void) {
    let size = 1 << 15
    if count <= size { return body(0, Int64(count)) }
    parallel((count + size - 1) / size) { part in
      body(part * size, Int64(min(size, count - part * size)))
    }
  }

  /// x = map(x).
  func map(_ code: apus_map_code, _ x: UnsafeMutablePointer<Float>, count: Int) {
    inParts(count) { first, count in
      apus_map_flat(code, apus_float32, count, x + first, x + first, 1, nil, 0, nil, 0)
    }
  }

  /// x = x · factor.
  func multiply(_ x: UnsafeMutablePointer<Float>, by factor: Float, count: Int) {
    inParts(count) { first, count in
      var factor = factor
      apus_map_flat(
        apus_multiply, apus_float32, count, x + first, x + first, 1, &factor, 0, nil, 0)
    }
  }

  /// target += x.
  func add(_ x: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int) {
    inParts(count) { first, count in
      apus_map_flat(
        apus_add, apus_float32, count, target + first, target + first, 1, x + first, 1, nil, 0)
    }
  }

  /// x = activation(x).
  func activate(_ activation: Activation, _ x: UnsafeMutablePointer<Float>, count: Int) {
    switch activation {
    case .gelu: map(apus_gelu, x, count: count)
    case .geluNew, .geluTanh, .geluFast: map(apus_gelu_tanh, x, count: count)
    case .geluQuick:
      // silu(1.702 x) / 1.702
      multiply(x, by: 1.702, count: count)
      map(apus_silu, x, count: count)
      multiply(x, by: 1 / 1.702, count: count)
    case .relu: map(apus_relu, x, count: count)
    case .reluSquared:
      map(apus_relu, x, count: count)
      map(apus_square, x, count: count)
    case .silu, .swish: map(apus_silu, x, count: count)
    case .tanh: map(apus_tanh, x, count: count)
    }
  }
}
