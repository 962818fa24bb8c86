/// The methods of Python's strings.
enum StringMethod: String {
  case capitalize
  case casefold
  case center
  case count
  case encode
  case endswith
  case expandtabs
  case find
  case format
  case formatMap = "format_map"
  case index
  case isalnum
  case isalpha
  case isascii
  case isdecimal
  case isdigit
  case isidentifier
  case islower
  case isnumeric
  case isprintable
  case isspace
  case istitle
  case isupper
  case join
  case ljust
  case lower
  case lstrip
  case maketrans
  case partition
  case removeprefix
  case removesuffix
  case replace
  case rfind
  case rindex
  case rjust
  case rpartition
  case rsplit
  case rstrip
  case split
  case splitlines
  case startswith
  case strip
  case swapcase
  case title
  case translate
  case upper
  case zfill
}

/// The methods of Python's dictionaries.
enum DictionaryMethod: String {
  case clear
  case copy
  case fromkeys
  case get
  case items
  case keys
  case pop
  case popitem
  case setdefault
  case update
  case values

  /// Whether it changes the dictionary, which the sandbox refuses.
  var changes: Bool {
    switch self {
    case .clear, .pop, .popitem, .setdefault, .update: true
    default: false
    }
  }
}

/// The methods of Python's lists; tuples have two of them.
enum ListMethod: String {
  case append
  case clear
  case copy
  case count
  case extend
  case index
  case insert
  case pop
  case remove
  case reverse
  case sort

  /// Whether it changes the list, which the sandbox refuses.
  var changes: Bool {
    switch self {
    case .copy, .count, .index: false
    default: true
    }
  }
}

extension Renderer {
  func call(
    _ method: DictionaryMethod, on dictionary: DictionaryValue, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    switch method {
    case .get:
      let values = try arguments.bound(to: ["", ""], required: 1, "get")
      return try dictionary.value(for: values[0] ?? .none) ?? values[1] ?? .none
    case .items, .keys, .values:
      try arguments.expectNone(method.rawValue)
      return .object(DictionaryView(dictionary, .init(rawValue: method.rawValue) ?? .items))
    case .copy:
      try arguments.expectNone("copy")
      return .dictionary(dictionary)
    case .fromkeys:
      let values = try arguments.bound(to: ["", ""], required: 1, "fromkeys")
      var entries: [(key: Value, value: Value)] = []
      for key in try items(values[0] ?? .none) { entries.append((key, values[1] ?? .none)) }
      return .dictionary(try DictionaryValue(entries))
    case .clear, .pop, .popitem, .setdefault, .update:
      throw .failed("“\(method.rawValue)” would change the dictionary")
    }
  }

  func call(
    _ method: ListMethod, on list: ListValue, _ arguments: CallValues, _ receiver: Value
  ) throws(TemplateFault) -> Value {
    switch method {
    case .copy:
      try arguments.expectNone("copy")
      return receiver
    case .count:
      let values = try arguments.bound(to: [""], required: 1, "count")
      var count = 0
      for item in list.items where try areEqual(item, values[0] ?? .none) {
        try spend()
        count += 1
      }
      return .integer(count)
    case .index:
      let values = try arguments.bound(to: ["", "", ""], required: 1, "index")
      let count = list.items.count
      func bound(_ value: Value?, _ fallback: Int) throws(TemplateFault) -> Int {
        guard let value else { return fallback }
        guard let number = value.wholeNumber else {
          throw .failed("slice indices must be integers or have an __index__ method")
        }
        return min(max(number < 0 ? number &+ count : number, 0), count)
      }
      let start = try bound(values[1], 0)
      let end = try bound(values[2], count)
      if start < end {
        for place in start..<end where try areEqual(list.items[place], values[0] ?? .none) {
          return .integer(place)
        }
      }
      throw .failed("the item is not in the list")
    default: throw .failed("“\(method.rawValue)” would change the list")
    }
  }
}
