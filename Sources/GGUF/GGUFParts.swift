package import Files

/// A GGUF file, or the files into which one was split.
///
/// The parts of a split file are called `name-00001-of-00003.gguf` and so on, and say under
/// `split.no` and `split.count` which they are; the first has all other metadata.
package struct GGUFParts: Sendable {
  /// The parts in their order; a file that was not split is the only one.
  package let files: [GGUFFile]

  /// The part with the metadata.
  package var first: GGUFFile { files[0] }

  /// Opens the file at `path`, and if it is any part of a split file, all others beside it.
  package init(_ path: String) throws(GGUFPartsError) {
    let opened = try Self.open(path)
    guard let count = opened["split.count"]?.integer, count > 1 else {
      files = [opened]
      return
    }
    guard let name = Self.partName(path), name.count == count,
      opened["split.no"]?.integer == name.number - 1
    else {
      let number = opened["split.no"]?.integer.map { String($0 + 1) } ?? "one"
      throw .inconsistent(
        path: path,
        problems: [
          "its metadata says that it is part \(number) of \(count), but its name does not end with"
            + " the same numbers, as in “name-00001-of-00003.gguf”"
        ])
    }
    var files: [GGUFFile] = []
    var problems: [String] = []
    for number in 1...count {
      if number == name.number {
        files.append(opened)
        continue
      }
      let part = name.prefix + Self.partSuffix(number, of: count)
      do throws(GGUFPartsError) { files.append(try Self.open(part)) } catch {
        problems.append(error.description)
        // A name may speak of thousands of parts that are not there.
        if problems.count == 100 { break }
      }
    }
    if problems.isEmpty { problems = Self.contradictions(of: files) }
    guard problems.isEmpty else { throw .inconsistent(path: path, problems: problems) }
    self.files = files
  }

  private static func open(_ path: String) throws(GGUFPartsError) -> GGUFFile {
    let mapping: MappedFile
    do throws(FileError) { mapping = try MappedFile(path) } catch { throw .file(error) }
    do throws(GGUFError) { return try GGUFFile(mapping: mapping) } catch { throw .format(error) }
  }

  /// How files that are to be the parts of one, in this order, contradict each other.
  package static func contradictions(of files: [GGUFFile]) -> [String] {
    var problems: [String] = []
    var owners: [String: String] = [:]
    let total = files.reduce(0) { $0 + $1.tensors.count }
    for (index, file) in files.enumerated() {
      let name = lastName(of: file.path)
      if file["split.no"]?.integer != index {
        problems.append("“\(name)” does not say that it is part \(index + 1)")
      }
      if file["split.count"]?.integer != files.count {
        problems.append("“\(name)” does not say that there are \(files.count) parts")
      }
      if let expected = file["split.tensors.count"], expected.integer != total {
        problems.append(
          "“\(name)” says that all parts together have"
            + " \(expected.integer.map(String.init) ?? "other") tensors, and they have \(total)")
      }
      for tensor in file.tensors {
        if let owner = owners.updateValue(name, forKey: tensor.name) {
          problems.append("the tensor “\(tensor.name)” is in both “\(owner)” and “\(name)”")
        }
      }
    }
    return problems
  }

  /// What the name of a part says, if it is one.
  package static func partName(_ path: String) -> (prefix: String, number: Int, count: Int)? {
    let bytes = Array(path.utf8)
    guard bytes.count > 20, path.hasSuffix(".gguf") else { return nil }
    let tail = bytes.suffix(20)
    let digits = Array(tail.dropFirst(1).prefix(5)), others = Array(tail.dropFirst(10).prefix(5))
    guard let number = Self.number(digits), let count = Self.number(others),
      tail.elementsEqual(partSuffix(number, of: count).utf8), number >= 1, number <= count
    else { return nil }
    return (String(decoding: bytes.dropLast(20), as: UTF8.self), number, count)
  }

  private static func number(_ digits: [UInt8]) -> Int? {
    digits.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      ? digits.reduce(0) { 10 * $0 + Int($1 - UInt8(ascii: "0")) } : nil
  }

  /// How the name of a part ends.
  package static func partSuffix(_ number: Int, of count: Int) -> String {
    func fiveDigits(_ number: Int) -> String {
      let digits = String(number)
      return String(repeating: "0", count: max(0, 5 - digits.utf8.count)) + digits
    }
    return "-\(fiveDigits(number))-of-\(fiveDigits(count)).gguf"
  }
}

/// Why a GGUF file or its parts could not be opened.
package enum GGUFPartsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The system refused.
  case file(FileError)
  /// A file is not what it claims to be.
  case format(GGUFError)
  /// The parts are not those of one file; all that is wrong.
  case inconsistent(path: String, problems: [String])

  package var description: String {
    switch self {
    case .file(let error): error.description
    case .format(let error): error.description
    case .inconsistent(let path, let problems):
      "“\(path)” is a part of a split GGUF file that does not fit together: " + listed(problems)
    }
  }
}
