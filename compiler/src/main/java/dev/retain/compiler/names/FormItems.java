package dev.retain.compiler.names;

import dev.retain.compiler.syntax.Declaration.FormDeclaration;
import dev.retain.compiler.syntax.Declaration.RecurrenceDeclaration;
import dev.retain.compiler.syntax.Item;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the items of a form that was written by hand are to its recurrence.
 *
 * @param states of the recurrence, by name
 * @param own states of the form's own
 * @param said for states of the recurrence that the form does not carry, by name, what they are in
 *     terms of its own
 */
public record FormItems(
    Map<String, Item.StateItem> states,
    List<Item.StateItem> own,
    Map<String, Item.LetItem> said,
    List<Item.NextItem> equations) {

  public static FormItems of(FormDeclaration form, RecurrenceDeclaration recurrence) {
    Map<String, Item.StateItem> states = new LinkedHashMap<>();
    select(recurrence.items(), Item.StateItem.class)
        .forEach(state -> states.putIfAbsent(state.name().text(), state));
    Map<String, Item.LetItem> said = new LinkedHashMap<>();
    for (Item.LetItem let : select(form.items(), Item.LetItem.class)) {
      if (states.containsKey(let.name().text()) && let.positions().isEmpty()) {
        said.putIfAbsent(let.name().text(), let);
      }
    }
    return new FormItems(
        states,
        select(form.items(), Item.StateItem.class),
        said,
        select(form.items(), Item.NextItem.class));
  }

  /** Whether the form neither reads nor makes a state: it runs from rest, as one block. */
  public boolean isFromRest() {
    return own.isEmpty() && said.isEmpty() && equations.isEmpty();
  }

  Optional<Item.StateItem> own(String name) {
    return own.stream().filter(state -> state.name().text().equals(name)).findFirst();
  }

  boolean isState(String name) {
    return states.containsKey(name) || own(name).isPresent();
  }

  private static <I extends Item> List<I> select(List<Item> items, Class<I> kind) {
    return items.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
