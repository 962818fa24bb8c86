/// The way to a value in what a template was given, such as `messages[2].content`.
public struct FieldPath: Sendable, Hashable, CustomStringConvertible {
  /// A step of the way.
  public enum Step: Sendable, Hashable {
    /// The value of a key; the first step is the name of the variable.
    case key(String)
    /// The element with a number, from 0.
    case index(Int)
  }

  /// The steps.
  public var steps: [Step]

  /// A path of some steps.
  public init(_ steps: [Step]) { self.steps = steps }

  /// The path as one writes it: `messages[1].tool_calls[0].function.name`.
  public var description: String {
    var text = ""
    for step in steps {
      switch step {
      case .index(let number): text += "[\(number)]"
      case .key(let name):
        let isPlain =
          !name.isEmpty
          && name.utf8.allSatisfy {
            $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == UInt8(ascii: "_") || $0 >= 0x80
          }
        if isPlain {
          text += (text.isEmpty ? "" : ".") + name
        } else {
          text += "[\"\(name)\"]"
        }
      }
    }
    return text
  }

  /// The number of the message that it leads into, nil for one that leads elsewhere.
  public var message: Int? {
    guard steps.count > 1, steps[0] == .key("messages"), case .index(let number) = steps[1] else {
      return nil
    }
    return number
  }
}
