package dev.retain.benchmarks.library;

import dev.retain.benchmarks.work.Rounds;
import dev.retain.benchmarks.work.Task;
import java.util.List;

/** A JVM in which a library does one task: {@code openblas|nd4j TASK...}. */
public final class LibraryMain {
  public static final String OPENBLAS = "openblas";
  public static final String ND4J = "nd4j";

  private LibraryMain() {}

  public static void main(String[] arguments) throws Exception {
    List<String> words = List.of(arguments).subList(1, arguments.length);
    if (!(Task.of(words) instanceof Task.Product(int size))) {
      throw new IllegalArgumentException("libraries multiply matrices only");
    }
    Rounds.serve(() ->
        switch (arguments[0]) {
          case OPENBLAS -> new OpenBlasProduct(size);
          case ND4J -> new Nd4jProduct(size);
          default -> throw new IllegalArgumentException("no library: " + arguments[0]);
        });
  }
}
