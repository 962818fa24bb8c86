import CKernels

/// Float memory that grows when it must and is otherwise used again.
final class EngineBuffer {
  private(set) var floats: UnsafeMutablePointer<Float>
  private var capacity: Int

  init() {
    capacity = 16
    floats = EngineBuffer.allocate(capacity)
  }

  /// Room for `count` floats; what was there is lost where it has to grow.
  @discardableResult
  func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
    guard count > capacity else { return floats }
    apus_free(floats, Int64(capacity * 4))
    floats = EngineBuffer.allocate(count)
    capacity = count
    return floats
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<Float> {
    guard let block = apus_allocate(Int64(count * 4)) else {
      preconditionFailure("Engine: the system has no \(count * 4) bytes of memory")
    }
    return block.assumingMemoryBound(to: Float.self)
  }

  deinit { apus_free(floats, Int64(capacity * 4)) }
}

/// One position that is being computed.
struct EngineRow {
  var sequence: Int
  var position: Int
  var token: Int32
  var segment: Int32
}

/// The memory in which rows are computed.
final class EngineWorkspace {
  /// The residual stream.
  let x = EngineBuffer()
  /// What a part of a block reads.
  let read = EngineBuffer()
  /// What a part of a block says, where it is not added at once.
  let said = EngineBuffer()
  let query = EngineBuffer()
  let key = EngineBuffer()
  let value = EngineBuffer()
  let attended = EngineBuffer()
  let gate = EngineBuffer()
  let up = EngineBuffer()
  let statistics = EngineBuffer()
  let cosines = EngineBuffer()
  let sines = EngineBuffer()
  let oldKeys = EngineBuffer()
  let oldValues = EngineBuffer()
  let visitors = EngineBuffer()
  let visited = EngineBuffer()
  let shares = EngineBuffer()
  let rowAttention = RowAttention()
  var rows: [EngineRow] = []
  /// What a step computes, and of that what is computed together; both keep their memory.
  var feeds: [Engine.Feed] = []
  var waiting: [Engine.Feed] = []

  /// Makes room for so many rows.
  func reserve(rows: Int, _ plan: EnginePlan) {
    let a = plan.architecture
    let (width, inner) = (a.width, plan.innerWidth)
    x.reserve(rows * width)
    read.reserve(rows * width)
    said.reserve(rows * width)
    let joined = a.attention.layout == .byHead ? 3 : 1
    query.reserve(rows * a.attention.queryWidth * joined)
    key.reserve(rows * a.attention.keyWidth)
    value.reserve(rows * a.attention.keyWidth)
    attended.reserve(rows * a.attention.queryWidth)
    gate.reserve(rows * inner)
    up.reserve(rows * inner)
    statistics.reserve(2 * rows * max(a.attention.heads, 1))
    let pairs = plan.rotaries.reduce(0) { $0 + $1.width / 2 }
    cosines.reserve(rows * max(pairs, 1))
    sines.reserve(rows * max(pairs, 1))
    if let experts = a.experts {
      visitors.reserve(rows * width)
      visited.reserve(rows * width)
      shares.reserve(rows * (experts.count + 1))
    }
  }
}
