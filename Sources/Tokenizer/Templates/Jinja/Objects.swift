/// A value of a kind that only templates make, such as an iterator, a namespace or a macro.
class ObjectValue {
  /// The name of its type in Python.
  var typeName: String { "object" }

  /// What printing it shows.
  var shown: String { "<\(typeName) object>" }

  /// How deeply it is nested.
  var depth: Int { 1 }

  /// Whether Python takes it for true.
  var isTrue: Bool { true }

  /// The number of its items, if it has one.
  var length: Int? { nil }
}

/// Python's `range`.
final class RangeValue: ObjectValue {
  let start: Int
  let step: Int
  let count: Int

  init(start: Int, step: Int, count: Int) {
    self.start = start
    self.step = step
    self.count = count
  }

  override var typeName: String { "range" }
  override var length: Int? { count }
  override var isTrue: Bool { count > 0 }

  subscript(_ position: Int) -> Int { start &+ position &* step }
}

/// An iterator, such as the filters `map` and `select` give: its items can be had once.
final class IteratorValue: ObjectValue {
  private let advance: () throws(TemplateFault) -> Value?
  private let name: String
  private let nesting: Int
  private var isDone = false
  private var isRunning = false

  init(
    _ name: String = "generator", over values: [Value] = [],
    _ advance: @escaping () throws(TemplateFault) -> Value?
  ) throws(TemplateFault) {
    self.name = name
    self.advance = advance
    nesting = try nestingDepth(values)
  }

  override var typeName: String { name }
  override var depth: Int { nesting }

  /// The next item.
  func next() throws(TemplateFault) -> Value? {
    if isDone { return nil }
    guard !isRunning else { throw .failed("generator already executing") }
    isRunning = true
    defer { isRunning = false }
    do {
      if let value = try advance() { return value }
    } catch {
      isDone = true
      throw error
    }
    isDone = true
    return nil
  }
}

/// The keys, values or items of a dictionary as Python's views show them.
final class DictionaryView: ObjectValue {
  enum Part: String {
    case keys
    case values
    case items
  }

  let dictionary: DictionaryValue
  let part: Part

  init(_ dictionary: DictionaryValue, _ part: Part) {
    self.dictionary = dictionary
    self.part = part
  }

  override var typeName: String { "dict_\(part.rawValue)" }
  override var depth: Int { dictionary.depth }
  override var length: Int? { dictionary.keys.count }
  override var isTrue: Bool { !dictionary.keys.isEmpty }

  func items() throws(TemplateFault) -> [Value] {
    switch part {
    case .keys: dictionary.keys
    case .values: dictionary.values
    case .items: try dictionary.pairs()
    }
  }
}

/// `namespace(…)`: the one value that a template can change.
final class NamespaceValue: ObjectValue {
  private(set) var names: [Text] = []
  private(set) var values: [Value] = []

  override var typeName: String { "Namespace" }

  subscript(name: [UInt8]) -> Value? { position(name).map { values[$0] } }

  func set(_ name: Text, _ value: Value) {
    if let position = position(name.bytes) {
      values[position] = value
    } else {
      names.append(name)
      values.append(value)
    }
  }

  /// Lets go of everything, so that what refers to itself is freed.
  func clear() {
    names = []
    values = []
  }

  private func position(_ name: [UInt8]) -> Int? { names.firstIndex { $0.bytes == name } }
}

/// `cycler(…)`.
final class CyclerValue: ObjectValue {
  let items: ListValue
  var position = 0

  init(_ items: ListValue) { self.items = items }

  override var typeName: String { "Cycler" }
  override var depth: Int { items.depth }
  var current: Value { items.items[position] }
}

/// `joiner(…)`.
final class JoinerValue: ObjectValue {
  let separator: Value
  var isUsed = false

  init(_ separator: Value) { self.separator = separator }

  override var typeName: String { "Joiner" }
}

/// The variable `self`, which has the blocks of templates that others inherit from: none here.
final class SelfValue: ObjectValue {
  override var typeName: String { "TemplateReference" }
  override var shown: String { "<TemplateReference None>" }
}

/// A function of the environment, such as `range`.
final class FunctionValue: ObjectValue {
  enum Function: String {
    case range
    case dict
    case namespace
    case cycler
    case joiner
    case lipsum
    case raiseException = "raise_exception"
    case strftimeNow = "strftime_now"
  }

  let function: Function

  init(_ function: Function) { self.function = function }

  override var typeName: String { "function" }
}

/// A method of a value, before it is called.
final class MethodValue: ObjectValue {
  let receiver: Value
  let name: String

  init(_ receiver: Value, _ name: String) {
    self.receiver = receiver
    self.name = name
  }

  override var typeName: String { "builtin_function_or_method" }
  override var depth: Int { receiver.depth }
  override var shown: String { "<built-in method \(name) of \(receiver.typeName) object>" }
}

/// A macro, or the body of a call block.
final class MacroValue: ObjectValue {
  let definition: MacroDefinition
  let scope: Activation

  init(_ definition: MacroDefinition, _ scope: Activation) {
    self.definition = definition
    self.scope = scope
  }

  override var typeName: String { "Macro" }
  override var shown: String {
    definition.name.map { "<Macro '\($0)'>" } ?? "<Macro anonymous>"
  }
}

/// The variables of one run of a function of the template: the whole of it, a macro, a loop's filter.
final class Activation {
  /// The variables; nil for those that are not set.
  var slots: [Value?]
  let parent: Activation?
  /// Whether the renderer frees the variables at the end.
  var isKept = false

  init(count: Int, parent: Activation?) {
    slots = [Value?](repeating: nil, count: count)
    self.parent = parent
  }
}
