package dev.retain.runtime.weights.mapping;

import dev.retain.runtime.files.FileException;
import dev.retain.runtime.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The layouts in which checkpoints of a model come: the content of the file {@code
 * MODEL.names.json} beside {@code MODEL.ret}.
 *
 * <pre>{@code
 * {"layouts": [{
 *   "name": "torchscale",
 *   "recognised_by": ["embed_tokens.weight"],
 *   "hyperparameters": {"d": "embed_tokens.weight[1]", "layers": "count layers.{i}.fc1.weight"},
 *   "tensors": {"block.{i}.Wq": "layers.{i}.q_proj.weight: (head K) d"},
 *   "ignored": ["*.version"]
 * }]}
 * }</pre>
 *
 * <ul>
 *   <li>A file is in the first layout all of whose {@code recognised_by} it has.
 *   <li>{@code tensors} gives for each path in the model its foreign name and the axes of the
 *       stored tensor, outermost first. <code>{i}</code> is the same number on both sides; a group
 *       in parentheses is one stored dimension; a number stores every element that many times;
 *       {@code exp} before the name takes the exponential of what is stored ({@code log} the
 *       logarithm), and the inverse when writing. Without {@code tensors} the layout is the model's
 *       own. Parameters must be in the file, constants may be.
 *   <li>{@code hyperparameters} follow from the file: {@code NAME[1]} is a dimension, {@code
 *       NAME[1,2]} a product of dimensions, {@code count NAME} how many tensors there are of this
 *       form, {@code present NAME} is true or false.
 *   <li>{@code ignored} names what a file may have besides; {@code *} stands for any text.
 * </ul>
 *
 * @param origin the file, for messages
 */
public record NameMapping(String origin, List<Layout> layouts) {
  public NameMapping {
    layouts = List.copyOf(layouts);
  }

  /**
   * Reads a file of names.
   *
   * @throws NamesException if it has not the form above
   * @throws FileException if it cannot be read
   */
  public static NameMapping read(Path file) {
    try {
      return read(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw FileException.reading(file, e);
    }
  }

  /**
   * Reads the text of a file of names.
   *
   * @param origin what to call it in messages
   * @throws NamesException if it has not the form above
   */
  public static NameMapping read(String origin, byte[] json) {
    return NamesReader.read(origin, json);
  }

  /** For a model without a file of names: every file is in the model's own layout. */
  public static NameMapping own() {
    Layout own =
        new Layout(
            "own names", "retain", List.of(), new LinkedHashMap<>(), Optional.empty(), List.of());
    return new NameMapping("own names", List.of(own));
  }

  public Optional<Layout> layout(String name) {
    return layouts.stream().filter(layout -> layout.name().equals(name)).findFirst();
  }

  /** The layout of a file with these names. */
  public Optional<Layout> recognise(Set<String> names) {
    return layouts.stream().filter(layout -> names.containsAll(layout.keys())).findFirst();
  }

  /**
   * The layout of a file.
   *
   * @throws WeightsException if it is in none: what each layout misses, and what the file has
   */
  public Layout recognise(SelectedTensors file) {
    return recognise(file.names())
        .orElseThrow(() ->
            new WeightsException(
                file.path(),
                "its tensors"
                    + file.selection()
                    + " are in no layout of "
                    + origin
                    + "\n"
                    + layouts.stream()
                        .map(layout -> "  not " + layout + ": no " + missing(layout, file) + "\n")
                        .collect(Collectors.joining())
                    + "  found: "
                    + SelectedTensors.some(file.names())
                    + "\n"
                    + advice(file)));
  }

  private static String missing(Layout layout, SelectedTensors file) {
    return layout.keys().stream()
        .filter(key -> !file.contains(key))
        .collect(Collectors.joining(", "));
  }

  private String advice(SelectedTensors file) {
    return layouts.stream()
        .map(layout -> prefixes(layout, file.file().names()))
        .flatMap(Optional::stream)
        .min(Comparator.comparingInt(prefixes -> prefixes.getFirst().length()))
        .map(prefixes -> "Select the model's tensors by --prefix " + String.join(",", prefixes))
        .orElse("Give weights of this model, or add their layout to " + origin);
  }

  /** The prefixes under which all keys of a layout are in a file, those of the keys first. */
  private static Optional<List<String>> prefixes(Layout layout, List<String> names) {
    Set<String> prefixes = new LinkedHashSet<>();
    for (String key : layout.keys()) {
      Optional<String> prefix = prefix(key, names);
      if (prefix.isEmpty()) {
        return Optional.empty();
      }
      prefixes.add(prefix.get());
    }
    layout.examples().forEach(example -> prefix(example, names).ifPresent(prefixes::add));
    return Optional.of(List.copyOf(prefixes));
  }

  private static Optional<String> prefix(String key, List<String> names) {
    return names.stream()
        .filter(name -> name.endsWith("." + key))
        .map(name -> name.substring(0, name.length() - key.length()))
        .min(Comparator.comparingInt(String::length));
  }
}
