import GGUF

/// Metadata of a GGUF file as it grows, each key once.
struct GGUFEntries {
  private(set) var entries: [(key: String, content: GGUFContent)] = []
  private var places: [String: Int] = [:]

  /// The value of a key; setting it again replaces it where it stands.
  subscript(key: String) -> GGUFContent? {
    get { places[key].map { entries[$0].content } }
    set {
      if let place = places[key] {
        if let newValue {
          entries[place].content = newValue
        } else {
          entries.remove(at: place)
          places = [:]
          for (place, entry) in entries.enumerated() { places[entry.key] = place }
        }
      } else if let newValue {
        places[key] = entries.count
        entries.append((key, newValue))
      }
    }
  }

  /// Adds what others say; where both do, theirs counts.
  mutating func merge(_ others: [(key: String, content: GGUFContent)]) {
    for (key, content) in others { self[key] = content }
  }
}
