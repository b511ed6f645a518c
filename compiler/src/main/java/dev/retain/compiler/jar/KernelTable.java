package dev.retain.compiler.jar;

import dev.retain.compiler.bytecode.ClassEmitter;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.loops.Kernel;
import dev.retain.compiler.loops.LoopBuilder;
import dev.retain.compiler.loops.Lowered;
import dev.retain.compiler.loops.Target;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The kernels of a model, one for all equal stages, for each width of vectors. */
final class KernelTable {
  /** Generated classes live in subpackages of this one. */
  static final String PACKAGE = "dev.retain.generated";

  private final String packageName;
  private final ElementType real;
  private final List<Width> widths;
  private final Map<Kernel, String> names = new HashMap<>();
  private final Map<Width, List<Kernel>> kernels = new EnumMap<>(Width.class);

  KernelTable(String model, ElementType real, List<Width> widths) {
    this.packageName = PACKAGE + "." + model.toLowerCase(java.util.Locale.ROOT);
    this.real = real;
    this.widths = widths;
    widths.forEach(width -> kernels.put(width, new ArrayList<>()));
  }

  /** The stage's kernel: its class, and the buffers that it is given. */
  record Use(String kernelClass, Lowered lowered) {}

  Use use(Stage stage, boolean oneStep) {
    Lowered first = lower(stage, widths.getFirst(), oneStep);
    String name = names.get(first.kernel());
    if (name == null) {
      name = first.kernel().name() + (names.size() + 1);
      names.put(first.kernel(), name);
      for (Width width : widths) {
        Lowered lowered =
            width == widths.getFirst() ? first : lower(stage, width, oneStep);
        kernels.get(width).add(renamed(lowered.kernel(), name));
      }
    }
    return new Use(packageName + "." + name, first);
  }

  private Lowered lower(Stage stage, Width width, boolean oneStep) {
    return LoopBuilder.lower(stage, new Target(width.bits(), real, oneStep));
  }

  private static Kernel renamed(Kernel kernel, String name) {
    return new Kernel(
        name,
        kernel.source(),
        kernel.line(),
        kernel.vectorBits(),
        kernel.buffers(),
        kernel.body());
  }

  Map<Width, Map<String, byte[]>> classes() {
    Map<Width, Map<String, byte[]>> classes = new EnumMap<>(Width.class);
    kernels.forEach(
        (width, list) ->
            classes.put(
                width, new LinkedHashMap<>(ClassEmitter.emitAll(list, packageName).classes())));
    return classes;
  }

  List<Kernel> kernels(Width width) {
    return kernels.get(width);
  }
}
