import Checkpoint

extension Architecture {
  /// Refuses sizes that the files cannot hold, before anything of that size is made.
  ///
  /// Every width and the vocabulary are extents of weights, the widths of weights in every layer.
  /// - Throws: ``ModelError`` that lists the sizes that are too large.
  func checkSizes(against checkpoint: CheckpointReader, at path: String) throws(ModelError) {
    // What small files lack is better listed name by name.
    let held = max(checkpoint.entries.reduce(0.0) { $0 + Double($1.elementCount) }, 0x1p24)
    let count = Double(max(layers.count, 1))
    let dense = layers.contains { !$0.isSparse }
    let sizes: [(name: String, size: Double)] = [
      ("the vocabulary", Double(vocabularySize)),
      ("the width of a layer", Double(width) * count),
      ("the width of all heads", Double(attention.heads) * Double(attention.headWidth) * count),
      ("the width of all keys", Double(attention.groups) * Double(attention.headWidth) * count),
      ("the feed-forward layer", dense ? Double(feedForward.innerWidth) : 0),
      ("the context", positions == .learned ? Double(contextLength) : 0),
      ("the experts", Double(experts?.count ?? 0) * Double(experts?.innerWidth ?? 0)),
      ("the shared expert", Double(experts?.sharedInnerWidth ?? 0)),
    ]
    let problems = sizes.filter { $0.size > held }.map {
      "\($0.name) is larger than all weights of the files together"
    }
    if !problems.isEmpty { throw .configuration(path: path, problems: problems) }
  }
}
