import Tensor

extension Transformer {
  /// How many numbers its weights have, tied ones counted once.
  public var parameterCount: Int { leaves.reduce(0) { $0 + $1.tensor.count } }

  /// The bytes of its weights as they are stored.
  public var weightByteCount: Int { leaves.reduce(0) { $0 + $1.tensor.byteCount } }

  /// The bytes of weights that are read for one token: all but the tables of embeddings, and of
  /// experts only those that a token visits.
  public var bytesPerToken: Int {
    var total = head.byteCount
    for block in blocks {
      var (experts, visited) = (0, 0)
      if let mixture = block.experts {
        experts = mixture.experts.leaves.reduce(0) { $0 + $1.tensor.byteCount }
        visited = experts / max(mixture.design.count, 1) * mixture.design.perToken
      }
      total += block.leaves.reduce(0) { $0 + $1.tensor.byteCount } - experts + visited
    }
    return total
  }

  /// The bytes that keys and values of so many positions take.
  public func cacheByteCount(positions: Int, format: CacheFormat = .float16) -> Int {
    let perPosition = 2 * architecture.attention.keyWidth
    return architecture.layers.reduce(0) { total, layer in
      let kept = min(positions, layer.window ?? positions)
      let numbers = kept * perPosition
      return switch format {
      case .float32: total + numbers * 4
      case .float16: total + numbers * 2
      case .q8_0: total + numbers / 32 * 34
      }
    }
  }
}
