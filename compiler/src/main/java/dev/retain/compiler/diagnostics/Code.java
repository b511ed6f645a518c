package dev.retain.compiler.diagnostics;

/**
 * The one list of everything that the compiler can say about a program. A code is never reused for
 * another meaning.
 */
public enum Code {
  // 1xx: text and syntax
  UNREADABLE_FILE("E0101", "the file cannot be read"),
  FILE_TOO_LARGE("E0102", "the file is too large"),
  NOT_UTF8("E0103", "the file is not UTF-8"),
  UNKNOWN_CHARACTER("E0104", "these characters mean nothing here"),
  BAD_NUMBER("E0105", "a number is malformed"),
  OPEN_STRING("E0106", "a text in quotes has no end"),
  UNEXPECTED("E0107", "something else was expected here"),
  RESERVED_WORD("E0108", "a reserved word is used as a name"),
  MISSING_BRACE("E0109", "a brace is not closed"),
  TOO_DEEP("E0110", "an expression nests too deep"),
  ARGUMENT_ORDER("E0111", "an argument by position follows one by name"),
  DISTRIBUTION_AS_VALUE("E0112", "random initial values are written with `~`"),
  TOO_MANY_ERRORS("E0113", "the file has too many syntax errors"),

  // 2xx: names
  UNKNOWN_NAME("E0201", "a name is not declared"),
  DECLARED_TWICE("E0202", "a name is declared twice"),
  UNKNOWN_IMPORT("E0203", "an imported file does not exist"),
  CYCLIC_IMPORT("E0204", "files import each other"),
  CYCLIC_DECLARATION("E0205", "declarations use each other without end"),
  UNKNOWN_LAYER("E0206", "no such layer"),
  WRONG_KIND("E0207", "a name stands for something else"),
  UNKNOWN_ARGUMENT("E0208", "there is no such argument"),
  MISSING_ARGUMENT("E0209", "an argument is missing"),
  TOO_MANY_ARGUMENTS("E0210", "there are too many arguments"),
  MISPLACED_ITEM("E0211", "this item has no place here"),
  MISSING_ITEM("E0212", "an item is missing"),
  UNKNOWN_MODEL("E0213", "no such model"),
  UNKNOWN_PRESET("E0214", "no such preset"),
  SEVERAL_MODELS("E0215", "the file has several models"),

  // 3xx: hyperparameters and sizes
  UNKNOWN_HYPERPARAMETER("E0301", "no such hyperparameter"),
  WRONG_HYPERPARAMETER("E0302", "a hyperparameter has a value of another kind"),
  BAD_SIZE("E0303", "a size is no whole number of at least 1"),
  NOT_STATIC("E0304", "this must be known before the model runs"),
  NO_DEFAULT("E0305", "a model's hyperparameter has no default"),
  NO_AXIS("E0306", "a number cannot serve as an axis"),

  // 4xx: shapes
  SHAPES_DIFFER("E0401", "two shapes do not fit"),
  NOTHING_TO_CONTRACT("E0402", "`@` finds no axis that both sides name"),
  NO_SUCH_AXIS("E0403", "a value lacks the axis"),
  AXIS_TWICE("E0404", "an axis appears twice in one shape"),
  WRONG_ARGUMENT_SHAPE("E0405", "an argument has another shape than declared"),
  WRONG_DECLARED_SHAPE("E0406", "a value has another shape than its annotation"),
  NOT_AN_INDEX("E0407", "this is no index of that axis"),
  NO_NUMBER("E0408", "a number or tensor is needed here"),
  WRONG_ANGLE("E0409", "an angle needs half of the axis's size"),
  WRONG_MODEL_SHAPE("E0410", "a model maps an index to its axis"),
  UNSOLVED_AXIS("E0411", "nothing says what an axis is"),

  // 5xx: recurrences and forms
  NOT_LINEAR("E0501", "a step is not linear in its state"),
  NO_EQUATION("E0502", "a state has no equation"),
  NO_STATE("E0503", "this is no state"),
  NOT_CONSTANT("E0504", "an argument changes from step to step"),
  WRONG_STATE_SHAPE("E0505", "an equation has another shape than its state"),
  NOT_EQUIVALENT("E0506", "forms that should be equal differ"),
  UNKNOWN_FORM("E0507", "no such form"),
  NOT_COMPARABLE("E0508", "recurrences cannot be held against each other"),

  // 6xx: lowering
  NO_SUCH_FORM_YET("E0601", "this form cannot be derived"),

  // 7xx: weights and jars
  ;

  private final String id;
  private final String title;

  Code(String id, String title) {
    this.id = id;
    this.title = title;
  }

  /** The code as users see it: {@code E0107}. */
  public String id() {
    return id;
  }

  /** What every diagnostic of this code says, without the particulars. */
  public String title() {
    return title;
  }
}
