import CKernels

/// Attention of few rows in one layer: a part for each head of each row.
///
/// What the parts need is laid out before they run, so that they touch no Swift object: its count of
/// references would wander from core to core. The memory is kept from layer to layer.
final class RowAttention {
  private var queries: [apus_cached_query] = []
  /// The pages of each row's sequence, row by row.
  private var pages: [UnsafeMutableRawPointer?] = []

  /// Attends for the rows of the engine's workspace.
  ///
  /// - Parameters:
  ///   - engine: The engine.
  ///   - index: The layer.
  ///   - heads: Where queries are.
  func run(_ engine: Engine, layer index: Int, _ heads: HeadAddresses) {
    let plan = engine.plan
    let design = plan.architecture.attention
    let (layer, rows) = (plan.layers[index], engine.workspace.rows)
    let (kind, offset) = plan.places[index]
    queries.removeAll(keepingCapacity: true)
    pages.removeAll(keepingCapacity: true)
    var work = 0
    for (number, row) in rows.enumerated() {
      let sequence = engine.sequences[row.sequence]
      let end = design.isCausal ? row.position + 1 : sequence.tokens.count
      let first = layer.window.map { max(row.position + 1 - $0, 0) } ?? 0
      queries.append(
        apus_cached_query(
          shape: plan.cacheShape, heads: Int64(design.heads),
          q: heads.query + number * heads.queryRow, q_step: Int64(heads.step),
          y: engine.workspace.attended.floats + number * design.queryWidth, pages: nil,
          layer_offset: Int64(offset), first: Int64(first), end: Int64(end), scale: layer.scale,
          softcap: Float(design.softcap ?? 0), slopes: nil))
      pages += sequence.addresses[kind]
      work += end - first
    }
    plan.slopes.withUnsafeBufferPointer { slopes in
      pages.withUnsafeBufferPointer { pages in
        var start = 0
        for (number, row) in rows.enumerated() {
          queries[number].pages = pages.baseAddress.map { $0 + start }
          queries[number].slopes = slopes.isEmpty ? nil : slopes.baseAddress
          start += engine.sequences[row.sequence].addresses[kind].count
        }
        // Little work is done sooner than the other threads wake up.
        apus_cached_attention(
          queries, Int64(queries.count), work * design.queryWidth >= 1 << 14)
      }
    }
  }
}
