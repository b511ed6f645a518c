package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Span;
import java.util.List;
import java.util.Optional;

/** What a file declares. */
public sealed interface Declaration {
  /** The whole declaration, from its keyword to its last character. */
  Span span();

  /** The text of its {@code ///} comment, lines separated by line ends; empty without one. */
  String doc();

  /** {@code function rms(x, eps over a) = body}. */
  record FunctionDeclaration(
      Name name, List<Name> parameters, List<Name> over, Expression body, String doc, Span span)
      implements Declaration {
    public FunctionDeclaration {
      parameters = List.copyOf(parameters);
      over = List.copyOf(over);
    }
  }

  /** {@code layer Name(hyperparameters) { items }}, or the same as a model. */
  record LayerDeclaration(
      Kind kind,
      Name name,
      List<Hyperparameter> hyperparameters,
      List<Item> items,
      String doc,
      Span span)
      implements Declaration {
    public LayerDeclaration {
      hyperparameters = List.copyOf(hyperparameters);
      items = List.copyOf(items);
    }

    /** Whether other layers use it, or it stands for itself. */
    public enum Kind {
      LAYER,
      MODEL
    }
  }

  /**
   * {@code recurrence Name(hyperparameters): recurrent { items }}.
   *
   * @param form the only form that is wanted, if the author says so
   */
  record RecurrenceDeclaration(
      Name name,
      List<Hyperparameter> hyperparameters,
      Optional<Name> form,
      List<Item> items,
      String doc,
      Span span)
      implements Declaration {
    public RecurrenceDeclaration {
      hyperparameters = List.copyOf(hyperparameters);
      items = List.copyOf(items);
    }
  }

  /** {@code form chunked of Retention { items }}: a form of a recurrence, written by hand. */
  record FormDeclaration(Name name, Name recurrence, List<Item> items, String doc, Span span)
      implements Declaration {
    public FormDeclaration {
      items = List.copyOf(items);
    }
  }

  /** {@code preset base of RetNet { d = 512 }}. */
  record PresetDeclaration(Name name, Name model, List<PresetValue> values, String doc, Span span)
      implements Declaration {
    public PresetDeclaration {
      values = List.copyOf(values);
    }
  }

  /**
   * {@code equivalence R: recurrent = parallel} (one recurrence and its forms), or {@code
   * equivalence A = B} (several recurrences and no forms).
   */
  record EquivalenceDeclaration(List<Name> recurrences, List<Name> forms, String doc, Span span)
      implements Declaration {
    public EquivalenceDeclaration {
      recurrences = List.copyOf(recurrences);
      forms = List.copyOf(forms);
    }
  }
}
