import JSON

/// Draws training and validation loss over steps as an SVG picture.
struct LossCurve {
  private let training: [(Double, Double)]
  private let validation: [(Double, Double)]
  private let width = 720.0
  private let height = 400.0
  private let left = 56.0
  private let right = 16.0
  private let top = 28.0
  private let bottom = 40.0

  /// From the lines of a run's metrics.
  init(_ metrics: [JSONObject]) {
    func points(_ key: String) -> [(Double, Double)] {
      metrics.compactMap { line in
        guard let step = line["step"]?.double, let loss = line[key]?.double else { return nil }
        return (step, loss)
      }
    }
    training = points("loss")
    validation = points("validation_loss")
  }

  /// The picture; nil where there is nothing to draw.
  var svg: String? {
    let all = training + validation
    guard let last = all.map(\.0).max(), let low = all.map(\.1).min(),
      let high = all.map(\.1).max(), low.isFinite, high.isFinite
    else { return nil }
    let steps = max(last, 1)
    let span = max(high - low, 1e-6)
    func x(_ step: Double) -> Double { left + step / steps * (width - left - right) }
    func y(_ loss: Double) -> Double { top + (high - loss) / span * (height - top - bottom) }
    func path(_ points: [(Double, Double)]) -> String {
      points.map { "\(rounded(x($0.0))),\(rounded(y($0.1)))" }.joined(separator: " ")
    }
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(width)) \(Int(height))\" "
        + "font-family=\"sans-serif\" font-size=\"12\">",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
    ]
    for tick in 0...4 {
      let loss = low + span * Double(tick) / 4
      let step = steps * Double(tick) / 4
      lines.append(
        "<line x1=\"\(left)\" x2=\"\(width - right)\" y1=\"\(rounded(y(loss)))\" "
          + "y2=\"\(rounded(y(loss)))\" stroke=\"#ddd\"/>")
      lines.append(
        "<text x=\"\(left - 6)\" y=\"\(rounded(y(loss) + 4))\" text-anchor=\"end\">"
          + "\(rounded(loss))</text>")
      lines.append(
        "<text x=\"\(rounded(x(step)))\" y=\"\(height - bottom + 18)\" text-anchor=\"middle\">"
          + "\(Int(step))</text>")
    }
    lines.append(
      "<polyline fill=\"none\" stroke=\"#7aa6d8\" points=\"\(path(training))\"/>")
    lines.append(
      "<polyline fill=\"none\" stroke=\"#c0392b\" stroke-width=\"2\" points=\"\(path(validation))\"/>"
    )
    lines.append(
      "<text x=\"\(left)\" y=\"16\" fill=\"#7aa6d8\">training loss</text>"
        + "<text x=\"\(left + 100)\" y=\"16\" fill=\"#c0392b\">validation loss</text>"
        + "<text x=\"\(width - right)\" y=\"\(height - 6)\" text-anchor=\"end\">step</text></svg>")
    return lines.joined(separator: "\n") + "\n"
  }

  private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
