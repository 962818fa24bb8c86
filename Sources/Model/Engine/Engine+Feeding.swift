import CKernels

extension Engine {
  /// Tokens that one sequence is fed, those included that must be seen again.
  struct Feed {
    var sequence: Int
    /// From which position on keys and values are computed.
    var start: Int
    /// From which position on states are kept.
    var keptFrom: Int
    var end: Int
    /// Where the kept states go.
    var target: Int
  }

  /// Adds tokens to a sequence and says what must be computed for them.
  func begin(_ index: Int, _ tokens: [Int32], _ segments: [Int32]?) -> Feed {
    let before = sequences[index].tokens.count
    let end = before + tokens.count
    sequences[index].tokens += tokens
    if plan.segments != nil {
      sequences[index].segments +=
        segments ?? [Int32](repeating: 0, count: tokens.count)
    }
    // Where divisors of rotations change, or later tokens change what earlier ones see, all is
    // computed again.
    if !plan.keepsCaches(growingFrom: before, to: end)
      || !plan.architecture.attention.isCausal
    {
      sequences[index].forget()
    }
    let keptFrom = kept == .last ? end - 1 : before
    return Feed(
      sequence: index, start: sequences[index].cached, keptFrom: keptFrom, end: end,
      target: hiddenFirst[index])
  }

  /// Computes what is to be computed: first all short feeds together, then each long one.
  func run(_ feeds: [Feed]) {
    var rows = 0
    for feed in feeds where feed.end - feed.start <= Engine.fewTokens {
      if rows + feed.end - feed.start > Engine.chunk {
        runTogether()
        rows = 0
      }
      workspace.waiting.append(feed)
      rows += feed.end - feed.start
    }
    runTogether()
    for feed in feeds where feed.end - feed.start > Engine.fewTokens {
      // What sees the future as well cannot be cut.
      let step = plan.architecture.attention.isCausal ? Engine.chunk : feed.end - feed.start
      for first in stride(from: feed.start, to: feed.end, by: step) {
        var part = feed
        (part.start, part.end) = (first, min(first + step, feed.end))
        run([part], few: false)
      }
    }
  }

  /// Computes the feeds that wait.
  private func runTogether() {
    if !workspace.waiting.isEmpty { run(workspace.waiting, few: true) }
    workspace.waiting.removeAll(keepingCapacity: true)
  }

  private func run(_ feeds: [Feed], few: Bool) {
    workspace.rows.removeAll(keepingCapacity: true)
    for feed in feeds {
      sequences[feed.sequence].reserve(from: feed.start, to: feed.end, plan.pageKinds)
      for position in feed.start..<feed.end {
        workspace.rows.append(
          EngineRow(
            sequence: feed.sequence, position: position,
            token: sequences[feed.sequence].tokens[position],
            segment: plan.segments == nil ? 0 : sequences[feed.sequence].segments[position]))
      }
    }
    compute(few: few)
    var row = 0
    for feed in feeds {
      for position in feed.start..<feed.end {
        if position >= feed.keptFrom {
          finish(row: row, into: feed.target + position - feed.keptFrom)
        }
        row += 1
      }
      sequences[feed.sequence].cached = feed.end
      sequences[feed.sequence].release(plan.pageKinds)
    }
  }

  /// Makes one row of the residual stream the hidden state that is kept at a place.
  func finish(row: Int, into target: Int) {
    let width = plan.architecture.width
    let source = workspace.x.floats + row * width
    let place = hidden.floats + target * width
    if let norm = plan.finalNorm {
      norm.apply(source, into: place, rows: 1, width: width, scratch: workspace.statistics.floats)
    } else {
      place.update(from: source, count: width)
    }
    guard let dense = plan.headDense, let norm = plan.headNorm,
      let activation = plan.architecture.head.transform
    else { return }
    let inner = workspace.read.floats
    apply((dense, inner), to: place, rows: 1, few: true)
    activate(activation, inner, count: width)
    norm.apply(inner, into: place, rows: 1, width: width, scratch: workspace.statistics.floats)
  }

  /// Computes the logits of the kept states.
  func computeLogits(of feeds: [Feed]) {
    let width = plan.architecture.width
    var total = 0
    for index in sequences.indices {
      logitsFirst[index] = total
      total += kept == .all ? keptCounts[index] : min(keptCounts[index], 1)
    }
    logits.reserve(total * vocabularySize)
    for index in sequences.indices where keptCounts[index] > 0 {
      let count = kept == .all ? keptCounts[index] : 1
      let first = hiddenFirst[index] + keptCounts[index] - count
      project(
        hidden.floats + first * width, rows: count,
        into: logits.floats + logitsFirst[index] * vocabularySize,
        few: count <= Engine.fewTokens)
    }
  }

  /// The head: logits of hidden states.
  func project(
    _ states: UnsafePointer<Float>, rows: Int, into target: UnsafeMutablePointer<Float>, few: Bool
  ) {
    apply((plan.head, target), to: states, rows: rows, few: few)
    let head = plan.architecture.head
    let count = rows * vocabularySize
    if head.scale != 1 { multiply(target, by: Float(head.scale), count: count) }
    guard let cap = head.softcap.map({ Float($0) }) else { return }
    multiply(target, by: 1 / cap, count: count)
    map(apus_tanh, target, count: count)
    multiply(target, by: cap, count: count)
  }
}
