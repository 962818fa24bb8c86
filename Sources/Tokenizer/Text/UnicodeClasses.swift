/// The named classes of characters of regular expressions, as of Unicode 16.
///
/// Regular expression libraries bring tables of whatever Unicode version they were made for. The
/// reference's is made for version 16; these are its classes.
enum UnicodeClasses {
  /// The version.
  static let version: Unicode.Version = (major: 16, minor: 0)

  /// The general category that a character had in that version.
  static func category(of scalar: Unicode.Scalar) -> Unicode.GeneralCategory {
    // The one letter whose category changed later.
    if scalar.value == 0x295 { return .lowercaseLetter }
    let category = scalar.properties.generalCategory
    guard let age = scalar.properties.age, age > version else { return category }
    return .unassigned
  }

  /// The class of a name such as `L`, `Letter`, `Alpha` or `White_Space`; nil for one that is left
  /// to the regular expression library.
  ///
  /// Case, spaces, hyphens and underscores in names do not count.
  static func named(_ name: String) -> CodePointSet? {
    let key = key(of: name)
    return cache.withLock { known in
      if let found = known[key] { return found }
      let made = make(key)
      if let made { known[key] = made }
      return made
    }
  }

  /// A name as it is looked up: without spaces, hyphens and underscores, in lower case.
  static func key(of name: String) -> String {
    var key = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case " ", "-", "_": continue
      case "A"..."Z": key.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value + 32)))
      default: key.unicodeScalars.append(scalar)
      }
    }
    return key
  }

  /// Whether a name is that of a general category, whose meaning options never change.
  static func isCategory(_ name: String) -> Bool { categories[key(of: name)] != nil }

  /// The upper or lower case of a set's characters as far as it came after Unicode 14, so that an
  /// older library does not know it.
  static func laterCasePartners(of set: CodePointSet) -> CodePointSet {
    var found: [ClosedRange<UInt32>] = []
    for (one, other) in laterCasePairs {
      if set.contains(one) { found.append(other...other) }
      if set.contains(other) { found.append(one...one) }
    }
    return CodePointSet(found)
  }

  private static let laterCasePairs: [(UInt32, UInt32)] = {
    var pairs: [(UInt32, UInt32)] = []
    let later = CodePointSet { ($0.properties.age ?? version) > (major: 14, minor: 0) }
    for value in later.ranges.joined() {
      guard let properties = Unicode.Scalar(value)?.properties else { continue }
      for mapping in [properties.lowercaseMapping, properties.uppercaseMapping] {
        let scalars = mapping.unicodeScalars
        guard scalars.count == 1, let other = scalars.first?.value, other != value else { continue }
        pairs.append((value, other))
      }
    }
    return pairs
  }()

  private static let cache = Locked<[String: CodePointSet]>([:])

  private static func make(_ key: String) -> CodePointSet? {
    if let categories = categories[key] { return make(categories) }
    switch key {
    case "alpha", "alphabetic": return CodePointSet(where: \.properties.isAlphabetic)
    case "lower", "lowercase":
      return CodePointSet { $0.properties.isLowercase || category(of: $0) == .lowercaseLetter }
    case "upper", "uppercase": return CodePointSet(where: \.properties.isUppercase)
    case "space", "whitespace", "wspace": return CodePointSet(where: \.properties.isWhitespace)
    case "assigned": return make([.unassigned]).complement
    case "punct": return make(punctuation)
    case "posixpunct", "xposixpunct": return make(punctuation.union(symbols))
    case "digit": return make([.decimalNumber])
    case "alnum":
      return CodePointSet { $0.properties.isAlphabetic || category(of: $0) == .decimalNumber }
    case "word":
      return CodePointSet {
        switch category(of: $0) {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
          true
        default: $0.properties.isAlphabetic
        }
      }
    case "bareword":
      // Outside of brackets the library asks an older table for the characters of Latin-1.
      return make("word")?.union(CodePointSet([0xB2...0xB3, 0xB9...0xB9, 0xBC...0xBE]))
    case "graph", "print":
      let excluded = CodePointSet {
        category(of: $0) == .control
          || $0.properties.isWhitespace && (key == "graph" || category(of: $0) != .spaceSeparator)
      }
      return make([.unassigned, .surrogate]).union(excluded).complement
    default: return nil
    }
  }

  private static func make(_ categories: Set<Unicode.GeneralCategory>) -> CodePointSet {
    // The newer category is asked first, in a list that is faster than a set: few pass it.
    var candidates = Array(categories)
    if categories.contains(.lowercaseLetter) { candidates.append(.otherLetter) }
    let isPlain = !categories.contains(.unassigned)
    var result = CodePointSet {
      isPlain && !candidates.contains($0.properties.generalCategory)
        ? false : categories.contains(category(of: $0))
    }
    // What is not among the planes that are looked at.
    let surrogates = CodePointSet([0xD800...0xDFFF])
    let privateUse = CodePointSet([0xE000...0xF8FF, 0xF0000...0xFFFFD, 0x100000...0x10FFFD])
    if categories.contains(.surrogate) { result = result.union(surrogates) }
    if categories.contains(.privateUse) { result = result.union(privateUse) }
    if categories.contains(.unassigned) {
      let assigned = CodePointSet { category(of: $0) != .unassigned }
      result = result.union(assigned.union(privateUse).union(surrogates).complement)
    }
    return result
  }

  /// General categories and their groups by short and long name.
  private static let categories: [String: Set<Unicode.GeneralCategory>] = {
    var result: [String: Set<Unicode.GeneralCategory>] = [:]
    for (names, categories) in [
      (["lu", "uppercaseletter"], [.uppercaseLetter]),
      (["ll", "lowercaseletter"], [.lowercaseLetter]),
      (["lt", "titlecaseletter"], [.titlecaseLetter]),
      (["lc", "casedletter"], [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter]),
      (["lm", "modifierletter"], [.modifierLetter]),
      (["lo", "otherletter"], [.otherLetter]),
      (
        ["l", "letter"],
        [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter]
      ),
      (["mn", "nonspacingmark"], [.nonspacingMark]),
      (["mc", "spacingmark"], [.spacingMark]),
      (["me", "enclosingmark"], [.enclosingMark]),
      (["m", "mark", "combiningmark"], [.nonspacingMark, .spacingMark, .enclosingMark]),
      (["nd", "decimalnumber"], [.decimalNumber]),
      (["nl", "letternumber"], [.letterNumber]),
      (["no", "othernumber"], [.otherNumber]),
      (["n", "number"], [.decimalNumber, .letterNumber, .otherNumber]),
      (["pc", "connectorpunctuation"], [.connectorPunctuation]),
      (["pd", "dashpunctuation"], [.dashPunctuation]),
      (["ps", "openpunctuation"], [.openPunctuation]),
      (["pe", "closepunctuation"], [.closePunctuation]),
      (["pi", "initialpunctuation"], [.initialPunctuation]),
      (["pf", "finalpunctuation"], [.finalPunctuation]),
      (["po", "otherpunctuation"], [.otherPunctuation]),
      (["p", "punctuation"], punctuation),
      (["sm", "mathsymbol"], [.mathSymbol]),
      (["sc", "currencysymbol"], [.currencySymbol]),
      (["sk", "modifiersymbol"], [.modifierSymbol]),
      (["so", "othersymbol"], [.otherSymbol]),
      (["s", "symbol"], symbols),
      (["zs", "spaceseparator"], [.spaceSeparator]),
      (["zl", "lineseparator"], [.lineSeparator]),
      (["zp", "paragraphseparator"], [.paragraphSeparator]),
      (["z", "separator"], [.spaceSeparator, .lineSeparator, .paragraphSeparator]),
      (["cf", "format"], [.format]),
      (["co", "privateuse"], [.privateUse]),
      (["cn", "unassigned"], [.unassigned]),
      (["c", "other"], [.control, .format, .surrogate, .privateUse, .unassigned]),
    ] as [([String], Set<Unicode.GeneralCategory>)] {
      for name in names { result[name] = categories }
    }
    return result
  }()

  private static let punctuation: Set<Unicode.GeneralCategory> = [
    .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
    .initialPunctuation, .finalPunctuation, .otherPunctuation,
  ]
  private static let symbols: Set<Unicode.GeneralCategory> = [
    .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol,
  ]
}
