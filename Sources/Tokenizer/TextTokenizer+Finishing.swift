extension TextTokenizer {
  /// What stands around the tokens of a text.
  typealias Frame = (before: [TokenID], after: [TokenID])

  /// What stands before and after the tokens of a single text; nil if that is not all that
  /// post-processing does.
  var frame: Frame? {
    guard postProcessor.hasOneLayout else { return nil }
    for step in postProcessor.steps {
      if case .layOut(let layout) = step { return layout.frame }
    }
    return ([], [])
  }

  /// The ids of a single text with everything that comes after the model; `frame` is that of the
  /// tokenizer.
  func finished(_ sink: TokenSink, _ frame: Frame?, _ addsTemplate: Bool) -> [TokenID] {
    guard let frame else {
      // A template that holds the text twice, or one template after another.
      var draft = Encoding(special: sink.taken(), typeID: 0)
      draft.offsets = draft.ids.map { _ in 0..<0 }
      var encoding = processed([""], [draft], addsTemplate: addsTemplate)
      if let padding { encoding.pad(to: padding.length(forLongest: encoding.ids.count), padding) }
      return encoding.ids
    }
    let before = addsTemplate ? frame.before : []
    let after = addsTemplate ? frame.after : []
    var ids: [TokenID]
    if let truncation, truncation.strategy != .onlySecond {
      let limit = max(0, truncation.longest - before.count - after.count)
      let tokens = sink.taken()
      ids = before
      ids += truncation.direction == .right ? tokens.prefix(limit) : tokens.suffix(limit)
      ids += after
    } else {
      ids = sink.taken(after: before, before: after)
    }
    if let padding { padding.apply(to: &ids, length: padding.length(forLongest: ids.count)) }
    return ids
  }

  /// A text's tokens as they come from the model.
  func drafted(
    _ text: String, _ index: Int, _ specialTokens: SpecialTokenHandling
  ) -> Encoding {
    withEncoded(text, specialTokens, recordingOffsets: true) { Encoding($0, text: index) }
  }

  /// One text or two with everything that comes after the model but padding.
  ///
  /// What truncation cuts off is not kept, so that its parts need not overlap and no setting is
  /// impossible for a single text; `encoding(of:pair:)` throws for those that are for a pair.
  func processed(_ texts: [String], _ drafts: [Encoding], addsTemplate: Bool) -> Encoding {
    var drafts = drafts
    let around = addsTemplate ? postProcessor.addedCount(texts: texts.count) : 0
    var truncation = truncation
    truncation?.stride = 0
    try? truncation?.apply(to: &drafts, around: around)
    return laidOut(texts, drafts, addsTemplate: addsTemplate)
  }

  /// Runs the post-processor.
  func laidOut(_ texts: [String], _ drafts: [Encoding], addsTemplate: Bool) -> Encoding {
    var parts = drafts
    for step in postProcessor.steps {
      switch step {
      case .trimOffsets(let addsPrefixSpace):
        for index in parts.indices {
          var text = texts[min(index, texts.count - 1)]
          text.withUTF8 { utf8 in
            OffsetTrimmer(text: utf8, tokenizer: self, addsPrefixSpace: addsPrefixSpace)
              .trim(&parts[index])
          }
        }
      case .setTypes(let type): for index in parts.indices { parts[index].setTypeIDs(type) }
      case .layOut(let layout): parts = layout.apply(to: parts, addsTokens: addsTemplate)
      }
    }
    var whole = Encoding()
    if parts.count == 1 { return parts[0] }
    for part in parts { whole.append(part) }
    return whole
  }
}

extension Padding {
  /// Fills ids up to a length.
  func apply(to ids: inout [TokenID], length: Int) {
    guard length > ids.count else { return }
    let filling = [TokenID](repeating: id, count: length - ids.count)
    if direction == .right { ids += filling } else { ids = filling + ids }
  }
}
