import Checkpoint

extension Architecture {
  /// Refuses sizes that the files cannot hold, before anything of that size is made.
  ///
  /// Every width and the vocabulary are extents of weights, the widths of weights in every layer.
  /// - Throws: ``ModelError`` that lists the sizes that are too large.
  func checkSizes(against checkpoint: CheckpointReader, at path: String) throws(ModelError) {
    let elements = checkpoint.entries.reduce(0.0) { $0 + Double($1.elementCount) }
    // What small files lack is better listed name by name.
    let held = max(elements, 0x1p22)
    let count = Double(max(layers.count, 1))
    let sparse = experts == nil ? 0 : Double(layers.count { $0.isSparse })
    let visited = experts.map { Double($0.count) * sparse } ?? 0
    let sizes: [(name: String, size: Double)] = [
      ("the vocabulary", Double(vocabularySize)),
      ("the width of a layer", Double(width) * count),
      ("the width of all heads", Double(attention.heads) * Double(attention.headWidth) * count),
      ("the width of all keys", Double(attention.groups) * Double(attention.headWidth) * count),
      ("the feed-forward layer", Double(feedForward.innerWidth) * (count - sparse)),
      ("the context", positions == .learned ? Double(contextLength) : 0),
      ("the segments", Double(segments)),
      ("the experts", visited * Double(experts?.innerWidth ?? 0)),
      ("the shared expert", sparse * Double(experts?.sharedInnerWidth ?? 0)),
    ]
    var problems = sizes.filter { $0.size > held }.map {
      "\($0.name) is larger than all weights of the files together"
    }
    // Every block has a tensor of its own.
    if layers.count > max(checkpoint.entries.count, 128) {
      problems.append(
        "files of \(checkpoint.entries.count) tensors cannot hold \(layers.count) blocks")
    }
    if visited > 0x1p10, visited * Double(experts?.innerWidth ?? 0) * Double(width) > elements {
      problems.append("the files cannot hold \(Int(visited)) experts in all layers together")
    }
    if !problems.isEmpty { throw .configuration(path: path, problems: problems) }
  }
}
