package dev.retain.compiler.names;

import dev.retain.compiler.syntax.Item;
import java.util.List;

/** Which items of a layer or recurrence get their values from whoever calls it. */
public final class CallInputs {
  private CallInputs() {}

  public static List<Item.TensorItem> of(List<Item> items) {
    return items.stream()
        .filter(Item.TensorItem.class::isInstance)
        .map(Item.TensorItem.class::cast)
        .filter(CallInputs::isGiven)
        .toList();
  }

  static boolean isGiven(Item.TensorItem item) {
    return item.role() == Item.TensorItem.Role.IN || item.initialiser().isEmpty();
  }
}
