/// Where characters of a rendered chat came from.
///
/// Ranges count UTF-8 bytes, as everywhere in this module. Where characters were changed on the way,
/// such as a quotation mark that JSON escapes, the range is that of the characters they stand for.
public enum TextOrigin: Sendable, Hashable {
  /// Characters of a string that the template was given: these of the field's bytes.
  case field(FieldPath, Range<Int>)
  /// Characters of a key, given by the path of its value.
  case key(FieldPath, Range<Int>)
  /// The spelling of a value that is no string: digits, `true`, or the punctuation of a list or a
  /// dictionary that was put out as JSON or as Python writes it.
  case notation(FieldPath)
  /// Text of the template, or a string in it: these bytes of its source.
  case template(Range<Int>)
  /// What the template computed: a length, a date, a sum.
  case computed

  /// The path of the value, for characters that came from what the template was given.
  public var path: FieldPath? {
    switch self {
    case .field(let path, _), .key(let path, _), .notation(let path): path
    case .template, .computed: nil
    }
  }
}

/// A stretch of a rendered chat whose characters came from one place.
public struct TextStretch: Sendable, Hashable {
  /// Its UTF-8 bytes in the text.
  public var range: Range<Int>
  /// Where they came from.
  public var origin: TextOrigin
  /// The message whose turn of the template's loop over the messages put it out, if one did.
  public var message: Int?
}
