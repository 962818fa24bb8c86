/// A conversation as text, with the place that each of its characters came from.
///
/// Encode it with ``TextTokenizer/encode(_:trainingRoles:controlTokens:)``, which knows that the
/// template has put the special tokens in already.
public struct RenderedChat: Sendable {
  /// The text.
  public let text: String
  /// The stretches of the text in order; together they are all of it.
  public let stretches: [TextStretch]
  /// The role of each message, nil for one without.
  public let roles: [String?]
  /// The stretches within `generation` blocks of the template, in UTF-8 bytes, as transformers finds
  /// them.
  public let generationRanges: [Range<Int>]
  /// What was rendered, to find out the generation prompt.
  let request: ChatRequest

  init(
    text: String, stretches: [TextStretch], roles: [String?], generationRanges: [Range<Int>],
    request: ChatRequest
  ) {
    self.text = text
    self.stretches = stretches
    self.roles = roles
    self.generationRanges = generationRanges
    self.request = request
  }
}

extension RenderedChat {
  /// Makes the public form of what the engine rendered.
  init(
    _ output: TextBuilder, _ sources: SourceTable, generations: [Range<Int>],
    request: ChatRequest
  ) {
    let bytes = output.bytes
    var stretches: [TextStretch] = []
    stretches.reserveCapacity(output.runs.count)
    var paths: [Int: FieldPath] = [:]
    var start = 0
    for run in output.runs {
      let range = start..<Int(run.end)
      start = range.upperBound
      let message = run.turn < 0 ? nil : Int(run.turn)
      let span = Int(run.offset)..<Int(run.offset) + Int(run.span)
      let origin: TextOrigin
      if let input = run.source.input {
        let path = paths[input.number] ?? sources.path(input.number)
        paths[input.number] = path
        origin =
          switch input.kind {
          case .text: .field(path, span)
          case .name: .key(path, span)
          case .notation: .notation(path)
          }
      } else {
        origin = run.source == .template ? .template(span) : .computed
      }
      stretches.append(TextStretch(range: range, origin: origin, message: message))
    }
    self.init(
      text: String(decoding: bytes, as: UTF8.self), stretches: stretches,
      roles: request.messages.array?.map { $0["role"]?.string } ?? [],
      generationRanges: Self.byteRanges(generations, in: bytes, count: output.count),
      request: request)
  }

  /// Ranges of characters as ranges of bytes; what lies beyond the text is cut off.
  private static func byteRanges(
    _ ranges: [Range<Int>], in bytes: [UInt8], count: Int
  ) -> [Range<Int>] {
    if ranges.isEmpty { return [] }
    if count == bytes.count { return ranges.map { $0.clamped(to: 0..<count) } }
    var offsets: [Int] = []
    offsets.reserveCapacity(count + 1)
    for (place, byte) in bytes.enumerated() where byte & 0xC0 != 0x80 { offsets.append(place) }
    offsets.append(bytes.count)
    return ranges.map { range in
      let range = range.clamped(to: 0..<count)
      return offsets[range.lowerBound]..<offsets[range.upperBound]
    }
  }

  /// The stretches that have bytes in a range, cut to it.
  public func stretches(in range: Range<Int>) -> [TextStretch] {
    var result: [TextStretch] = []
    var (low, high) = (0, stretches.count)
    while low < high {
      let middle = (low + high) / 2
      if stretches[middle].range.upperBound > range.lowerBound {
        high = middle
      } else {
        low = middle + 1
      }
    }
    while low < stretches.count, stretches[low].range.lowerBound < range.upperBound {
      var stretch = stretches[low]
      let common = stretch.range.clamped(to: range)
      stretch.origin = stretch.origin.cut(
        common.lowerBound - stretch.range.lowerBound, common.count, of: stretch.range.count)
      stretch.range = common
      if !common.isEmpty { result.append(stretch) }
      low += 1
    }
    return result
  }
}

extension TextOrigin {
  /// The origin of some bytes of a stretch; one that stands for others as a whole stays whole.
  fileprivate func cut(_ start: Int, _ count: Int, of length: Int) -> TextOrigin {
    func part(_ range: Range<Int>) -> Range<Int> {
      guard range.count == length else { return range }
      return range.lowerBound + start..<range.lowerBound + start + count
    }
    return switch self {
    case .field(let path, let range): .field(path, part(range))
    case .key(let path, let range): .key(path, part(range))
    case .template(let range): .template(part(range))
    case .notation, .computed: self
    }
  }
}
