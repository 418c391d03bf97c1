import IngotConversion

/// Shows how far long work has come: a bar on a terminal, a plain line now and then elsewhere.
struct ProgressDisplay {
  private let title: String
  private let width: Int?
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  private var lastShown: ContinuousClock.Instant
  private var hasBar = false
  /// Whether nobody reads it any more.
  private var isLost = false

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
    show(
      completed: progress.completedByteCount, of: progress.byteCount,
      place: ", tensor \(min(progress.completedTensors + 1, progress.tensorCount)) of \(progress.tensorCount)"
    )
  }

  /// Shows how many bytes are done, unless that was shown a moment ago.
  ///
  /// - Parameter place: What more there is to say, after a comma.
  mutating func show(completed: UInt64, of total: UInt64, place: String = "") {
    guard !isQuiet, !isLost else { return }
    let now = clock.now
    let interval: Duration = width == nil ? .seconds(5) : .milliseconds(100)
    guard now - lastShown >= interval else { return }
    lastShown = now
    let share = Double(completed) / Double(max(total, 1))
    let line = text(completed: completed, of: total, place, elapsed: now - start)
    if let width {
      hasBar = true
      let bar = bar(share, width: width - line.count - 3)
      isLost = !Terminal.writeError("\r\u{1B}[2K" + String((bar + line).prefix(width - 1)))
    } else {
      isLost = !Terminal.writeError(line + "\n")
    }
  }

  /// Takes the bar away, so that what follows begins on a clean line.
  mutating func finish() {
    if hasBar { Terminal.writeError("\r\u{1B}[2K") }
    hasBar = false
  }

  private func text(
    completed: UInt64, of total: UInt64, _ place: String, elapsed: Duration
  ) -> String {
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    let speed = Double(completed) / max(seconds, 1e-3)
    let left = Double(total - min(completed, total)) / max(speed, 1)
    let percent = Int(Double(completed) / Double(max(total, 1)) * 100)
    return "\(title) \(percent) %, \(Format.bytes(completed)) of \(Format.bytes(total))\(place), "
      + "\(Format.bytes(Int(speed)))/s, \(Format.duration(.seconds(left))) left"
  }

  private func bar(_ share: Double, width: Int) -> String {
    let width = min(width, 40)
    guard width >= 8 else { return "" }
    let filled = min(width, Int(share * Double(width)))
    return "[" + String(repeating: "#", count: filled) + String(repeating: "·", count: width - filled) + "] "
  }
}
