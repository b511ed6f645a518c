package dev.retain.compiler.jar;

import dev.retain.compiler.bytecode.ClassEmitter;
import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.loops.Kernel;
import dev.retain.compiler.loops.LoopBuilder;
import dev.retain.compiler.loops.Lowered;
import dev.retain.compiler.loops.Target;
import dev.retain.compiler.loops.Tilings;
import dev.retain.compiler.loops.Workspace;
import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The kernels of a model, one for all equal stages, for each width of vectors. */
final class KernelTable {
  /** Generated classes live in subpackages of this one. */
  static final String PACKAGE = "dev.retain.generated";

  private final String packageName;
  private final ElementType real;
  private final List<Width> widths;
  private final Tilings tilings;
  private final Map<Outline, Known> known = new HashMap<>();
  private final Map<Kernel, Named> named = new HashMap<>();
  private final List<Named> order = new ArrayList<>();

  KernelTable(String model, ElementType real, List<Width> widths, Tilings tilings) {
    this.packageName = PACKAGE + "." + model.toLowerCase(Locale.ROOT);
    this.real = real;
    this.widths = widths;
    this.tilings = tilings;
  }

  private record Outline(List<Object> words, boolean oneStep) {}

  /**
   * @param parameters which of the outline's buffers the kernel is given, in order
   */
  private record Known(Named kernel, List<Integer> parameters) {}

  /** The first stage that needs a kernel, and its kernel for the first width. */
  private record Named(
      String name, Kernel kernel, Stage.OneKernel stage, List<Axis> parts, boolean oneStep) {}

  /** The stage's kernel: its class, and the buffers that it is given. */
  record Use(String kernelClass, Kernel kernel, List<Buffer> buffers) {}

  /**
   * @param parts the axes whose positions say which part of the stage; none if it is run as one
   */
  Use use(Stage.OneKernel stage, List<Axis> parts, boolean oneStep) {
    StageOutline outline = StageOutline.of(stage, parts);
    Known found =
        known.computeIfAbsent(
            new Outline(outline.words(), oneStep),
            _ -> find(stage, parts, oneStep, outline.buffers()));
    return new Use(
        packageName + "." + found.kernel().name(),
        found.kernel().kernel(),
        found.parameters().stream().map(withWorkspaces(outline.buffers())::get).toList());
  }

  /** A stage's own buffers, and behind them those that its kernel may ask for beside them. */
  private static List<Buffer> withWorkspaces(List<Buffer> buffers) {
    List<Buffer> all = new ArrayList<>(buffers);
    all.add(Workspace.buffer(ElementType.F32));
    all.add(Workspace.buffer(ElementType.F64));
    return all;
  }

  private Known find(
      Stage.OneKernel stage, List<Axis> parts, boolean oneStep, List<Buffer> buffers) {
    Lowered lowered = lower(stage, parts, widths.getFirst(), oneStep);
    Named kernel =
        named.computeIfAbsent(
            lowered.kernel(),
            key -> {
              Named made = new Named(key.name() + (order.size() + 1), key, stage, parts, oneStep);
              order.add(made);
              return made;
            });
    List<Buffer> known = withWorkspaces(buffers);
    return new Known(kernel, lowered.buffers().stream().map(known::indexOf).toList());
  }

  private Lowered lower(Stage.OneKernel stage, List<Axis> parts, Width width, boolean oneStep) {
    Target target = new Target(width.bits(), real, oneStep, tilings.of(width.bits()));
    return LoopBuilder.lower(stage, parts, target);
  }

  private static Kernel renamed(Kernel kernel, String name) {
    return new Kernel(
        name, kernel.source(), kernel.line(), kernel.vectorBits(), kernel.buffers(), kernel.body());
  }

  Map<Width, Map<String, byte[]>> classes() {
    Map<Width, Map<String, byte[]>> classes = new EnumMap<>(Width.class);
    List<Map<String, byte[]>> each =
        widths.parallelStream()
            .<Map<String, byte[]>>map(width -> ClassEmitter.emitAll(kernels(width), packageName))
            .toList();
    for (int i = 0; i < widths.size(); i++) {
      classes.put(widths.get(i), each.get(i));
    }
    return classes;
  }

  List<Kernel> kernels(Width width) {
    return order.stream()
        .map(named ->
            renamed(
                width == widths.getFirst()
                    ? named.kernel()
                    : lower(named.stage(), named.parts(), width, named.oneStep()).kernel(),
                named.name()))
        .toList();
  }
}
