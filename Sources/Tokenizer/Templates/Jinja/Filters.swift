/// The filters of jinja2, with `tojson` as transformers has it.
enum Filter: String {
  case abs
  case attr
  case batch
  case capitalize
  case center
  case count
  case d
  case `default`
  case dictsort
  case e
  case escape
  case filesizeformat
  case first
  case float
  case forceescape
  case format
  case groupby
  case indent
  case int
  case items
  case join
  case last
  case length
  case list
  case lower
  case map
  case max
  case min
  case pprint
  case random
  case reject
  case rejectattr
  case replace
  case reverse
  case round
  case safe
  case select
  case selectattr
  case slice
  case sort
  case string
  case striptags
  case sum
  case title
  case tojson
  case trim
  case truncate
  case unique
  case upper
  case urlencode
  case urlize
  case wordcount
  case wordwrap
  case xmlattr
}

extension Renderer {
  /// A value after a filter.
  func apply(
    _ filter: Filter, to value: Value, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    try spend()
    let name = filter.rawValue
    switch filter {
    case .default, .d:
      let values = try arguments.bound(to: ["default_value", "boolean"], name)
      let isMissing = value.isUndefined || ((values[1]?.isTrue ?? false) && !value.isTrue)
      return isMissing ? values[0] ?? .string(.empty) : value
    case .tojson: return .string(try json(value, arguments))
    case .trim:
      let values = try arguments.bound(to: ["chars"], name)
      let text = try shown(value)
      try spend(bytes: text.bytes.count)
      return .string(text.stripped(try characterSet(values[0], name)))
    case .length, .count:
      try arguments.expectNone(name)
      return .integer(try count(value))
    case .string:
      try arguments.expectNone(name)
      return .string(try shown(value))
    case .safe:
      try arguments.expectNone(name)
      return .string(try shown(value).marked(true))
    case .escape, .e:
      try arguments.expectNone(name)
      return .string(try escaped(try shown(value)))
    case .forceescape:
      try arguments.expectNone(name)
      return .string(try escaped(try shown(value).marked(false)))
    case .upper, .lower, .capitalize:
      try arguments.expectNone(name)
      guard let method = StringMethod(rawValue: name) else { return value }
      return .string(try recased(try shown(value), method))
    case .title:
      try arguments.expectNone(name)
      return .string(try titled(try shown(value)))
    case .replace:
      let values = try arguments.bound(to: ["old", "new", "count"], required: 2, name)
      let limit = values[2].map { $0.isNone } ?? true ? -1 : try integer(values[2], -1)
      return .string(
        try replaced(
          try shown(value).marked(false), try shown(values[0] ?? .none),
          try shown(values[1] ?? .none), limit: limit))
    case .items:
      try arguments.expectNone(name)
      if case .dictionary(let dictionary) = value { return try lazy(try dictionary.pairs()) }
      if value.isUndefined { return try lazy([]) }
      return try IteratorValue.failing(.failed("Can only get item pairs from a mapping."))
    case .attr:
      let values = try arguments.bound(to: ["name"], required: 1, name)
      let attributeName = try string(values[0])
      if case .dictionary = value {
        return try attributeOnly(AttributeName(attributeName), of: value)
      }
      return try attribute(AttributeName(attributeName), of: value)
    case .join, .first, .last, .list, .reverse, .batch, .slice, .dictsort, .sort, .unique, .min,
      .max, .groupby, .sum:
      return try applySequence(filter, to: value, arguments)
    case .map, .select, .reject, .selectattr, .rejectattr:
      return try applyLazily(filter, to: value, arguments)
    case .abs, .int, .float, .round, .filesizeformat:
      return try applyNumber(filter, to: value, arguments)
    case .format:
      guard arguments.named.isEmpty || arguments.positional.isEmpty else {
        throw .failed("cannot handle positional and keyword arguments at the same time")
      }
      let format = try shown(value)
      if arguments.named.isEmpty {
        return .string(try percentFormat(format, try .tuple(arguments.positional)))
      }
      let entries = arguments.named.map { (key: Value.string($0.name), value: $0.value) }
      return .string(try percentFormat(format, .dictionary(try DictionaryValue(entries))))
    case .indent, .truncate, .wordwrap, .wordcount, .center, .striptags, .xmlattr, .urlencode:
      return try applyText(filter, to: value, arguments)
    case .pprint:
      try arguments.expectNone(name)
      return .string(try prettyPrinted(value))
    case .random:
      throw .unsupported("“random” would make each rendering another one")
    case .urlize:
      throw .unsupported("“urlize” makes links for HTML pages, not for chats")
    }
  }

  /// An iterator over values that are known.
  func lazy(_ items: [Value], _ typeName: String = "generator") throws(TemplateFault) -> Value {
    var place = 0
    return .object(
      try IteratorValue(typeName, over: items) {
        guard place < items.count else { return nil }
        defer { place += 1 }
        return items[place]
      })
  }
}

extension IteratorValue {
  /// An iterator that fails when it is asked for its first item.
  static func failing(_ fault: TemplateFault) throws(TemplateFault) -> Value {
    .object(try IteratorValue { () throws(TemplateFault) -> Value? in throw fault })
  }
}
