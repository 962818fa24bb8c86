import JSON

/// How encodings that are too short are filled up: the `padding` of a tokenizer.json.
public struct Padding: Sendable, Equatable {
  /// The token that fills.
  public var id: TokenID
  /// The token's text.
  public var token: String
  /// The token type of what fills.
  public var typeID: Int32
  /// The number of tokens to fill up to; nil for that of the longest in a batch.
  public var length: Int?
  /// If not nil, lengths are rounded up to a multiple of this.
  public var multiple: Int?
  /// At which end encodings are filled up.
  public var direction: Direction

  /// Makes a padding.
  public init(
    id: TokenID, token: String, typeID: Int32 = 0, length: Int? = nil, multiple: Int? = nil,
    direction: Direction = .right
  ) {
    self.id = id
    self.token = token
    self.typeID = typeID
    self.length = length
    self.multiple = multiple
    self.direction = direction
  }

  /// Reads the `padding` of a tokenizer.json; nil if there is none.
  static func read(_ json: JSONValue, path: String) throws(TokenizerError) -> Padding? {
    if json.isNull { return nil }
    guard let object = json.object else {
      throw .invalid(path: path, field: "padding", reason: "must be an object or null")
    }
    let reader = FieldReader(object, name: "padding", path: path)
    func count(_ value: JSONValue?, _ field: String) throws(TokenizerError) -> Int? {
      guard let value, !value.isNull else { return nil }
      guard let count = value.integer, count >= 0, count <= TokenTable.largestID else {
        throw reader.wrong(field, "must be an integer from 0 to \(TokenTable.largestID)")
      }
      return count
    }
    var length: Int?
    if let strategy = object["strategy"]?.object {
      guard let fixed = strategy["Fixed"], !fixed.isNull else {
        throw reader.wrong("strategy", "must be “BatchLongest” or {\"Fixed\": a number of tokens}")
      }
      length = try count(fixed, "strategy.Fixed")
    } else if object["strategy"]?.string != "BatchLongest" {
      throw reader.wrong("strategy", "must be “BatchLongest” or {\"Fixed\": a number of tokens}")
    }
    guard let id = try count(object["pad_id"], "pad_id"),
      let typeID = try count(object["pad_type_id"], "pad_type_id")
    else { throw reader.wrong("pad_id", "and pad_type_id must be integers") }
    return Padding(
      id: TokenID(id), token: try reader.string("pad_token"), typeID: Int32(typeID),
      length: length, multiple: try count(object["pad_to_multiple_of"], "pad_to_multiple_of"),
      direction: try reader.choice("direction"))
  }

  var json: JSONValue {
    [
      "strategy": length.map { ["Fixed": .integer(Int64($0))] } ?? "BatchLongest",
      "direction": .string(direction.rawValue),
      "pad_to_multiple_of": multiple.map { .integer(Int64($0)) } ?? .null,
      "pad_id": .integer(Int64(id)),
      "pad_type_id": .integer(Int64(typeID)),
      "pad_token": .string(token),
    ]
  }

  /// The length to fill up to if the longest encoding has `longest` tokens.
  func length(forLongest longest: Int) -> Int {
    let wanted = length ?? longest
    guard let multiple, multiple > 0, wanted % multiple > 0 else { return wanted }
    return wanted + multiple - wanted % multiple
  }
}
