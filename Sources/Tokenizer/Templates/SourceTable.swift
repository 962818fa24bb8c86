/// The paths of all values that a template is given, by number.
struct SourceTable: Sendable {
  private var parents: [Int32] = []
  private var steps: [FieldPath.Step] = []
  /// The message that each value belongs to, −1 for none.
  private var messages: [Int32] = []
  /// The root variable of each value, by number.
  private var roots: [Int32] = []

  /// Adds a value; gives its number.
  mutating func add(_ step: FieldPath.Step, in parent: Int?) -> Int {
    let number = steps.count
    steps.append(step)
    parents.append(Int32(parent ?? -1))
    roots.append(parent.map { roots[$0] } ?? Int32(number))
    var message: Int32 = -1
    if let parent {
      message = messages[parent]
      if message < 0, parents[parent] < 0, steps[parent] == .key("messages"),
        case .index(let place) = step
      {
        message = Int32(truncatingIfNeeded: place)
      }
    }
    messages.append(message)
    return number
  }

  /// The path of a value.
  func path(_ number: Int) -> FieldPath {
    var path: [FieldPath.Step] = []
    var at = number
    while at >= 0 {
      path.append(steps[at])
      at = Int(parents[at])
    }
    return FieldPath(path.reversed())
  }

  /// The message that a value belongs to.
  func message(_ number: Int) -> Int? {
    messages[number] < 0 ? nil : Int(messages[number])
  }

  /// The key of a value directly in a message, or of the one directly in a message that holds it.
  func field(_ number: Int) -> String? {
    guard messages[number] >= 0 else { return nil }
    var at = number
    while parents[at] >= 0, depth(at) > 2 { at = Int(parents[at]) }
    guard depth(at) == 2, case .key(let name) = steps[at] else { return nil }
    return name
  }

  /// The name of the variable that a value is in.
  func root(_ number: Int) -> String {
    if case .key(let name) = steps[Int(roots[number])] { return name }
    return ""
  }

  private func depth(_ number: Int) -> Int {
    var depth = 0
    var at = Int(parents[number])
    while at >= 0 {
      depth += 1
      at = Int(parents[at])
    }
    return depth
  }
}
