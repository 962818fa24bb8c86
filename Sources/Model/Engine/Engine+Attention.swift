import CKernels
import Tensor

extension Engine {
  /// Attention of one layer: reads `input`, leaves what the heads found in `attended`.
  func attend(
    _ layer: EngineLayer, _ index: Int, from input: UnsafePointer<Float>, _ rows: Int, _ few: Bool
  ) {
    let design = plan.architecture.attention
    let (query, key, value) = (
      workspace.query.floats, workspace.key.floats, workspace.value.floats
    )
    let heads: HeadAddresses
    if layer.inputs.count == 1 {
      apply((layer.inputs[0], query), to: input, rows: rows, few: few)
      heads = HeadAddresses(joined: query, design)
    } else {
      apply(
        (layer.inputs[0], query), (layer.inputs[1], key), (layer.inputs[2], value), to: input,
        rows: rows, few: few)
      heads = HeadAddresses(query, key, value, design)
    }
    if let clamp = design.clamp.map({ Float($0) }) { bound(heads, design, rows, clamp) }
    normalize(layer, heads, rows)
    turn(layer, heads, rows)
    store(index, heads)
    if few {
      workspace.rowAttention.run(self, layer: index, heads)
    } else {
      attendTogether(layer, index, heads)
    }
  }

  /// Bounds queries, keys and values.
  private func bound(
    _ heads: HeadAddresses, _ design: AttentionDesign, _ rows: Int, _ clamp: Float
  ) {
    func bound(_ x: UnsafeMutablePointer<Float>, _ count: Int) {
      var (low, high) = (-clamp, clamp)
      apus_map_flat(
        apus_clamp, apus_float32, Int64(count), x, x, 1, &low, 0, &high, 0)
    }
    if heads.isJoined { return bound(heads.query, rows * heads.queryRow) }
    bound(heads.query, rows * design.queryWidth)
    bound(heads.key, rows * design.keyWidth)
    bound(heads.value, rows * design.keyWidth)
  }

  /// Normalizes queries and keys.
  private func normalize(_ layer: EngineLayer, _ heads: HeadAddresses, _ rows: Int) {
    guard let queryNorm = layer.queryNorm, let keyNorm = layer.keyNorm else { return }
    let design = plan.architecture.attention
    let scratch = workspace.statistics.floats
    precondition(!heads.isJoined, "Engine: normalized heads in one matrix are not known")
    let (queries, keys, width) =
      if case .whole = design.queryKeyNorm {
        (rows, rows, design.queryWidth)
      } else {
        (rows * design.heads, rows * design.groups, design.headWidth)
      }
    let keyWidth = keys == rows && queries == rows ? design.keyWidth : width
    queryNorm.apply(heads.query, into: heads.query, rows: queries, width: width, scratch: scratch)
    keyNorm.apply(heads.key, into: heads.key, rows: keys, width: keyWidth, scratch: scratch)
  }

  /// Turns queries and keys with their positions.
  private func turn(_ layer: EngineLayer, _ heads: HeadAddresses, _ rows: Int) {
    guard let number = layer.rotary else { return }
    let design = plan.architecture.attention
    let offset = plan.rotaries[..<number].reduce(0) { $0 + rows * ($1.width / 2) }
    let rotary = plan.rotaries[number]
    let pairs = rotary.width / 2
    let isInterleaved = rotary.pairing == .interleaved
    let (cosines, sines) = (workspace.cosines.floats + offset, workspace.sines.floats + offset)
    func turn(_ row: Int) {
      let (c, s) = (cosines + row * pairs, sines + row * pairs)
      apus_rotate_heads(
        heads.query + row * heads.queryRow, Int64(design.heads), Int64(heads.step), c, s,
        Int64(pairs), isInterleaved)
      apus_rotate_heads(
        heads.key + row * heads.keyRow, Int64(design.groups), Int64(heads.step), c, s,
        Int64(pairs), isInterleaved)
    }
    if rows < 32 {
      for row in 0..<rows { turn(row) }
    } else {
      parallel((rows + 31) / 32) { part in
        for row in part * 32..<min(part * 32 + 32, rows) { turn(row) }
      }
    }
  }

  /// Writes keys and values of the rows to the pages.
  private func store(_ index: Int, _ heads: HeadAddresses) {
    let (kind, offset) = plan.places[index]
    let size = EngineSequence.pagePositions
    var shape = plan.cacheShape
    for (number, row) in workspace.rows.enumerated() {
      guard let page = sequences[row.sequence].addresses[kind][row.position / size] else {
        continue
      }
      apus_cache_write(
        &shape, page + offset, Int64(row.position % size), heads.key + number * heads.keyRow,
        Int64(heads.step), heads.value + number * heads.keyRow, Int64(heads.step))
    }
  }

  /// Many rows of one sequence: blocks of queries against all keys, as matrix products.
  private func attendTogether(_ layer: EngineLayer, _ index: Int, _ heads: HeadAddresses) {
    let design = plan.architecture.attention
    let (kind, offset) = plan.places[index]
    guard let first = workspace.rows.first, let last = workspace.rows.last else { return }
    let size = EngineSequence.pagePositions
    let end = design.isCausal ? last.position + 1 : sequences[first.sequence].tokens.count
    // The page of the oldest position that a query sees; positions are counted from it.
    let oldest = layer.window.map { max(first.position + 1 - $0, 0) / size } ?? 0
    let origin = oldest * size
    let (span, width) = (end - origin, design.headWidth)
    let keys = workspace.oldKeys.reserve(design.groups * span * width)
    let values = workspace.oldValues.reserve(design.groups * span * width)
    sequences[first.sequence].addresses[kind].withUnsafeBufferPointer { pages in
      let present = pages.baseAddress.map { $0 + oldest }
      parallel(design.groups) { group in
        var shape = plan.cacheShape
        apus_cache_read(
          &shape, present, Int64(offset), Int64(group), Int64(span), keys + group * span * width,
          values + group * span * width)
      }
    }
    let rows = workspace.rows.count
    let block = 64
    let blocks = (rows + block - 1) / block
    let attended = workspace.attended.floats
    parallel(design.heads * blocks) { part in
      let head = part % design.heads
      // The last blocks see most and go first.
      let row = (blocks - 1 - part / design.heads) * block
      let group = head / (design.heads / design.groups)
      var job = apus_block_attention()
      (job.width, job.count) = (Int64(width), Int64(min(block, rows - row)))
      job.q = UnsafePointer(heads.query + row * heads.queryRow + head * heads.step)
      job.q_row = Int64(heads.queryRow)
      job.keys = UnsafePointer(keys + group * span * width)
      job.keys_row = Int64(span)
      job.values = UnsafePointer(values + group * span * width)
      job.y = attended + row * design.queryWidth + head * width
      job.y_row = Int64(design.queryWidth)
      job.start = Int64(first.position + row - origin)
      job.end = Int64(span)
      job.window = Int64(layer.window ?? 0)
      job.causal = design.isCausal
      job.scale = layer.scale
      job.softcap = Float(design.softcap ?? 0)
      job.slope = plan.slopes.isEmpty ? 0 : plan.slopes[head]
      apus_attend_block(&job)
    }
  }
}

/// Where the heads of queries, keys and values lie.
struct HeadAddresses {
  let query, key, value: UnsafeMutablePointer<Float>
  /// From one row to the next.
  let queryRow, keyRow: Int
  /// From one head to the next.
  let step: Int
  /// Whether all three lie head by head in one buffer.
  let isJoined: Bool

  /// Three buffers.
  init(
    _ query: UnsafeMutablePointer<Float>, _ key: UnsafeMutablePointer<Float>,
    _ value: UnsafeMutablePointer<Float>, _ design: AttentionDesign
  ) {
    (self.query, self.key, self.value) = (query, key, value)
    (queryRow, keyRow) = (design.queryWidth, design.keyWidth)
    step = design.headWidth
    isJoined = false
  }

  /// One buffer, for each head its query, key and value.
  init(joined: UnsafeMutablePointer<Float>, _ design: AttentionDesign) {
    query = joined
    key = joined + design.headWidth
    value = joined + 2 * design.headWidth
    (queryRow, keyRow) = (3 * design.queryWidth, 3 * design.queryWidth)
    step = 3 * design.headWidth
    isJoined = true
  }
}
