/// What a SentencePiece `.model` file holds, as far as encoding and decoding go.
struct SentencePieceModel {
  /// A piece of the vocabulary.
  struct Piece {
    var text = ""
    var score: Float = 0
    var kind = Kind.normal
  }

  /// What a piece is, by its number in the file.
  enum Kind: Int {
    case normal = 1
    case unknown
    case control
    case userDefined
    case unused
    case byte
  }

  /// How text becomes pieces, by the number in the file.
  enum Algorithm: Int {
    case unigram = 1
    case bytePair
    case word
    case character
  }

  var pieces: [Piece] = []
  var algorithm = Algorithm.unigram
  var normalization = PieceNormalization()
  /// Whether `▁` goes after a word instead of before it.
  var marksEnds = false
  /// Whether characters without a piece become the pieces of their bytes.
  var fallsBackToBytes = false
  var beginningID = 1
  var endID = 2
  var paddingID = -1

  /// The id of the unknown piece.
  var unknownID: Int? { pieces.firstIndex { $0.kind == .unknown } }

  /// Reads a file.
  init(parsing bytes: UnsafeRawBufferPointer, path: String) throws(TokenizerError) {
    do throws(ProtobufReader.Fault) {
      try read(ProtobufReader(bytes))
    } catch {
      throw .damaged(path: path, offset: error.offset, reason: error.reason)
    }
    guard !pieces.isEmpty, pieces.count <= TokenTable.largestID else {
      throw .invalid(
        path: path, field: "pieces",
        reason: "must be from 1 to \(TokenTable.largestID), not \(pieces.count);"
          + " this is no SentencePiece model")
    }
    for (id, piece) in pieces.enumerated() {
      guard piece.score.isFinite, !piece.text.isEmpty,
        piece.text.utf8.count <= DerivedMerges.longestToken
      else {
        throw .invalid(
          path: path, field: "pieces[\(id)]",
          reason: "must have a finite score and a text of 1 to \(DerivedMerges.longestToken) bytes")
      }
    }
    guard pieces.count(where: { $0.kind == .unknown }) == 1 else {
      throw .invalid(path: path, field: "pieces", reason: "must hold one unknown piece")
    }
    if fallsBackToBytes {
      let texts = Set(pieces.lazy.filter { $0.kind == .byte }.map(\.text))
      for byte in UInt8.min...UInt8.max
      where !texts.contains(DescriptionModels.bytePiece(byte)) {
        throw .invalid(
          path: path, field: "pieces",
          reason: "must hold “\(DescriptionModels.bytePiece(byte))”, as byte_fallback is on")
      }
    }
  }

  private mutating func read(_ message: ProtobufReader) throws(ProtobufReader.Fault) {
    var message = message
    while let (number, value) = try message.next() {
      guard case .bytes(let part, let base) = value else { continue }
      switch number {
      case 1: pieces.append(try Self.piece(ProtobufReader(part, base: base)))
      case 2: try readTrainer(ProtobufReader(part, base: base))
      case 3: try readNormalizer(ProtobufReader(part, base: base))
      default: break
      }
    }
  }

  private static func piece(_ message: ProtobufReader) throws(ProtobufReader.Fault) -> Piece {
    var message = message
    var piece = Piece()
    while let (number, value) = try message.next() {
      switch (number, value) {
      case (1, .bytes(let text, let base)):
        guard let valid = String(validating: text, as: UTF8.self) else {
          throw ProtobufReader.Fault(offset: base, reason: "a piece is not UTF-8 text")
        }
        piece.text = valid
      case (2, .fixed32): piece.score = value.float ?? 0
      case (3, .varint(let kind)):
        guard let known = Int(exactly: kind).flatMap(Kind.init(rawValue:)) else {
          throw ProtobufReader.Fault(
            offset: message.base, reason: "a piece has the type \(kind); types go from 1 to 6")
        }
        piece.kind = known
      default: break
      }
    }
    return piece
  }

  private mutating func readTrainer(_ message: ProtobufReader) throws(ProtobufReader.Fault) {
    var message = message
    while let (number, value) = try message.next() {
      switch number {
      case 3:
        guard let known = value.integer.flatMap(Algorithm.init(rawValue:)) else {
          throw ProtobufReader.Fault(
            offset: message.base,
            reason: "the model type is \(value.integer ?? -1); types go from 1 to 4")
        }
        algorithm = known
      case 24: marksEnds = value.bool ?? marksEnds
      case 35: fallsBackToBytes = value.bool ?? fallsBackToBytes
      case 41: beginningID = value.integer ?? beginningID
      case 42: endID = value.integer ?? endID
      case 43: paddingID = value.integer ?? paddingID
      default: break
      }
    }
  }

  private mutating func readNormalizer(_ message: ProtobufReader) throws(ProtobufReader.Fault) {
    var message = message
    while let (number, value) = try message.next() {
      switch (number, value) {
      case (2, .bytes(let table, _)): normalization.table = table.isEmpty ? nil : Array(table)
      case (3, .varint): normalization.addsPrefix = value.bool ?? true
      case (4, .varint): normalization.removesExtraSpaces = value.bool ?? true
      case (5, .varint): normalization.escapesSpaces = value.bool ?? true
      default: break
      }
    }
  }
}
