package dev.retain.compiler.loops;

import dev.retain.compiler.tensor.ExactNumber;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Loop programs as readable pseudo-Java. {@code x[i]} is one element of a buffer, {@code x[i...]}
 * as many as fill a vector.
 */
public final class LoopPrinter {
  private final StringBuilder text = new StringBuilder();
  private final Map<Procedure, String> procedures = new LinkedHashMap<>();
  private int depth;

  private LoopPrinter() {}

  /** The kernel, then each procedure that it calls, once. */
  public static String print(Kernel kernel) {
    LoopPrinter printer = new LoopPrinter();
    printer.kernel(kernel);
    printer.proceduresFrom(0);
    return printer.text.toString();
  }

  /** The procedure, then each procedure that it calls, once. */
  public static String print(Procedure procedure) {
    LoopPrinter printer = new LoopPrinter();
    printer.nameOf(procedure);
    printer.proceduresFrom(0);
    return printer.text.toString();
  }

  private void kernel(Kernel kernel) {
    String vectors = kernel.vectorBits() == 0 ? "scalar" : kernel.vectorBits() + "-bit vectors";
    block(
        "kernel %s(%s)".formatted(kernel.name(), buffers(kernel.buffers())),
        "%s:%d, %s".formatted(kernel.source(), kernel.line(), vectors),
        kernel.body());
  }

  /** Printing one may find the next. */
  private void proceduresFrom(int first) {
    for (int i = first; i < procedures.size(); i++) {
      Procedure procedure = List.copyOf(procedures.keySet()).get(i);
      String parameters = buffers(procedure.buffers());
      String arguments =
          procedure.arguments().stream()
              .map(name -> "long " + name)
              .collect(Collectors.joining(", "));
      String separator = parameters.isEmpty() || arguments.isEmpty() ? "" : ", ";
      if (!text.isEmpty()) {
        text.append('\n');
      }
      block(
          "procedure %s(%s%s%s)"
              .formatted(procedures.get(procedure), parameters, separator, arguments),
          "",
          procedure.body());
    }
  }

  /** Different procedures of the same name are told apart by a number. */
  private String nameOf(Procedure procedure) {
    String known = procedures.get(procedure);
    if (known == null) {
      long same =
          procedures.keySet().stream().filter(p -> p.name().equals(procedure.name())).count();
      known = same == 0 ? procedure.name() : procedure.name() + "#" + (same + 1);
      procedures.put(procedure, known);
    }
    return known;
  }

  private static String buffers(List<BufferParameter> buffers) {
    return buffers.stream()
        .map(buffer -> buffer.type().name().toLowerCase(Locale.ROOT) + "[] " + buffer.name())
        .collect(Collectors.joining(", "));
  }

  private void block(String head, String comment, List<Statement> body) {
    line(head + " {" + (comment.isEmpty() ? "" : "  // " + comment));
    indented(body);
    line("}");
  }

  private void indented(List<Statement> body) {
    depth++;
    body.forEach(this::statement);
    depth--;
  }

  private void line(String line) {
    text.append("  ".repeat(depth)).append(line).append('\n');
  }

  private void statement(Statement statement) {
    switch (statement) {
      case Statement.For(String i, Index from, Index to, int step, List<Statement> body, int at) ->
          block(
              "for (int %s = %s; %s < %s; %s)"
                  .formatted(
                      i, index(from), i, index(to), step == 1 ? i + "++" : i + " += " + step),
              source(at),
              body);
      case Statement.IfLess(
              Index left,
              Index right,
              List<Statement> then,
              List<Statement> other) -> {
        line("if (%s < %s) {".formatted(index(left), index(right)));
        indented(then);
        if (!other.isEmpty()) {
          line("} else {");
          indented(other);
        }
        line("}");
      }
      case Statement.DefineIndex(String name, Index value) ->
          line("long %s = %s;".formatted(name, index(value)));
      case Statement.Define(String name, Value value) ->
          line("final %s %s = %s;".formatted(kind(value.kind()), name, value(value)));
      case Statement.Accumulator(String name, Value initial) ->
          line("%s %s = %s;".formatted(kind(initial.kind()), name, value(initial)));
      case Statement.Assign(String name, Value value) ->
          line("%s = %s;".formatted(name, value(value)));
      case Statement.Store(String buffer, Index element, Value value) ->
          line("%s = %s;".formatted(element(buffer, element, value.kind()), value(value)));
      case Statement.Call(
              Procedure called,
              List<Statement.Place> places,
              List<Index> arguments,
              int at) -> {
        String given =
            places.stream()
                .map(place -> "&%s[%s]".formatted(place.buffer(), index(place.element())))
                .collect(Collectors.joining(", "));
        String numbers = arguments.stream().map(this::index).collect(Collectors.joining(", "));
        String separator = given.isEmpty() || numbers.isEmpty() ? "" : ", ";
        String comment = source(at);
        line(
            "%s(%s%s%s);%s"
                .formatted(
                    nameOf(called),
                    given,
                    separator,
                    numbers,
                    comment.isEmpty() ? "" : "  // " + comment));
      }
    }
  }

  private static String source(int line) {
    return line > 0 ? "line " + line : "";
  }

  private static String kind(Kind kind) {
    return switch (kind) {
      case FLOAT -> "float";
      case DOUBLE -> "double";
      case FLOAT_VECTOR -> "FloatVector";
      case DOUBLE_VECTOR -> "DoubleVector";
    };
  }

  private String element(String buffer, Index element, Kind kind) {
    return buffer + "[" + index(element) + (kind.isVector() ? "...]" : "]");
  }

  private String index(Index index) {
    return switch (index) {
      case Index.Constant(long value) -> Long.toString(value);
      case Index.Variable(String name) -> name;
      case Index.Sum(List<Index> terms) ->
          terms.stream().map(this::index).collect(Collectors.joining(" + "));
      case Index.Product(List<Index> factors) ->
          factors.stream().map(this::factor).collect(Collectors.joining(" * "));
      case Index.Quotient(Index dividend, Index divisor) ->
          factor(dividend) + " / " + factor(divisor);
      case Index.Remainder(Index dividend, Index divisor) ->
          factor(dividend) + " % " + factor(divisor);
      case Index.Element(String buffer, Index place) -> buffer + "[" + index(place) + "]";
      case Index.Minimum(Index left, Index right) ->
          "min(%s, %s)".formatted(index(left), index(right));
    };
  }

  private String factor(Index index) {
    return switch (index) {
      case Index.Constant _, Index.Variable _, Index.Element _, Index.Minimum _ -> index(index);
      case Index.Sum _, Index.Product _, Index.Quotient _, Index.Remainder _ ->
          "(" + index(index) + ")";
    };
  }

  private String value(Value value) {
    return switch (value) {
      case Value.Literal(double number, Kind kind) -> literal(number, kind);
      case Value.Local(String name, Kind _) -> name;
      case Value.Load(String buffer, Index element, Kind kind) -> element(buffer, element, kind);
      case Value.FromIndex(Index index, Kind kind) ->
          "(%s) (%s)".formatted(kind(kind), index(index));
      case Value.Lanes(Index first, Kind _) -> "lanes(%s)".formatted(index(first));
      case Value.Broadcast(Value scalar) -> "broadcast(%s)".formatted(value(scalar));
      case Value.Convert(Value number, Kind kind) ->
          "(%s) %s".formatted(kind(kind), operand(number));
      case Value.Unary(Value.UnaryOperation operation, Value operand) ->
          operation == Value.UnaryOperation.NEGATE
              ? "-" + operand(operand)
              : "%s(%s)".formatted(name(operation), value(operand));
      case Value.Binary(Value.BinaryOperation operation, Value left, Value right) ->
          binary(operation, left, right);
      case Value.MultiplyAdd(Value a, Value b, Value c) ->
          "fma(%s, %s, %s)".formatted(value(a), value(b), value(c));
      case Value.Select(Value.Relation relation, Value left, Value right, Value yes, Value no) ->
          "(%s %s %s ? %s : %s)"
              .formatted(
                  operand(left), symbol(relation), operand(right), operand(yes), operand(no));
      case Value.ExchangeLanes(Value vector, int distance) ->
          "exchange(%s, %d)".formatted(value(vector), distance);
      case Value.MergeLanes(Value without, Value with, int distance) ->
          "merge(%s, %s, %d)".formatted(value(without), value(with), distance);
      case Value.ReduceLanes(Value.BinaryOperation operation, Value vector) ->
          "reduce(%s, %s)".formatted(name(operation), value(vector));
    };
  }

  private String binary(Value.BinaryOperation operation, Value left, Value right) {
    return switch (operation) {
      case ADD -> operand(left) + " + " + operand(right);
      case SUBTRACT -> operand(left) + " - " + operand(right);
      case MULTIPLY -> operand(left) + " * " + operand(right);
      case DIVIDE -> operand(left) + " / " + operand(right);
      case MINIMUM, MAXIMUM, POWER ->
          "%s(%s, %s)".formatted(name(operation), value(left), value(right));
    };
  }

  /** In parentheses where it is more than one word. */
  private String operand(Value value) {
    boolean sum =
        value instanceof Value.Binary(Value.BinaryOperation operation, Value _, Value _)
            && switch (operation) {
              case ADD, SUBTRACT, MULTIPLY, DIVIDE -> true;
              case MINIMUM, MAXIMUM, POWER -> false;
            };
    boolean prefixed =
        value instanceof Value.Convert
            || value instanceof Value.FromIndex
            || value instanceof Value.Unary(Value.UnaryOperation operation, Value _)
                && operation == Value.UnaryOperation.NEGATE;
    return sum || prefixed ? "(" + value(value) + ")" : value(value);
  }

  private static String literal(double number, Kind kind) {
    return switch (kind) {
      case FLOAT -> ExactNumber.text((float) number) + "f";
      case DOUBLE -> ExactNumber.text(number);
      case FLOAT_VECTOR -> "broadcast(" + ExactNumber.text((float) number) + "f)";
      case DOUBLE_VECTOR -> "broadcast(" + ExactNumber.text(number) + ")";
    };
  }

  private static String symbol(Value.Relation relation) {
    return switch (relation) {
      case LESS -> "<";
      case LESS_OR_EQUAL -> "<=";
      case EQUAL -> "==";
    };
  }

  private static String name(Value.UnaryOperation operation) {
    return switch (operation) {
      case NEGATE -> "negate";
      case ABSOLUTE -> "abs";
      case SQUARE_ROOT -> "sqrt";
      case EXPONENTIAL -> "exp";
      case LOGARITHM -> "log";
      case SINE -> "sin";
      case COSINE -> "cos";
      case HYPERBOLIC_TANGENT -> "tanh";
      case ERROR_FUNCTION -> "erf";
    };
  }

  private static String name(Value.BinaryOperation operation) {
    return switch (operation) {
      case ADD -> "add";
      case SUBTRACT -> "subtract";
      case MULTIPLY -> "multiply";
      case DIVIDE -> "divide";
      case MINIMUM -> "min";
      case MAXIMUM -> "max";
      case POWER -> "pow";
    };
  }
}
