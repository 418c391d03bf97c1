import IngotEncodings
import Testing

@testable import ingot

/// Errors by their size, drawn.
@Suite struct HistogramReportTests {
  private func report(_ reference: [Float], _ errors: [Float]) -> HistogramReport {
    let other = zip(reference, errors).map { $0 + $1 }
    var levels = ErrorLevels()
    levels.add(reference: reference.span, other: other.span)
    return HistogramReport(
      ErrorHistogram(levels, ErrorMeasure(reference: reference.span, other: other.span)))
  }

  @Test func barsAreAsLongAsTheirShare() {
    #expect(HistogramReport.bar(8, of: 8, length: 10) == "██████████")
    #expect(HistogramReport.bar(4, of: 8, length: 10) == "█████")
    #expect(HistogramReport.bar(1, of: 16, length: 10) == "▋")
    #expect(HistogramReport.bar(1, of: 1_000_000, length: 10) == "▏")
    #expect(HistogramReport.bar(0, of: 8, length: 10) == "")
    #expect(HistogramReport.bar(0, of: 0, length: 10) == "")
  }

  @Test func everyValueIsInOneLine() {
    // Errors of 1 to 2^-22: more levels than lines.
    let errors: [Float] = (0..<4096).map { index in
      index == 0 ? 0 : Float(sign: .plus, exponent: -(index.trailingZeroBitCount * 2), significand: 1)
    }
    let report = report([Float](repeating: 1, count: 4096), errors)
    let lines = report.lines(width: 80)
    #expect(lines.count < 32 && lines.allSatisfy { $0.count <= 80 }, "\(lines)")
    let values = report.counts.reduce(report.equal, +)
    #expect(values == 4096)
    let shares = lines.filter { $0.hasPrefix("  ") }.compactMap { line -> Double? in
      let words = line.split(separator: " ")
      return words.firstIndex(of: "%").flatMap { Double(words[$0 - 1]) }
    }
    #expect(abs(shares.reduce(0, +) - 100) < 0.02, "\(lines)")
    #expect(lines.contains { $0.contains("none") && $0.hasSuffix(" 1") })
  }

  @Test func nothingToDrawIsSaid() {
    #expect(report([], []).lines(width: nil).last == "no errors to draw: no real numbers were compared")
    #expect(report([1, 2], [0, 0]).lines(width: nil).last == "   none  100.000 %       2")
    let lines = report([0, 0], [1, 0]).lines(width: 20)
    #expect(lines.contains { $0.contains("reference is 0") } && !lines.contains { $0.contains("█") })
  }
}
