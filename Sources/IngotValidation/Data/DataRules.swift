import IngotEncodings

/// The rules about the bytes of tensors and between them.
enum DataRules {
  static let padding = Rule(
    "C20-PADDING", .error, at: .data, title: "Padding is zero bytes.",
    mend: "Find out what the bytes are; writing the file again leaves them out.")
  static let scale = Rule(
    "E17.1-NOT_FINITE", .warning, at: .data, title: "The scales and minimums of blocks are finite.",
    mend:
      "Convert the tensor again from a checkpoint without NaN and infinity: the values of the block are lost."
  )
  static let value = Rule(
    "E17.2-NOT_FINITE", .warning, at: .data, title: "Values are finite.",
    mend: "Look for the cause in the checkpoint: a model seldom gives sense with NaN or infinity in it.")
  static let digits = Rule(
    "E17.3-DIGITS", .warning, at: .data, title: "A byte of TQ1_0 is one that five ternary digits give.",
    mend: "Convert the tensor again: its writer packs digits in another way, or the data is damaged.")
  static let code = Rule(
    "E17.4-CODE", .note, at: .data, title: "TQ2_0 has the codes 0, 1 and 2.",
    mend: "Nothing needs to be done where 2 times the scale is meant; a ternary tensor does not have it.")

  static let all = [padding, scale, value, digits, code]
}
