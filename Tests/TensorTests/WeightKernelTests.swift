import CKernels
import Testing

/// Products with weight matrices in every format, beside the same products of the unpacked weights
/// in float64, at every instruction level the machine has.
@Suite(.serialized) struct WeightKernelTests {
  static let formats: [Int32] = (0..<Int32(apus_format_count.rawValue)).filter {
    apus_block_elements($0) > 0
  }

  /// Formats whose products with rounded activations are taken in whole numbers, and levels that do.
  static let countedFormats: [Int32] = [
    apus_format_q4_0, apus_format_q4_1, apus_format_q5_0, apus_format_q5_1, apus_format_q8_0,
    apus_format_iq4_nl, apus_format_mxfp4, apus_format_q2_k, apus_format_q3_k, apus_format_q4_k,
    apus_format_q5_k, apus_format_q6_k, apus_format_iq4_xs, apus_format_tq2_0,
  ].map { Int32($0.rawValue) }
  static let countingLevels = [apus_level_avx2, apus_level_avx512_vnni]
  /// The one product that is left to floats where there are 8-bit dot products.
  static func isLeftToFloats(_ format: Int32, _ name: String, _ activations: apus_activations)
    -> Bool
  {
    activations == apus_activations_int16 && format == Int32(apus_format_q8_0.rawValue)
      && name.hasPrefix("rows")
  }

  typealias Product =
    @Sendable (
      UnsafePointer<apus_projection>, Int32, UnsafePointer<Float>, Int64, Int64, apus_activations
    ) -> Void
  static let kinds: [(name: String, run: Product)] = [
    ("rows", { apus_project_rows($0, $1, $2, $3, $4, $5) }),
    ("panels", { apus_project_panels($0, $1, $2, $3, $4, $5) }),
  ]
  static let products = kinds.flatMap { kind in
    [apus_activations_float32, apus_activations_int16, apus_activations_int8].map {
      (name: "\(kind.name) \($0.rawValue)", activations: $0, run: kind.run)
    }
  }

  /// A sequence of bits that is the same on every run.
  struct Bits {
    var state: UInt64
    mutating func next() -> UInt32 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return UInt32(truncatingIfNeeded: state >> 32)
    }
    /// About normal, with variance 1.
    mutating func float() -> Float {
      (0..<12).reduce(-6) { sum, _ in sum + Float(next() >> 8) / Float(1 << 24) }
    }
  }

  /// A matrix of random blocks whose values are finite and not extreme, x and what y held before.
  ///
  /// The rows of each lie apart, with numbers between them that nothing may use or change.
  struct Problem {
    let format: Int32
    let rows: Int, columns: Int, m: Int
    let rowBytes: Int, xRow: Int, yRow: Int
    var weights: [UInt8] = []
    var unpacked: [Float] = []
    var x: [Float] = [], y: [Float] = [], bias: [Float] = []
    /// Σ W · x of each output, and the sum of the magnitudes of its terms.
    var sums: [Double] = [], magnitudes: [Double] = []

    init(_ format: Int32, rows: Int, columns: Int, m: Int) {
      (self.format, self.rows, self.columns, self.m) = (format, rows, columns, m)
      let elements = Int(apus_block_elements(format)), bytes = Int(apus_block_bytes(format))
      rowBytes = columns / elements * bytes + 6
      (xRow, yRow) = (columns + 3, rows + 5)
      var bits = Bits(state: 88_172_645_463_325_252 &+ UInt64(rows * 31 + columns * 7 + m))
      var values = [Float](repeating: 0, count: elements)
      for _ in 0..<rows {
        for _ in 0..<(columns / elements) {
          var block: [UInt8]
          repeat {
            block = (0..<bytes).map { _ in UInt8(truncatingIfNeeded: bits.next() >> 9) }
            apus_dequantize(&values, block, format, Int64(elements))
          } while !values.allSatisfy({ abs($0) < 100 }) || !values.contains { abs($0) > 1e-4 }
          weights += block
          unpacked += values
        }
        weights += [UInt8](repeating: 0xFF, count: 6)
      }
      x = (0..<(m * xRow)).map { $0 % xRow < columns ? bits.float() : .nan }
      y = (0..<(m * yRow)).map { _ in bits.float() }
      bias = (0..<rows).map { _ in bits.float() }
      for i in 0..<m {
        for r in 0..<rows {
          let (sum, magnitude) = exactProduct(row: r, of: i)
          sums.append(sum)
          magnitudes.append(magnitude)
        }
      }
    }

    /// The same with x rounded to whole numbers up to `most` times a scale for `block` columns; and
    /// with the sums of x that minima are multiplied with rounded to 16 bits, as in ggml's Q8_1.
    func rounded(to most: Float, by block: Int, roundingSums: Bool = false) -> Problem {
      var problem = self
      var changes = [Double](repeating: 0, count: m * rows)
      for i in 0..<m {
        for first in stride(from: i * xRow, to: i * xRow + columns, by: block) {
          let largest = x[first..<first + block].reduce(0) { max($0, abs($1)) }
          var scale = largest / most
          let exact = scale
          // ggml's Q8_0 keeps it in 16 bits.
          if most == 127 && block == 32 { scale = halved(scale) }
          for c in first..<first + block {
            problem.x[c] = (x[c] * (most / largest)).rounded(.toNearestOrEven) * scale
          }
          guard roundingSums else { continue }
          let total = problem.x[first..<first + block].reduce(0) { $0 + ($1 / scale).rounded() }
          let change = Double(halved(exact * total)) - Double(scale) * Double(total)
          for r in 0..<rows {
            changes[i * rows + r] += minimum(r, (first - i * xRow) / block) * change
          }
        }
      }
      (problem.sums, problem.magnitudes) = ([], [])
      for i in 0..<m {
        for r in 0..<rows {
          let (sum, magnitude) = problem.exactProduct(row: r, of: i)
          problem.sums.append(sum + changes[i * rows + r])
          problem.magnitudes.append(magnitude)
        }
      }
      return problem
    }

    /// What a block of a format with scales and minima has as minimum.
    private func minimum(_ row: Int, _ block: Int) -> Double {
      let at = row * rowBytes + block * Int(apus_block_bytes(format)) + 2
      var value: Float = 0
      apus_dequantize(&value, Array(weights[at..<at + 2]), Int32(apus_format_f16.rawValue), 1)
      return Double(value)
    }

    private func halved(_ value: Float) -> Float {
      var bytes = [UInt8](repeating: 0, count: 2)
      var result: Float = 0
      apus_quantize(&bytes, [value], Int32(apus_format_f16.rawValue), 1)
      apus_dequantize(&result, bytes, Int32(apus_format_f16.rawValue), 1)
      return result
    }

    private func exactProduct(row r: Int, of i: Int) -> (sum: Double, magnitude: Double) {
      unpacked.withUnsafeBufferPointer { unpacked in
        x.withUnsafeBufferPointer { x in
          var (sum, magnitude) = (0.0, 0.0)
          for c in 0..<columns {
            let term = Double(unpacked[r * columns + c]) * Double(x[i * xRow + c])
            sum += term
            magnitude += abs(term)
          }
          return (sum, magnitude)
        }
      }
    }

    /// What `product` makes of y with the rows of x from `first` on, in projections of the given
    /// numbers of rows.
    func run(
      _ product: Product, _ activations: apus_activations = apus_activations_float32,
      x range: Range<Int>, split: [Int], bias useBias: Bool, accumulate: Bool,
      into y: inout [Float]
    ) {
      weights.withUnsafeBytes { weights in
        bias.withUnsafeBufferPointer { bias in
          x.withUnsafeBufferPointer { x in
            y.withUnsafeMutableBufferPointer { y in
              guard let data = weights.baseAddress, let x = x.baseAddress, let y = y.baseAddress
              else { return }
              var list: [apus_projection] = []
              var row = 0
              for count in split {
                list.append(
                  apus_projection(
                    weight: apus_weight(
                      data: data + row * rowBytes, rows: Int64(count), columns: Int64(columns),
                      row_bytes: Int64(rowBytes), format: format),
                    y: y + range.lowerBound * yRow + row, y_row: Int64(yRow),
                    bias: useBias ? bias.baseAddress.map { $0 + row } : nil,
                    accumulate: accumulate))
                row += count
              }
              product(
                list, Int32(list.count), x + range.lowerBound * xRow, Int64(range.count),
                Int64(xRow), activations)
            }
          }
        }
      }
    }

    /// The worst error of `result`, as a part of the sum of all magnitudes; infinite where numbers
    /// beyond the rows were changed.
    func worstError(_ result: [Float], bias useBias: Bool, accumulate: Bool) -> Double {
      var worst = 0.0
      for i in 0..<m {
        for r in 0..<yRow {
          let got = result[i * yRow + r], before = Double(y[i * yRow + r])
          guard r < rows else {
            if got != y[i * yRow + r] { worst = .infinity }
            continue
          }
          let added = (useBias ? Double(bias[r]) : 0) + (accumulate ? before : 0)
          let sum = sums[i * rows + r] + added
          let size = magnitudes[i * rows + r] + abs(added) + (accumulate ? abs(before) : 0) + 1e-30
          let error = abs(Double(got) - sum) / size
          worst = max(worst, error.isNaN ? .infinity : error)
        }
      }
      return worst
    }
  }

  /// Widths that leave a rest in every vector for plain numbers, several blocks for the others.
  private func widths(_ format: Int32) -> [Int] {
    switch apus_block_elements(format) {
    case 1: [1, 7, 31, 64, 77, 200]
    case 32: [32, 96, 32 * 67]
    default: [256, 768]
    }
  }

  @Test(arguments: formats) func formatsAtEveryLevel(_ format: Int32) {
    #expect(apus_format_computes(format))
    for columns in widths(format) {
      for (rows, m) in [(1, 1), (2, 3), (5, 4), (17, 9), (37, 1), (33, 16)] {
        let problem = Problem(format, rows: rows, columns: columns, m: m)
        ElementwiseKernelTests.atEveryLevel { level in
          for (name, product) in Self.kinds {
            for (bias, accumulate) in [(false, false), (true, true), (true, false)] {
              var y = problem.y
              problem.run(
                product, x: 0..<m, split: [rows / 3, rows - rows / 3], bias: bias,
                accumulate: accumulate, into: &y)
              let error = problem.worstError(y, bias: bias, accumulate: accumulate)
              #expect(error < 1e-6, "\(name), \(level), \(rows) × \(columns), m \(m)")
            }
          }
        }
      }
    }
  }

  /// Rounded activations give the product of what they were rounded to.
  ///
  /// The roundings to 8 bits are those of ggml's Q8_0, Q8_1 and Q8_K. Panels of floats add minima to
  /// weights, so they do without the rounded sums of Q8_1.
  @Test(arguments: formats.filter { apus_block_elements($0) > 1 })
  func roundedActivations(_ format: Int32) {
    let block = Int(apus_block_elements(format))
    let roundsSums = [apus_format_q4_1, apus_format_q5_1].contains { Int32($0.rawValue) == format }
    for columns in widths(format) {
      for (rows, m) in [(1, 1), (5, 4), (17, 9), (37, 1), (33, 16), (70, 13)] {
        let problem = Problem(format, rows: rows, columns: columns, m: m)
        let in8 = problem.rounded(to: 127, by: block)
        let inSums = roundsSums ? problem.rounded(to: 127, by: block, roundingSums: true) : in8
        let in16 = problem.rounded(to: 127 * 257, by: 32)
        ElementwiseKernelTests.atEveryLevel { level in
          for (name, product) in Self.kinds {
            func error(_ activations: apus_activations, _ expected: Problem) -> Double {
              var y = problem.y
              problem.run(
                product, activations, x: 0..<m, split: [rows / 3, rows - rows / 3], bias: true,
                accumulate: true, into: &y)
              return expected.worstError(y, bias: true, accumulate: true)
            }
            let place = "\(name), \(level), \(rows) × \(columns), m \(m)"
            let rounding = min(
              error(apus_activations_int8, inSums),
              name == "panels" ? error(apus_activations_int8, in8) : .infinity)
            #expect(rounding < 1e-6, "\(place)")
            // Where whole numbers are no faster, nothing is rounded to 16 bits.
            let isExact =
              !Self.countedFormats.contains(format) || !Self.countingLevels.contains(level)
              || level == apus_level_avx512_vnni
                && Self.isLeftToFloats(format, name, apus_activations_int16)
            let least = error(apus_activations_int16, isExact ? problem : in16)
            #expect(least < 1e-6, "\(place)")
            #expect(error(apus_activations_int16, problem) < 3e-5, "\(place)")
          }
        }
      }
    }
  }

  /// Products of whole numbers are the same at every level that takes them, bit for bit.
  @Test(arguments: countedFormats) func levelsAgreeOnWholeNumbers(_ format: Int32) {
    let before = apus_current_level()
    defer { _ = apus_set_level(before) }
    for columns in widths(format) + [2304] {
      for (rows, m) in [(1, 1), (5, 4), (17, 9), (37, 1), (70, 13)] {
        let problem = Problem(format, rows: rows, columns: columns, m: m)
        for (name, activations, product) in Self.products
        where activations != apus_activations_float32
          && !Self.isLeftToFloats(format, name, activations)
        {
          let results = Self.countingLevels.filter { apus_set_level($0) }.map { level in
            _ = apus_set_level(level)
            var y = problem.y
            problem.run(
              product, activations, x: 0..<m, split: [rows / 3, rows - rows / 3], bias: true,
              accumulate: true, into: &y)
            return y.map(\.bitPattern)
          }
          #expect(
            results.allSatisfy { $0 == results[0] }, "\(name), \(rows) × \(columns), m \(m)")
        }
      }
    }
  }

  /// Matrices in several formats, which ask for several roundings of x, give in one call what each
  /// gives alone.
  @Test(arguments: [3, 20]) func formatsMayDifferInOneCall(_ m: Int) {
    let formats = [
      apus_format_q4_k, apus_format_f32, apus_format_q6_k, apus_format_q4_1, apus_format_q8_0,
      apus_format_tq1_0,
    ]
    let problems = formats.map { Problem(Int32($0.rawValue), rows: 37, columns: 512, m: m) }
    let x = problems[0].x, (xRow, yRow) = (problems[0].xRow, problems[0].yRow)
    ElementwiseKernelTests.atEveryLevel { level in
      for (name, activations, product) in Self.products {
        var together = [[Float]](repeating: [Float](repeating: 0, count: m * yRow), count: 6)
        var alone = together
        func call(_ numbers: Range<Int>, into results: inout [[Float]]) {
          let copies = numbers.map { number in
            let copy = UnsafeMutableRawBufferPointer.allocate(
              byteCount: problems[number].weights.count, alignment: 64)
            copy.copyBytes(from: problems[number].weights)
            return copy
          }
          defer { for copy in copies { copy.deallocate() } }
          let targets = numbers.map { number in
            let target = UnsafeMutablePointer<Float>.allocate(capacity: m * yRow)
            target.initialize(repeating: 0, count: m * yRow)
            return (number, target)
          }
          let list = zip(targets, copies).map { place, copy in
            apus_projection(
              weight: apus_weight(
                data: copy.baseAddress, rows: 37, columns: 512,
                row_bytes: Int64(problems[place.0].rowBytes), format: problems[place.0].format),
              y: place.1, y_row: Int64(yRow), bias: nil, accumulate: false)
          }
          product(list, Int32(list.count), x, Int64(m), Int64(xRow), activations)
          for (number, target) in targets {
            results[number] = Array(UnsafeBufferPointer(start: target, count: m * yRow))
            target.deallocate()
          }
        }
        call(0..<6, into: &together)
        for number in 0..<6 { call(number..<number + 1, into: &alone) }
        #expect(together.contains { $0.contains { $0 != 0 } })
        for number in 0..<6 {
          #expect(
            together[number].map(\.bitPattern) == alone[number].map(\.bitPattern),
            "\(name), \(level), \(formats[number])")
        }
      }
    }
  }

  /// Neither the number of threads, nor the rows of x beside a row, nor the matrices beside a
  /// matrix change a bit.
  @Test(arguments: formats) func resultsDoNotDependOnCompany(_ format: Int32) {
    defer { apus_set_threads(0) }
    let (rows, m) = (203, 7), columns = widths(format).max() ?? 256
    let problem = Problem(format, rows: rows, columns: columns, m: m)
    ElementwiseKernelTests.atEveryLevel { level in
      for (name, activations, product) in Self.products {
        var together = problem.y, alone = problem.y, pairs = problem.y
        apus_set_threads(2)
        problem.run(
          product, activations, x: 0..<m, split: [rows], bias: true, accumulate: true,
          into: &together)
        apus_set_threads(1)
        for i in 0..<m {
          problem.run(
            product, activations, x: i..<(i + 1), split: [1, 98, 104], bias: true, accumulate: true,
            into: &alone)
        }
        apus_set_threads(3)
        for range in [0..<2, 2..<7] {
          problem.run(
            product, activations, x: range, split: [101, 102], bias: true, accumulate: true,
            into: &pairs)
        }
        let bits = together.map(\.bitPattern)
        #expect(bits == alone.map(\.bitPattern), "\(name), \(level), one at a time")
        #expect(bits == pairs.map(\.bitPattern), "\(name), \(level), in groups")
      }
    }
  }

  @Test func unknownFormatsAreNotComputed() {
    for format: Int32 in [-1, 4, 5, 9, 15, 24, 28, 31, 36, 40, 1000] {
      #expect(!apus_format_computes(format))
    }
  }
}
