package dev.retain.compiler.forms;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.recurrence.Linear;
import dev.retain.compiler.recurrence.Linear.Rotation;
import dev.retain.compiler.recurrence.Linear.Term;
import dev.retain.compiler.recurrence.NormalForm;
import dev.retain.compiler.recurrence.Product;
import dev.retain.compiler.tensor.Axis;
import java.util.List;
import java.util.stream.Stream;

/** Refuses combinations that have a recurrent form only, since their parts do not commute. */
final class BlockCheck {
  private final NormalForm form;

  private BlockCheck(NormalForm form) {
    this.form = form;
  }

  static void check(NormalForm form) throws UnsupportedFormException {
    new BlockCheck(form).check();
  }

  private void check() throws UnsupportedFormException {
    for (NormalForm.Equation equation : form.equations()) {
      if (equation.decay().rotation().isPresent()) {
        checkTurned(equation, equation.decay().rotation().get().axis());
      }
      for (Term read : equation.reads()) {
        check(read);
      }
    }
    for (Linear readOut : form.readOuts().values()) {
      for (Term term : readOut.terms()) {
        check(term);
      }
    }
  }

  /** A rotation commutes with a decay that is the same along the turned axis. */
  static void checkCommutes(NormalForm form, NormalForm.Equation equation, Axis axis)
      throws UnsupportedFormException {
    if (has(form, equation.decay().factor(), axis)) {
      throw new UnsupportedFormException(
          form.call().body().node(equation.state().next()).span(),
          "`"
              + equation.state().name()
              + "` turns along "
              + axis.name()
              + " and decays differently along it",
          "the two do not commute: decay with one factor for the whole axis, or declare the"
              + " recurrence `: recurrent`");
    }
  }

  private void checkTurned(NormalForm.Equation equation, Axis axis)
      throws UnsupportedFormException {
    checkCommutes(form, equation, axis);
    String name = "`" + equation.state().name() + "`";
    Span span = form.call().body().node(equation.state().next()).span();
    Stream<Product> written =
        Stream.concat(
            equation.writes().stream(),
            equation.reads().stream()
                .filter(read -> !ReadSequences.keptAxes(form, read).contains(axis))
                .map(ReadSequences::factor));
    for (Product write : written.toList()) {
      if (!has(form, write, axis)) {
        throw new UnsupportedFormException(
            span,
            name + " turns along " + axis.name() + " and is written by a value that lacks it",
            "write it with vectors along " + axis.name());
      }
    }
  }

  /** A rotation moves to the vector that sums over its axis, or to the result that keeps it. */
  private void check(Term term) throws UnsupportedFormException {
    List<Rotation> rotations =
        Stream.concat(
                term.turn().stream(),
                form.equations().get(term.state()).decay().rotation().stream())
            .toList();
    for (Rotation rotation : rotations) {
      boolean vectorHasAxis = has(form, term.inner().times(term.vector()), rotation.axis());
      if (!term.over().isEmpty() && term.over().contains(rotation.axis()) != vectorHasAxis) {
        throw new UnsupportedFormException(
            term.span(),
            "a state is turned along " + rotation.axis().name() + " and read along other axes",
            "turn what is read, or sum over " + rotation.axis().name() + " with a vector along it");
      }
    }
  }

  private static boolean has(NormalForm form, Product product, Axis axis) {
    return product.factors().stream()
        .anyMatch(factor -> form.call().body().node(factor.node()).axes().contains(axis));
  }
}
