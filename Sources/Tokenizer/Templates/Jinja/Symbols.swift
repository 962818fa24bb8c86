/// The names of one scope and where their values come from, as jinja2 tells them apart.
///
/// A name that a scope assigns to is a variable of its own there. When the scope is entered it gets
/// the value of the same name further out, if that scope mentions the name, and otherwise nothing:
/// variables passed by the caller are looked up only by names that are read before they are set.
final class Symbols {
  enum Origin {
    case parameter
    case resolve(String)
    case copy(of: String)
    case unset
  }

  let level: Int
  let parent: Symbols?
  /// The variable of each name.
  private(set) var references: [String: String] = [:]
  /// The variables in the order in which they are first mentioned.
  private(set) var loads: [(variable: String, origin: Origin)] = []
  private var places: [String: Int] = [:]
  private(set) var stores: Set<String> = []

  init(parent: Symbols?) {
    self.parent = parent
    level = parent.map { $0.level + 1 } ?? 0
  }

  private init(copyOf other: Symbols) {
    level = other.level
    parent = other.parent
    references = other.references
    loads = other.loads
    places = other.places
    stores = other.stores
  }

  /// The same names, to be changed on their own.
  func copy() -> Symbols { Symbols(copyOf: self) }

  /// The variable that a name stands for, in this scope or further out.
  func variable(of name: String) -> String? {
    references[name] ?? parent?.variable(of: name)
  }

  /// Notes that a name is read.
  func load(_ name: String) {
    if variable(of: name) == nil { define(name, .resolve(name)) }
  }

  /// Notes that a name is assigned to.
  func store(_ name: String) {
    stores.insert(name)
    guard references[name] == nil else { return }
    if let outer = parent?.variable(of: name) {
      define(name, .copy(of: outer))
    } else {
      define(name, .unset)
    }
  }

  /// Notes that a name is set by a loop or a call; gives its variable.
  @discardableResult
  func declareParameter(_ name: String) -> String {
    stores.insert(name)
    return define(name, .parameter)
  }

  /// Takes over what the branches of an `if` mention.
  func merge(_ branches: [Symbols]) {
    var stored: Set<String> = []
    for branch in branches { stored.formUnion(branch.stores) }
    stored.subtract(stores)
    for branch in branches {
      references.merge(branch.references) { $1 }
      for load in branch.loads { set(load.variable, load.origin) }
      stores.formUnion(branch.stores)
    }
    for name in stored {
      guard let variable = variable(of: name) else { continue }
      if let outer = parent?.variable(of: name) {
        set(variable, .copy(of: outer))
      } else {
        set(variable, .resolve(name))
      }
    }
  }

  @discardableResult
  private func define(_ name: String, _ origin: Origin) -> String {
    let variable = "\(level) \(name)"
    references[name] = variable
    set(variable, origin)
    return variable
  }

  private func set(_ variable: String, _ origin: Origin) {
    if let place = places[variable] {
      loads[place].origin = origin
    } else {
      places[variable] = loads.count
      loads.append((variable, origin))
    }
  }
}
