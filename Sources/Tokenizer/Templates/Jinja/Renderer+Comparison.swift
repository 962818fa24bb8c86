extension Renderer {
  /// A comparison of two values, as in Python.
  func compare(
    _ left: Value, _ comparison: Comparison, _ right: Value
  ) throws(TemplateFault) -> Bool {
    switch comparison {
    case .equal: try areEqual(left, right)
    case .notEqual: try !areEqual(left, right)
    case .less: try isLess(left, right, "<")
    case .greater: try isLess(right, left, ">")
    case .lessOrEqual: try isLessOrEqual(left, right, "<=")
    case .greaterOrEqual: try isLessOrEqual(right, left, ">=")
    case .contained: try contains(right, left)
    case .notContained: try !contains(right, left)
    }
  }

  /// `left == right`.
  func areEqual(_ left: Value, _ right: Value) throws(TemplateFault) -> Bool {
    switch (left, right) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.string(let a), .string(let b)):
      try spend(bytes: min(a.bytes.count, b.bytes.count))
      return a.equals(b)
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)):
      return try haveEqualItems(a.items, b.items)
    case (.dictionary(let a), .dictionary(let b)):
      if a === b { return true }
      guard a.keys.count == b.keys.count else { return false }
      try descend()
      defer { ascend() }
      for (position, key) in a.keys.enumerated() {
        try spend()
        guard let other = try b.value(for: key), try areEqual(a.values[position], other) else {
          return false
        }
      }
      return true
    case (.object(let a), .object(let b)):
      if a === b { return true }
      if let a = a as? RangeValue, let b = b as? RangeValue {
        return a.count == b.count
          && (a.count == 0 || (a.start == b.start && (a.count == 1 || a.step == b.step)))
      }
      if let a = a as? DictionaryView, let b = b as? DictionaryView, a.part != .values,
        b.part != .values
      {
        guard a.length == b.length else { return false }
        for item in try a.items() {
          guard try contains(try b.items(), item) else { return false }
        }
        return true
      }
      return false
    default:
      if let a = left.wholeNumber, let b = right.wholeNumber { return a == b }
      if case .float(let a, _) = left, let b = right.wholeNumber { return isEqual(a, b) }
      if case .float(let b, _) = right, let a = left.wholeNumber { return isEqual(b, a) }
      if let a = left.number, let b = right.number { return a == b }
      return false
    }
  }

  private func isEqual(_ a: Double, _ b: Int) -> Bool { Int(exactly: a) == b }

  private func haveEqualItems(_ a: [Value], _ b: [Value]) throws(TemplateFault) -> Bool {
    guard a.count == b.count else { return false }
    try descend()
    defer { ascend() }
    for (x, y) in zip(a, b) {
      try spend()
      guard try isSame(x, y) else { return false }
    }
    return true
  }

  /// Whether two items of a container are the same: identical or equal.
  private func isSame(_ a: Value, _ b: Value) throws(TemplateFault) -> Bool {
    if case .object(let a) = a, case .object(let b) = b, a === b { return true }
    return try areEqual(a, b)
  }

  private func contains(_ items: [Value], _ item: Value) throws(TemplateFault) -> Bool {
    for other in items {
      try spend()
      if try isSame(other, item) { return true }
    }
    return false
  }

  /// `item in container`.
  func contains(_ container: Value, _ item: Value) throws(TemplateFault) -> Bool {
    switch container {
    case .string(let text):
      guard case .string(let part) = item else {
        throw .failed("“in <string>” requires string as left operand, not \(item.typeName)")
      }
      try spend(bytes: text.bytes.count)
      return find(part.bytes, in: text.bytes, from: 0, to: text.bytes.count) != nil
    case .list(let list), .tuple(let list): return try contains(list.items, item)
    case .dictionary(let dictionary): return try dictionary.value(for: item) != nil
    case .object(let object):
      if let range = object as? RangeValue {
        guard let number = item.number, let whole = Int(exactly: number), range.count > 0 else {
          return false
        }
        let (distance, overflow) = whole.subtractingReportingOverflow(range.start)
        return !overflow && distance % range.step == 0 && distance / range.step >= 0
          && distance / range.step < range.count
      }
      if let view = object as? DictionaryView, view.part == .keys {
        return try view.dictionary.value(for: item) != nil
      }
      let next = try iterate(container)
      while let other = try next() {
        try spend()
        if try isSame(other, item) { return true }
      }
      return false
    case .undefined: return false
    default: throw .failed("argument of type “\(container.typeName)” is not iterable")
    }
  }

  /// `left < right`; `shown` is the operator that errors name.
  func isLess(_ left: Value, _ right: Value, _ shown: String = "<") throws(TemplateFault) -> Bool {
    if case .undefined(let undefined) = left { throw undefined.fault }
    if case .undefined(let undefined) = right { throw undefined.fault }
    if case .string(let a) = left, case .string(let b) = right {
      try spend(bytes: min(a.bytes.count, b.bytes.count))
      return a.bytes.lexicographicallyPrecedes(b.bytes)
    }
    if let a = left.wholeNumber, let b = right.wholeNumber { return a < b }
    if let a = left.number, let b = right.number { return a < b }
    if let place = try firstDifference(left, right) {
      guard let a = place.left, let b = place.right else { return place.left == nil }
      return try isLess(a, b, shown)
    }
    if haveOrderedItems(left, right) { return false }
    throw notOrdered(left, right, shown)
  }

  /// `left <= right`.
  private func isLessOrEqual(
    _ left: Value, _ right: Value, _ shown: String
  ) throws(TemplateFault) -> Bool {
    if let a = left.number, let b = right.number { return a <= b }
    if case .string = left, case .string = right { return try !isLess(right, left, shown) }
    if haveOrderedItems(left, right) {
      guard let place = try firstDifference(left, right) else { return true }
      guard let a = place.left, let b = place.right else { return place.left == nil }
      return try isLessOrEqual(a, b, shown)
    }
    return try isLess(left, right, shown)
  }

  private func haveOrderedItems(_ left: Value, _ right: Value) -> Bool {
    switch (left, right) {
    case (.list, .list), (.tuple, .tuple): true
    default: false
    }
  }

  /// The first items in which two lists or two tuples differ; nil for one that has no more.
  private func firstDifference(
    _ left: Value, _ right: Value
  ) throws(TemplateFault) -> (left: Value?, right: Value?)? {
    guard haveOrderedItems(left, right), let a = left.sequence?.items, let b = right.sequence?.items
    else { return nil }
    try descend()
    defer { ascend() }
    for (x, y) in zip(a, b) {
      try spend()
      if try !isSame(x, y) { return (x, y) }
    }
    if a.count == b.count { return nil }
    return a.count < b.count ? (nil, b[a.count]) : (a[b.count], nil)
  }

  private func notOrdered(_ left: Value, _ right: Value, _ shown: String) -> TemplateFault {
    .failed("“\(shown)” is not supported between “\(left.typeName)” and “\(right.typeName)”")
  }

  /// The items in order, by `<` on their keys; equal ones stay as they are.
  func sorted(
    _ items: [(key: Value, value: Value)], descending: Bool
  ) throws(TemplateFault) -> [Value] {
    var items = items
    var width = 1
    // Merging bottom up: stable, and a comparison may throw.
    while width < items.count {
      var merged: [(key: Value, value: Value)] = []
      merged.reserveCapacity(items.count)
      for start in stride(from: 0, to: items.count, by: 2 * width) {
        var (left, right) = (start, min(start + width, items.count))
        let (leftEnd, rightEnd) = (right, min(start + 2 * width, items.count))
        while left < leftEnd, right < rightEnd {
          try spend()
          let takesRight =
            descending
            ? try isLess(items[left].key, items[right].key)
            : try isLess(items[right].key, items[left].key)
          merged.append(takesRight ? items[right] : items[left])
          if takesRight { right += 1 } else { left += 1 }
        }
        merged += items[left..<leftEnd]
        merged += items[right..<rightEnd]
      }
      items = merged
      width *= 2
    }
    return items.map(\.value)
  }
}
