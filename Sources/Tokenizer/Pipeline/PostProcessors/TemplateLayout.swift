/// The order of texts and of the tokens around them.
struct TemplateLayout: Sendable, Equatable {
  /// A text or some tokens.
  enum Part: Sendable, Equatable {
    /// The first text (0) or the second (1); its tokens get a type unless it is nil.
    case text(Int, typeID: Int32?)
    /// Tokens with their type.
    case tokens([TokenID], typeID: Int32)
  }

  /// The order for one text.
  var single: [Part]
  /// The order for two.
  var pair: [Part]
  /// Whether what truncation cut off a text gets the text's type too when tokens are added.
  var setsTypesOfOverflow = false

  /// How many tokens are added to one text or to two.
  func addedCount(texts: Int) -> Int {
    (texts > 1 ? pair : single).reduce(0) { sum, part in
      if case .tokens(let ids, _) = part { sum + ids.count } else { sum }
    }
  }

  /// Every token that is put somewhere.
  var tokens: [TokenID] {
    (single + pair).flatMap { part -> [TokenID] in
      if case .tokens(let ids, _) = part { ids } else { [] }
    }
  }

  /// The tokens before and after a single text, nil unless it stands there once.
  var frame: (before: [TokenID], after: [TokenID])? {
    var before: [TokenID] = []
    var after: [TokenID] = []
    var texts = 0
    for part in single {
      switch part {
      case .text: texts += 1
      case .tokens(let ids, _):
        if texts == 0 { before += ids } else { after += ids }
      }
    }
    return texts == 1 ? (before, after) : nil
  }

  /// The parts for one text or two, in order.
  ///
  /// - Parameters:
  ///   - texts: one encoding or two.
  ///   - addsTokens: whether tokens are put around them.
  func apply(to texts: [Encoding], addsTokens: Bool) -> [Encoding] {
    var texts = texts
    return (texts.count > 1 ? pair : single).compactMap { part in
      switch part {
      case .text(let index, let typeID):
        guard index < texts.count else { return nil }
        if let typeID {
          texts[index].setTypeIDs(typeID)
          if addsTokens, setsTypesOfOverflow {
            for part in texts[index].overflowing.indices {
              texts[index].overflowing[part].setTypeIDs(typeID)
            }
          }
        }
        return texts[index]
      case .tokens(let ids, let typeID):
        return addsTokens ? Encoding(special: ids, typeID: typeID) : nil
      }
    }
  }
}
