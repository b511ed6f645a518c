package dev.retain.compiler.names;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Suggestions;
import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Item;
import dev.retain.compiler.syntax.Name;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** Checks that a form has the items that a form needs, and no others. */
final class FormItemChecker {
  private final FormDeclaration form;
  private final FormItems items;
  private final Diagnostics diagnostics;

  FormItemChecker(FormDeclaration form, FormItems items, Diagnostics diagnostics) {
    this.form = form;
    this.items = items;
    this.diagnostics = diagnostics;
  }

  void check() {
    form.items().forEach(this::item);
    Set<String> equations = new HashSet<>();
    items.equations().forEach(equation -> equation(equation, equations));
    for (Item.StateItem own : items.own()) {
      if (!equations.contains(own.name().text())) {
        missing(own.name().text(), own.name(), "");
      }
    }
    if (!items.isFromRest()) {
      for (String state : items.states().keySet()) {
        if (!equations.contains(state) && !items.said().containsKey(state)) {
          String own = items.own().isEmpty() ? "" : ", or `" + state + " = ...` in its own states";
          missing(state, form.name(), own);
        }
      }
    }
  }

  private void missing(String state, Name where, String other) {
    diagnostics
        .error(
            Code.NO_EQUATION,
            where.span(),
            "the form `" + form.name() + "` does not say what `" + state + "` is after the block")
        .help("write `" + state + "' = ...`" + other);
  }

  private void item(Item item) {
    switch (item) {
      case Item.TensorItem tensor ->
          misplaced(
              item,
              "a form has the inputs of its recurrence, and no others",
              "use those of `" + form.recurrence() + "`");
      case Item.LayerItem layer ->
          misplaced(item, "a form has no layers inside", "write out what it computes");
      case Item.AxisItem axis when axis.size().isEmpty() ->
          misplaced(item, "nothing gives this axis a size", "say `axis " + axis.name() + " = ...`");
      case Item.OutItem out when out.positions().size() != 1 ->
          misplaced(
              item,
              "the output of a form is said for a position",
              "give the position a name: `out[n] ...`, and read inputs there: `" + "q[n]`");
      case Item.LetItem let when items.said().get(let.name().text()) == let -> said(let);
      case Item.AxisItem a -> {}
      case Item.OutItem o -> {}
      case Item.LetItem l -> {}
      case Item.StateItem s -> {}
      case Item.NextItem n -> {}
    }
  }

  private void said(Item.LetItem let) {
    if (items.own().isEmpty()) {
      misplaced(
          let,
          "`"
              + let.name()
              + "` is a state of the recurrence, and the form has no states of its own",
          "write `"
              + let.name()
              + "' = ...` for its value after the block, or choose another name");
    }
  }

  private void equation(Item.NextItem equation, Set<String> equations) {
    String name = equation.state().text();
    if (!items.isState(name)) {
      Set<String> states = new TreeSet<>(items.states().keySet());
      items.own().forEach(own -> states.add(own.name().text()));
      diagnostics
          .error(Code.NO_STATE, equation.state().span(), "`" + name + "` is no state")
          .help(
              Suggestions.didYouMean(name, states)
                  .orElse("the states are " + String.join(", ", states)));
    } else if (!equations.add(name)) {
      diagnostics
          .error(Code.DECLARED_TWICE, equation.span(), "`" + name + "` has a second equation")
          .help("a state has one equation; add the right sides");
    } else if (items.said().containsKey(name)) {
      diagnostics
          .error(
              Code.DECLARED_TWICE,
              equation.span(),
              "`" + name + "` is carried, and is also said in terms of the form's own states")
          .help("keep one of the two")
          .note(items.said().get(name).span(), "it is said here");
    }
  }

  private void misplaced(Item item, String message, String help) {
    diagnostics.error(Code.MISPLACED_ITEM, item.span(), message).help(help);
  }
}
