import CKernels

/// Attention of few rows in one layer: a part for each head of each row.
///
/// It is an object of its own, so that handing it to other threads allocates nothing.
final class RowAttention {
  private unowned let engine: Engine
  var layer = 0
  var heads: HeadAddresses?

  init(_ engine: Engine) { self.engine = engine }

  /// Does all parts, on several threads or on this one.
  func run(parts: Int, together: Bool) {
    if !together {
      for part in 0..<parts { attend(part) }
      return
    }
    apus_parallel(
      Int64(parts),
      { context, part in
        guard let context else { return }
        Unmanaged<RowAttention>.fromOpaque(context).takeUnretainedValue().attend(Int(part))
      }, Unmanaged.passUnretained(self).toOpaque())
  }

  private func attend(_ part: Int) {
    let plan = engine.plan
    let design = plan.architecture.attention
    let (row, head) = (part / design.heads, part % design.heads)
    let (kind, offset) = plan.places[layer]
    let place = engine.workspace.rows[row]
    guard let heads else { return }
    let end =
      design.isCausal ? place.position + 1 : engine.sequences[place.sequence].tokens.count
    let window = plan.layers[layer].window
    engine.sequences[place.sequence].addresses[kind].withUnsafeBufferPointer { pages in
      plan.slopes.withUnsafeBufferPointer { slopes in
        var query = apus_cached_query()
        query.shape = plan.cacheShape
        query.heads = Int64(design.heads)
        query.q = UnsafePointer(heads.query + row * heads.queryRow)
        query.q_step = Int64(heads.step)
        query.y = engine.workspace.attended.floats + row * design.queryWidth
        query.pages = pages.baseAddress
        query.layer_offset = Int64(offset)
        query.first = Int64(window.map { max(place.position + 1 - $0, 0) } ?? 0)
        query.end = Int64(end)
        query.scale = plan.layers[layer].scale
        query.softcap = Float(design.softcap ?? 0)
        query.slopes = slopes.isEmpty ? nil : slopes.baseAddress
        apus_cached_attention(&query, Int64(head))
      }
    }
  }
}
