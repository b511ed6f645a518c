package dev.retain.compiler.recurrence;

import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.RecurrenceCall;
import dev.retain.compiler.tensor.Role;
import dev.retain.compiler.tensor.ShortNumber;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A recurrence in normal form as equations, with the class of each decay. */
public final class NormalFormPrinter {
  private final NormalForm form;
  private final RecurrenceCall call;
  private final BodyText body;
  private final StringBuilder text = new StringBuilder();

  private NormalFormPrinter(NormalForm form) {
    this.form = form;
    this.call = form.call();
    Map<Integer, String> names = new HashMap<>();
    for (int s = 0; s < call.states().size(); s++) {
      names.putIfAbsent(call.states().get(s).next(), call.states().get(s).name() + "_n");
    }
    List<Integer> unnamed =
        form.readOuts().keySet().stream().filter(id -> !names.containsKey(id)).toList();
    for (int id : unnamed) {
      String number = unnamed.size() == 1 ? "" : Integer.toString(1 + unnamed.indexOf(id));
      names.put(id, "r" + number + "_n");
    }
    this.body = new BodyText(call, names);
  }

  /** The equations, without the path of the use: equal uses of a recurrence print equally. */
  public static String print(NormalForm form) {
    return new NormalFormPrinter(form).print();
  }

  /** The same with what its forms keep over a running maximum. */
  public static String print(PositiveRatios ratios) {
    NormalFormPrinter printer = new NormalFormPrinter(ratios.form());
    ratios.groups().forEach(printer::ratio);
    String kept = printer.text.toString();
    printer.text.setLength(0);
    return printer.print() + kept;
  }

  private void ratio(PositiveRatio ratio) {
    String states =
        ratio.states().stream()
            .map(s -> call.states().get(s).name())
            .collect(Collectors.joining(", "));
    RecurrenceCall.State maximum = ratio.maximum(call);
    List<String> largest = new ArrayList<>();
    largest.add("m_{n-1}" + ratio.decay().map(node -> " + " + body.value(node)).orElse(""));
    ratio.exponents().forEach(exponent -> largest.add(body.value(exponent)));
    text.append("\n%s: only ratios matter, so they are kept over exp(m)\n".formatted(states));
    text.append("m_n = max(%s)\n".formatted(String.join(", ", largest)));
    line("kept      %s: %s".formatted(maximum.name(), shape(own(maximum.axes()))));
    Set<String> read = new LinkedHashSet<>();
    ratio
        .free()
        .forEach((id, free) -> {
          form.readOuts().get(id).terms().forEach(t -> read.add(t.next() ? "m_n" : "m_{n-1}"));
          free.forEach(weighted -> read.add(body.value(weighted.exponent())));
        });
    line(
        "read      over exp(%s)"
            .formatted(
                read.size() == 1
                    ? read.iterator().next()
                    : "max(" + String.join(", ", read) + ")"));
  }

  private String print() {
    if (!call.mapped().isEmpty()) {
      text.append("for each of ").append(shape(call.mapped())).append('\n');
    }
    for (RecurrenceCall.Input input : call.inputs()) {
      String name = input.role() == Role.IN ? input.name() + "_n" : input.name();
      line(
          "%-5s %s: %s"
              .formatted(
                  input.role().name().toLowerCase(Locale.ROOT), name, shape(own(input.axes()))));
    }
    form.equations().forEach(this::equation);
    readOuts();
    String output = body.value(call.output());
    if (!body.shared().isEmpty()) {
      text.append("\nwhere\n");
      body.shared().values().forEach(this::line);
    }
    text.append("\no_n = ").append(output).append('\n');
    return text.toString();
  }

  private void equation(NormalForm.Equation equation) {
    RecurrenceCall.State state = equation.state();
    String name = state.name();
    int index = form.equations().indexOf(equation);
    List<String> sum = new ArrayList<>();
    Decay decay = equation.decay();
    if (decay.shape() != Decay.Shape.ZERO) {
      String factor = decay.factor().equals(Product.ONE) ? "" : body.product(decay.factor()) + " ";
      String turn = decay.rotation().map(r -> body.rotation(r) + " ").orElse("");
      sum.add(factor + turn + body.state(index, false));
    }
    equation.reads().forEach(read -> sum.add(term(read)));
    equation.writes().forEach(write -> sum.add(body.product(write)));
    text.append(
        "\n%s: %s, from %s\n"
            .formatted(name, shape(form.ownAxes(state)), ShortNumber.text(state.initial())));
    text.append(name).append("_n = ").append(sum.isEmpty() ? "0" : plus(sum)).append('\n');
    line("decay     " + decay(decay));
    decay
        .rotation()
        .ifPresent(turn ->
            line(
                "rotation  pairs of channels of "
                    + turn.axis().name()
                    + ", by "
                    + body.value(turn.angle())));
    equation.reads().forEach(read -> line("read      " + term(read)));
    equation.writes().forEach(write -> line("write     " + write(write)));
  }

  private void readOuts() {
    text.append('\n');
    for (Map.Entry<Integer, Linear> entry : form.readOuts().entrySet()) {
      List<String> sum = new ArrayList<>();
      entry.getValue().terms().forEach(term -> sum.add(term(term)));
      entry.getValue().free().forEach(product -> sum.add(body.product(product)));
      String value = plus(sum);
      String name = body.value(entry.getKey());
      if (!name.equals(value)) {
        text.append(name).append(" = ").append(value).append('\n');
      }
    }
  }

  private String term(Term term) {
    StringBuilder value = new StringBuilder();
    if (!term.outer().equals(Product.ONE)) {
      value.append(body.product(term.outer())).append(" ");
    }
    if (!term.over().isEmpty()) {
      value.append("sum_").append(BodyText.axes(term.over())).append(' ');
    }
    Product factor = term.inner().times(term.vector());
    if (!factor.equals(Product.ONE)) {
      value.append(body.product(factor)).append(' ');
    }
    term.turn().ifPresent(turn -> value.append(body.rotation(turn)).append(' '));
    return value.append(body.state(term.state(), term.next())).toString();
  }

  private static String decay(Decay decay) {
    String varies =
        switch (decay.variation()) {
          case CONST -> "constant";
          case PARAM -> "learned, the same at every step";
          case IN -> "of its own at each step";
        };
    return switch (decay.shape()) {
      case ZERO -> "to nothing at each step";
      case NONE -> "none: a plain sum";
      case SCALAR -> "one factor, " + varies;
      case DIAGONAL -> "a factor for each channel, " + varies;
      case ELEMENT -> "a factor for each element, " + varies;
    };
  }

  /** With the axes of each factor: an outer product has a factor along each of the state's. */
  private String write(Product write) {
    String shapes =
        write.factors().stream()
            .map(factor -> shape(own(call.body().node(factor.node()).axes())))
            .collect(Collectors.joining(" x "));
    return body.product(write) + (shapes.isEmpty() ? "" : ": " + shapes);
  }

  private static String plus(List<String> terms) {
    StringBuilder sum = new StringBuilder(terms.getFirst());
    for (String term : terms.subList(1, terms.size())) {
      sum.append(term.startsWith("-") ? " - " + term.substring(1) : " + " + term);
    }
    return sum.toString();
  }

  private List<Axis> own(List<Axis> axes) {
    return axes.stream().filter(axis -> !call.mapped().contains(axis)).toList();
  }

  private static String shape(List<Axis> axes) {
    return axes.stream().map(Axis::toString).collect(Collectors.joining(", ", "[", "]"));
  }

  private void line(String line) {
    text.append("  ").append(line).append('\n');
  }
}
