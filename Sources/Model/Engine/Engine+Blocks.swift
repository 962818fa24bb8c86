import CKernels
import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Engine {
  /// Computes the rows of the workspace through all blocks and leaves the residual stream in `x`.
  ///
  /// - Parameter few: Whether rows are computed one by one.
  func compute(few: Bool) {
    let rows = workspace.rows.count
    workspace.reserve(rows: rows, plan)
    embed()
    turn()
    for (index, layer) in plan.layers.enumerated() { run(layer, index, rows, few) }
  }

  /// Writes the embeddings of the rows to `x`.
  private func embed() {
    let a = plan.architecture
    let width = a.width
    let x = workspace.x.floats
    let spare = workspace.read.floats
    for (index, row) in workspace.rows.enumerated() {
      let target = x + index * width
      plan.tokens.read(row: Int(row.token), into: target)
      if a.embeddingScale != 1 {
        multiply(target, by: Float(a.embeddingScale), count: width)
      }
      if let segments = plan.segments {
        segments.read(row: Int(row.segment), into: spare)
        add(spare, to: target, count: width)
      }
      if let positions = plan.positions {
        positions.read(row: row.position, into: spare)
        add(spare, to: target, count: width)
      } else if a.positions == .sinusoidal {
        for column in 0..<width {
          let angle = Double(row.position) / pow(10_000, Double(column / 2 * 2) / Double(width))
          target[column] += Float(column.isMultiple(of: 2) ? sin(angle) : cos(angle))
        }
      }
    }
    plan.embeddingNorm?.apply(
      x, into: x, rows: workspace.rows.count, width: width,
      scratch: workspace.statistics.floats)
  }

  /// Computes cosines and sines of all rows for each of the model's rotations.
  private func turn() {
    var offset = 0
    let rows = workspace.rows
    for (number, design) in plan.rotaries.enumerated() {
      let pairs = design.width / 2
      var known = -1
      var (angles, factor): ([Float], Double) = ([], 1)
      for (index, row) in rows.enumerated() {
        let length = sequences[row.sequence].tokens.count
        if known < 0 || (design.dependsOnLength && length != known) {
          (angles, factor) = frequencies(of: number, forLength: length)
          known = length
        }
        let cosines = workspace.cosines.floats + (offset + index * pairs)
        let sines = workspace.sines.floats + (offset + index * pairs)
        for pair in 0..<pairs {
          let angle = Float(row.position) * angles[pair]
          cosines[pair] = cosf(angle) * Float(factor)
          sines[pair] = sinf(angle) * Float(factor)
        }
      }
      offset += rows.count * pairs
    }
  }

  /// The angles of a rotation, computed once where they do not depend on the length.
  private func frequencies(of number: Int, forLength length: Int) -> ([Float], Double) {
    if let known = fixedFrequencies[number] { return known }
    let design = plan.rotaries[number]
    let found = design.frequencies(forLength: length)
    if !design.dependsOnLength { fixedFrequencies[number] = found }
    return found
  }

  /// One block, on all rows.
  private func run(_ layer: EngineLayer, _ index: Int, _ rows: Int, _ few: Bool) {
    let a = plan.architecture
    let width = a.width
    let (x, read, said) = (workspace.x.floats, workspace.read.floats, workspace.said.floats)
    let scratch = workspace.statistics.floats
    func normalized(_ norm: EngineNorm?) -> UnsafeMutablePointer<Float> {
      guard let norm else { return x }
      norm.apply(x, into: read, rows: rows, width: width, scratch: scratch)
      return read
    }
    let input = normalized(layer.attentionNorm)
    attend(layer, index, from: input, rows, few)
    let replaces = a.arrangement == .beforeAndResidual
    if a.parallel {
      // Both parts read the stream as it was: the feed-forward layer goes first into `said`.
      let inner = layer.feedForwardNorm == nil ? input : normalized(layer.feedForwardNorm)
      transform(layer, from: inner, into: said, accumulating: false, rows, few)
      apply(
        (layer.output, x), to: workspace.attended.floats, rows: rows, few: few,
        accumulating: true)
      add(said, to: x, count: rows * width)
      return
    }
    if replaces { x.update(from: input, count: rows * width) }
    if let norm = layer.attentionPostNorm, a.arrangement != .sum {
      apply((layer.output, said), to: workspace.attended.floats, rows: rows, few: few)
      norm.apply(said, into: said, rows: rows, width: width, scratch: scratch)
      add(said, to: x, count: rows * width)
    } else {
      apply(
        (layer.output, x), to: workspace.attended.floats, rows: rows, few: few,
        accumulating: true)
      if a.arrangement == .sum {
        layer.attentionPostNorm?.apply(x, into: x, rows: rows, width: width, scratch: scratch)
      }
    }
    let inner = normalized(layer.feedForwardNorm)
    if replaces { x.update(from: inner, count: rows * width) }
    if let norm = layer.feedForwardPostNorm, a.arrangement != .sum {
      transform(layer, from: inner, into: said, accumulating: false, rows, few)
      norm.apply(said, into: said, rows: rows, width: width, scratch: scratch)
      add(said, to: x, count: rows * width)
    } else {
      transform(layer, from: inner, into: x, accumulating: true, rows, few)
      if a.arrangement == .sum {
        layer.feedForwardPostNorm?.apply(x, into: x, rows: rows, width: width, scratch: scratch)
      }
    }
  }

  /// The feed-forward layer, or the experts.
  private func transform(
    _ layer: EngineLayer, from source: UnsafeMutablePointer<Float>,
    into target: UnsafeMutablePointer<Float>, accumulating: Bool, _ rows: Int, _ few: Bool
  ) {
    if let experts = layer.experts {
      consult(experts, from: source, into: target, accumulating: accumulating, rows, few)
    } else if let dense = layer.feedForward {
      transform(
        dense, from: source, into: target, accumulating: accumulating, rows: rows, few: few)
    }
  }

  /// A dense feed-forward layer.
  func transform(
    _ layer: EngineFeedForward, from source: UnsafePointer<Float>,
    into target: UnsafeMutablePointer<Float>, accumulating: Bool, rows: Int, few: Bool
  ) {
    let count = rows * layer.innerWidth
    let up = workspace.up.floats
    if let gate = layer.gate {
      let gated = workspace.gate.floats
      apply((gate, gated), (layer.up, up), to: source, rows: rows, few: few)
      switch layer.activation {
      case .silu, .swish: apus_swiglu(up, gated, up, Int64(count))
      default:
        activate(layer.activation, gated, count: count)
        inParts(count) { first, count in
          apus_map_flat(
            apus_multiply, apus_float32, count, up + first, up + first, 1, gated + first, 1, nil,
            0)
        }
      }
    } else {
      apply((layer.up, up), to: source, rows: rows, few: few)
      activate(layer.activation, up, count: count)
    }
    apply((layer.down, target), to: up, rows: rows, few: few, accumulating: accumulating)
  }
}
