package dev.retain.compiler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.loops.Kernel;
import dev.retain.compiler.loops.LoopBuilder;
import dev.retain.compiler.loops.Procedure;
import dev.retain.compiler.loops.Statement;
import dev.retain.compiler.loops.Target;
import dev.retain.compiler.loops.Value;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Form;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tiles read numbers before the JVM has inlined so much into them that it calls a method for a
 * number (docs/loops.md).
 */
class InliningTest {
  /**
   * The JVM begins to call what it would have inlined at 18,000 nodes; the counts below are those
   * of one JVM, and others differ by a few in a hundred.
   */
  private static final int MOST = 16_740;

  /** Where a procedure of that name reads its last number; the latest of all such procedures. */
  private final Map<String, Integer> latest = new HashMap<>();

  private int nodes;

  @ParameterizedTest
  @CsvSource({
    "../models/retnet.ret, 256, tile8x3",
    "src/test/resources/golden/correcting.ret, 128, solve4",
  })
  void tilesReadNumbersEarly(Path file, String d, String procedure) throws IOException {
    Source source = new Source(file.toString(), Files.readString(file));
    Compilation compilation = Compilation.of(source, Map.of("d", d));
    for (Form form : List.of(Form.RECURRENT, Form.CHUNKWISE)) {
      compilation.stages(form, false, ElementType.F32).stages().stream()
          .flatMap(stage -> stage.kernels().stream())
          .map(stage -> LoopBuilder.lower(stage, new Target(512, ElementType.F32, false)).kernel())
          .map(Kernel::body)
          .forEach(this::procedures);
    }

    assertThat(latest).containsKey(procedure);
    assertThat(latest).allSatisfy((_, late) -> assertThat(late).isLessThan(MOST));
  }

  private void procedures(List<Statement> statements) {
    for (Statement statement : statements) {
      switch (statement) {
        case Statement.Call call -> {
          Procedure called = call.procedure();
          if (called.name().matches("(tile|more|solve)\\d.*")) {
            nodes = 0;
            statements(called.name(), called.body());
          }
          procedures(called.body());
        }
        case Statement.For loop -> procedures(loop.body());
        case Statement.IfLess branch -> {
          procedures(branch.then());
          procedures(branch.otherwise());
        }
        default -> {}
      }
    }
  }

  private void statements(String procedure, List<Statement> statements) {
    for (Statement statement : statements) {
      switch (statement) {
        case Statement.For loop -> statements(procedure, loop.body());
        case Statement.IfLess branch -> {
          statements(procedure, branch.then());
          statements(procedure, branch.otherwise());
        }
        case Statement.Define define -> value(procedure, define.value());
        case Statement.Accumulator accumulator -> value(procedure, accumulator.initial());
        case Statement.Assign assign -> value(procedure, assign.value());
        case Statement.Store store -> {
          value(procedure, store.value());
          nodes += 260;
        }
        case Statement.DefineIndex _, Statement.Call _ -> {}
      }
    }
  }

  private void value(String procedure, Value value) {
    switch (value) {
      case Value.Load load when load.kind().isVector() -> nodes += 465;
      case Value.Load _ -> {
        nodes += 640;
        latest.merge(procedure, nodes, Math::max);
      }
      case Value.Broadcast broadcast -> {
        value(procedure, broadcast.scalar());
        nodes += 132;
      }
      case Value.MultiplyAdd(Value a, Value b, Value c) -> {
        List.of(a, b, c).forEach(operand -> value(procedure, operand));
        nodes += 460;
      }
      case Value.Binary(var operation, Value left, Value right) -> {
        List.of(left, right).forEach(operand -> value(procedure, operand));
        nodes += 460;
      }
      case Value.Local _, Value.Literal _ -> {}
      default -> throw new IllegalArgumentException("not in a tile: " + value);
    }
  }
}
