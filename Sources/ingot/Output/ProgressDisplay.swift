import IngotConversion

/// Shows how far long work has come: a bar on a terminal, a plain line now and then elsewhere.
struct ProgressDisplay {
  private let title: String
  private let width: Int?
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant
  private var hasBar = false

  /// - Parameter isQuiet: shows nothing at all.
  init(_ title: String, isQuiet: Bool = false) {
    self.title = title
    self.isQuiet = isQuiet
    width = Terminal.errorWidth
    start = clock.now
    lastShown = start
  }

  private let isQuiet: Bool

  /// Shows the state, unless it was shown a moment ago.
  mutating func show(_ progress: ConversionProgress) {
    guard !isQuiet else { return }
    let now = clock.now
    let interval: Duration = width == nil ? .seconds(5) : .milliseconds(100)
    guard now - lastShown >= interval else { return }
    lastShown = now
    let line = text(progress, elapsed: now - start)
    if let width {
      hasBar = true
      let bar = bar(progress, width: width - line.count - 3)
      Terminal.writeError("\r\u{1B}[2K" + String((bar + line).prefix(width - 1)))
    } else {
      Terminal.writeError(line + "\n")
    }
  }

  /// Takes the bar away, so that what follows begins on a clean line.
  mutating func finish() {
    if hasBar { Terminal.writeError("\r\u{1B}[2K") }
    hasBar = false
  }

  private func text(_ progress: ConversionProgress, elapsed: Duration) -> String {
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    let done = Double(progress.completedByteCount)
    let speed = done / max(seconds, 1e-3)
    let left =
      Double(progress.byteCount - min(progress.completedByteCount, progress.byteCount)) / max(speed, 1)
    let share = done / Double(max(progress.byteCount, 1))
    return "\(title) \(Int(share * 100)) %, \(Format.bytes(progress.completedByteCount)) of "
      + "\(Format.bytes(progress.byteCount)), tensor \(min(progress.completedTensors + 1, progress.tensorCount)) of "
      + "\(progress.tensorCount), \(Format.bytes(Int(speed)))/s, \(Format.duration(.seconds(left))) left"
  }

  private func bar(_ progress: ConversionProgress, width: Int) -> String {
    let width = min(width, 40)
    guard width >= 8 else { return "" }
    let share = Double(progress.completedByteCount) / Double(max(progress.byteCount, 1))
    let filled = min(width, Int(share * Double(width)))
    return "[" + String(repeating: "#", count: filled) + String(repeating: "·", count: width - filled) + "] "
  }
}
