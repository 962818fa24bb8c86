extension TextTokenizer {
  /// The tokens of a rendered chat, and which of them a model is trained to make.
  ///
  /// The post-processor adds nothing: the template has put in all special tokens, so none can be there
  /// twice.
  ///
  /// - Parameters:
  ///   - chat: the chat.
  ///   - trainingRoles: the roles whose turns are trained.
  ///   - controlTokens: what happens to control tokens that messages spell out; they are text unless
  ///     asked otherwise.
  public func encode(
    _ chat: RenderedChat, trainingRoles: Set<String> = ["assistant"],
    controlTokens: ControlTokenHandling = .fromTemplate
  ) -> TokenizedChat {
    let outside = controlTokens == .fromTemplate ? chat.outsideRanges : []
    let control =
      outside.isEmpty ? [] : controlContents(in: chat.request.template.program.source)
    let counts: AddedTokenFilter = { token, place in
      !control.contains(token.content) || !overlaps(place, outside)
    }
    let draft = withEncoded(chat.text, .parse, recordingOffsets: true, where: counts) {
      Encoding($0, text: 0)
    }
    let encoded = TokenizedText(ids: draft.ids, offsets: draft.offsets)
    let shown = laidOut([chat.text], [draft], addsTemplate: false).offsets
    var stops = Set(added.tokens.filter(\.token.special).map(\.id))
    if let end = endOfTextID { stops.insert(end) }
    return TokenizedChat(
      encoded, shownOffsets: shown, chat, roles: trainingRoles,
      isStop: { stops.contains($0) })
  }

  /// The contents of the added tokens that control the model: the special ones, and others that a
  /// template spells out and that are no white space.
  private func controlContents(in source: [UInt8]) -> Set<String> {
    var contents: Set<String> = []
    for (token, _) in added.tokens {
      if token.special {
        contents.insert(token.content)
      } else {
        let bytes = Array(token.content.utf8)
        let isSpace = token.content.unicodeScalars.allSatisfy(isPythonSpace)
        if !isSpace, find(bytes, in: source, from: 0, to: source.count) != nil {
          contents.insert(token.content)
        }
      }
    }
    return contents
  }
}

/// Whether a range has bytes of one of some ranges, which are in order.
private func overlaps(_ range: Range<Int>, _ ranges: [Range<Int>]) -> Bool {
  var (low, high) = (0, ranges.count)
  while low < high {
    let middle = (low + high) / 2
    if ranges[middle].upperBound > range.lowerBound { high = middle } else { low = middle + 1 }
  }
  return low < ranges.count && ranges[low].lowerBound < range.upperBound
}
