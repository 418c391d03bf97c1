/// The rules about safetensors files that a reader does not insist on.
enum SafeTensorsRules {
  static let field = Rule(
    "S4.1-FIELD", .warning, at: .structure,
    title: "An entry has no fields but dtype, shape and data_offsets.",
    mend: "Nothing needs to be done; other readers may refuse the field.")
  static let boolean = Rule(
    "S5.1-VALUE", .error, at: .data, title: "A BOOL is 0 or 1.",
    mend: "Save the tensor again, with truth values or as U8.")
  static let notFinite = Rule(
    "S5.7-NOT_FINITE", .warning, at: .data, title: "Values are finite.",
    mend: "Look for the cause in the training: a model seldom gives sense with NaN or infinity in it.")

  static let all = [field, boolean, notFinite]
}
