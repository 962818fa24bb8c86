/// A regular expression as a tree.
indirect enum PatternTree: Sendable, Equatable {
  /// One character of a set.
  case set(CodePointRanges)
  /// One after the other; nothing at all if empty.
  case sequence([PatternTree])
  /// One of several.
  case choice([PatternTree])
  /// At least and at most so many times; nil for any number.
  case repetition(PatternTree, least: Int, most: Int?)
  /// The beginning of the text.
  case start
  /// The end of the text.
  case end

  /// The alternatives of the whole expression, each without the anchors at its ends.
  ///
  /// - Returns: nil if there is an anchor anywhere else.
  var alternatives: [(tree: PatternTree, fromStart: Bool, toEnd: Bool)]? {
    let branches: [PatternTree] = if case .choice(let all) = self { all } else { [self] }
    var result: [(PatternTree, Bool, Bool)] = []
    for branch in branches {
      var parts: [PatternTree] = if case .sequence(let all) = branch { all } else { [branch] }
      let count = parts.count
      while parts.first == .start { parts.removeFirst() }
      let fromStart = parts.count < count
      let rest = parts.count
      while parts.last == .end { parts.removeLast() }
      let toEnd = parts.count < rest
      let tree = PatternTree.sequence(parts)
      if tree.hasAnchor { return nil }
      result.append((tree, fromStart, toEnd))
    }
    return result
  }

  private var hasAnchor: Bool {
    switch self {
    case .set: false
    case .sequence(let parts), .choice(let parts): parts.contains(where: \.hasAnchor)
    case .repetition(let part, _, _): part.hasAnchor
    case .start, .end: true
    }
  }
}

/// How the characters of a pattern are written.
enum CharacterForm: Sendable {
  /// As they are.
  case plain
  /// Within a JSON string: quotes, backslashes and control characters escaped.
  case jsonString
}

extension ByteGrammar {
  /// Goes on with a text of a pattern without anchors; returns where that leads.
  mutating func pattern(
    _ tree: PatternTree, _ form: CharacterForm, from start: Int
  ) throws(ConstraintError) -> Int {
    switch tree {
    case .set(let set):
      let end = try node()
      try character(of: set, form, from: start, to: end)
      return end
    case .sequence(let parts):
      var place = start
      for part in parts { place = try pattern(part, form, from: place) }
      return place
    case .choice(let parts):
      let end = try node()
      for part in parts {
        let begin = try node()
        addJump(start, to: begin)
        addJump(try pattern(part, form, from: begin), to: end)
      }
      return end
    case .repetition(let part, let least, let most):
      return try repetition(least: least, most: most, from: start) {
        grammar, place throws(ConstraintError) in
        try grammar.pattern(part, form, from: place)
      }
    case .start, .end: return start
    }
  }

  /// Goes on with a part at least and at most so many times.
  mutating func repetition(
    least: Int, most: Int?, from start: Int,
    _ part: (inout ByteGrammar, Int) throws(ConstraintError) -> Int
  ) throws(ConstraintError) -> Int {
    var place = start
    for _ in 0..<least { place = try part(&self, place) }
    let end = try node()
    if let most {
      for _ in least..<max(least, most) {
        addJump(place, to: end)
        place = try part(&self, place)
      }
      addJump(place, to: end)
    } else {
      // A node of its own, so that what comes before is not part of the loop.
      let loop = try node()
      addJump(place, to: loop)
      addJump(try part(&self, loop), to: loop)
      addJump(loop, to: end)
    }
    return end
  }

  /// Goes on with one character of a set.
  mutating func character(
    of set: CodePointRanges, _ form: CharacterForm, from start: Int, to end: Int
  ) throws(ConstraintError) {
    guard form == .jsonString else { return try codePoint(of: set, from: start, to: end) }
    let escaped = CodePointRanges([0...0x1F, 0x22...0x22, 0x5C...0x5C])
    try codePoint(of: set.intersection(escaped.inverted), from: start, to: end)
    for range in set.intersection(escaped).ranges {
      for scalar in range {
        let text =
          switch scalar {
          case 0x08: #"\b"#
          case 0x09: #"\t"#
          case 0x0A: #"\n"#
          case 0x0C: #"\f"#
          case 0x0D: #"\r"#
          case 0x22: #"\""#
          case 0x5C: #"\\"#
          default: #"\u00"# + (scalar < 16 ? "0" : "") + String(scalar, radix: 16)
          }
        addJump(try literal(text, from: start), to: end)
      }
    }
  }
}
