/// The arguments of a call.
struct CallValues {
  var positional: [Value] = []
  var named: [(name: Text, value: Value)] = []

  init(_ positional: Value...) { self.positional = positional }

  /// Puts the arguments in the order of a function's parameters; nil where none is given.
  ///
  /// - Parameters:
  ///   - names: the parameters' names; an empty one takes no argument by name.
  ///   - required: how many of them must be given.
  ///   - function: what errors call the function.
  func bound(
    to names: [StaticString], required: Int = 0, _ function: String
  ) throws(TemplateFault) -> [Value?] {
    guard positional.count <= names.count else {
      throw .failed(
        "\(function) takes at most \(names.count) arguments, \(positional.count) were given")
    }
    var values = [Value?](repeating: nil, count: names.count)
    for (place, value) in positional.enumerated() { values[place] = value }
    for (name, value) in named {
      guard let place = names.firstIndex(where: { $0.utf8CodeUnitCount > 0 && name.equals($0) })
      else { throw .failed("\(function) has no argument “\(name.string)”") }
      guard values[place] == nil else {
        throw .failed("\(function) got two values for the argument “\(name.string)”")
      }
      values[place] = value
    }
    for place in 0..<required where values[place] == nil {
      throw .failed("\(function) needs the argument “\(names[place])”")
    }
    return values
  }

  /// Refuses arguments for a function that takes none.
  func expectNone(_ function: String) throws(TemplateFault) {
    _ = try bound(to: [], function)
  }
}
