import JSON
import Tensor
import Testing

/// Tensors as text, against `numpy.array2string`.
@Suite struct PrintingTests {
  @Test func agreesWithNumPy() throws {
    let rows = try #require(try fixture("Numpy/printed.json")["printed"]?.array)
    #expect(rows.count > 50)
    for row in rows {
      let row = try #require(row.object)
      let name = try #require(row["name"]?.string)
      let tensor = try tensor(of: row)
      #expect(tensor.description == row["array2string"]?.string, "\(name)")
      if tensor.rank == 2 {
        // The same elements in another order in memory.
        let turned = tensor.transposed().contiguous().transposed()
        #expect(turned.description == tensor.description, "\(name) transposed")
      }
    }
  }

  private func tensor(of row: JSONObject) throws -> Tensor {
    let shape = Shape(try #require(row["shape"]?.array).compactMap(\.integer))
    let dtype = try #require(DType.allCases.first { $0.description == row["dtype"]?.string })
    if dtype == .int64, let values = row["values"]?.array {
      return Tensor(try values.map { Int64(try #require($0.integer)) }, shape: shape)
    }
    var values: [Double]
    if let listed = row["values"]?.array {
      values = listed.map { $0.numpyNumber }
    } else {
      let rule: (Double) -> Double
      switch try #require(row["rule"]?.string) {
      case "i": rule = { $0 }
      case "i / 3": rule = { Double(Float($0) / 3) }
      case "i / 16": rule = { $0 / 16 }
      default: rule = { $0.truncatingRemainder(dividingBy: 2) == 0 ? 1 : 0 }
      }
      values = (0..<shape.elementCount).map { rule(Double($0)) }
    }
    // Through the narrowest type that holds the recorded number exactly.
    switch dtype {
    case .float16: return Tensor(values.map { Float16($0) }, shape: shape)
    case .float32: return Tensor(values.map { Float($0) }, shape: shape)
    case .bool: return Tensor(values.map { $0 != 0 }, shape: shape)
    default: return Tensor(values, shape: shape).cast(to: dtype)
    }
  }
}
