extension Renderer {
  /// A string with other cases: `upper`, `lower`, `title`, `capitalize`, `swapcase`, `casefold`.
  func recased(_ text: Text, _ method: StringMethod) throws(TemplateFault) -> Text {
    if method == .casefold, !text.isASCII {
      throw .unsupported("“casefold” knows only ASCII here")
    }
    try allow(bytes: text.bytes.count)
    var builder = TextBuilder()
    var at = 0
    var plainStart = 0
    var isWordStart = true
    while at < text.bytes.count {
      let (scalar, length) = decodeScalar(text.bytes, at)
      let mapped: String?
      switch method {
      case .upper: mapped = upper(scalar)
      case .capitalize: mapped = at == 0 ? title(scalar) : lower(scalar, text, at)
      case .title:
        mapped = isWordStart ? title(scalar) : lower(scalar, text, at)
        isWordStart = !scalar.properties.isCased
      case .swapcase:
        let properties = scalar.properties
        mapped =
          properties.isUppercase
          ? lower(scalar, text, at) : properties.isLowercase ? upper(scalar) : nil
      default: mapped = lower(scalar, text, at)
      }
      if let mapped {
        builder.append(text, plainStart..<at)
        builder.append(mapped.utf8, for: at..<at + length, of: text)
        plainStart = at + length
      }
      at += length
    }
    if plainStart == 0 { return text }
    builder.append(text, plainStart..<text.bytes.count)
    return builder.text(isMarkup: text.isMarkup)
  }

  /// A character in upper case, nil if that is itself.
  private func upper(_ scalar: Unicode.Scalar) -> String? {
    if scalar.isASCII {
      guard scalar.value &- 0x61 < 26 else { return nil }
      return String(Character(Unicode.Scalar(UInt8(scalar.value - 32))))
    }
    return changed(scalar, scalar.properties.uppercaseMapping)
  }

  private func title(_ scalar: Unicode.Scalar) -> String? {
    scalar.isASCII ? upper(scalar) : changed(scalar, scalar.properties.titlecaseMapping)
  }

  private func lower(_ scalar: Unicode.Scalar, _ text: Text, _ place: Int) -> String? {
    if scalar.isASCII {
      guard scalar.value &- 0x41 < 26 else { return nil }
      return String(Character(Unicode.Scalar(UInt8(scalar.value + 32))))
    }
    if scalar == "\u{3A3}" { return isFinalSigma(text, place) ? "\u{3C2}" : "\u{3C3}" }
    return changed(scalar, scalar.properties.lowercaseMapping)
  }

  private func changed(_ scalar: Unicode.Scalar, _ mapping: String) -> String? {
    mapping.unicodeScalars.elementsEqual(CollectionOfOne(scalar)) ? nil : mapping
  }

  /// Whether the capital sigma at `place` ends a word: a letter before it and none after it.
  private func isFinalSigma(_ text: Text, _ place: Int) -> Bool {
    var before = place
    var hasLetter = false
    while before > 0 {
      var first = before - 1
      while first > 0, text.bytes[first] & 0xC0 == 0x80 { first -= 1 }
      let properties = decodeScalar(text.bytes, first).scalar.properties
      before = first
      if properties.isCaseIgnorable { continue }
      hasLetter = properties.isCased
      break
    }
    guard hasLetter else { return false }
    var after = place + 2
    while after < text.bytes.count {
      let (scalar, length) = decodeScalar(text.bytes, after)
      after += length
      if scalar.properties.isCaseIgnorable { continue }
      return !scalar.properties.isCased
    }
    return true
  }

  /// `isalpha` and its like.
  func isTrue(_ method: StringMethod, of text: Text) -> Bool {
    let scalars = text.scalars
    switch method {
    case .isascii: return text.isASCII
    case .isprintable: return scalars.allSatisfy(isPythonPrintable)
    case .isidentifier:
      guard let first = scalars.first else { return false }
      return (first == "_" || first.properties.isXIDStart)
        && scalars.dropFirst().allSatisfy(\.properties.isXIDContinue)
    case .islower, .isupper:
      var hasCase = false
      for scalar in scalars {
        let properties = scalar.properties
        if method == .islower {
          if properties.isUppercase || properties.generalCategory == .titlecaseLetter {
            return false
          }
          hasCase = hasCase || properties.isLowercase
        } else {
          if properties.isLowercase || properties.generalCategory == .titlecaseLetter {
            return false
          }
          hasCase = hasCase || properties.isUppercase
        }
      }
      return hasCase
    case .istitle:
      var hasCase = false
      var isInWord = false
      for scalar in scalars {
        let properties = scalar.properties
        if properties.isUppercase || properties.generalCategory == .titlecaseLetter {
          if isInWord { return false }
          isInWord = true
          hasCase = true
        } else if properties.isLowercase {
          if !isInWord { return false }
          hasCase = true
        } else {
          isInWord = false
        }
      }
      return hasCase
    default: return !scalars.isEmpty && scalars.allSatisfy { isTrue(method, of: $0) }
    }
  }

  private func isTrue(_ method: StringMethod, of scalar: Unicode.Scalar) -> Bool {
    switch method {
    case .isspace: return isPythonSpace(scalar)
    case .isalpha: return isLetter(scalar)
    case .isdecimal: return scalar.properties.numericType == .decimal
    case .isdigit:
      let type = scalar.properties.numericType
      return type == .decimal || type == .digit
    case .isnumeric: return scalar.properties.numericType != nil
    default: return isLetter(scalar) || scalar.properties.numericType != nil
    }
  }

  private func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
    default: false
    }
  }
}
