package dev.retain.compiler.jar;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.fusion.StageProgram;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Extent;
import dev.retain.runtime.program.Barrier;
import dev.retain.runtime.program.BufferDescription;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.FormProgram;
import dev.retain.runtime.program.Role;
import dev.retain.runtime.program.Size;
import dev.retain.runtime.program.Slices;
import dev.retain.runtime.program.StepDescription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The steps of a form's program: which kernel runs on which buffers, where workers wait for each
 * other, and from when to when each piece of scratch memory is in use.
 */
final class Steps {
  private final StageProgram program;
  private final KernelTable kernels;
  private final boolean oneStep;
  private final List<StepDescription> steps = new ArrayList<>();
  private final Map<Buffer, Integer> numbers = new HashMap<>();
  private final List<Buffer> buffers = new ArrayList<>();
  private final Map<Buffer, List<Integer>> uses = new HashMap<>();
  private final List<Integer> barriers = new ArrayList<>();
  private final Set<Buffer> written = new HashSet<>();
  private final List<Slices> slices = new ArrayList<>();

  private Steps(StageProgram program, KernelTable kernels, boolean oneStep) {
    this.program = program;
    this.kernels = kernels;
    this.oneStep = oneStep;
  }

  static FormProgram of(Assembly.FormStages form, KernelTable kernels) {
    return new Steps(form.stages(), kernels, form.form() == Form.RECURRENT).build(form);
  }

  private FormProgram build(Assembly.FormStages form) {
    for (Stage stage : program.once()) {
      add(stage, isBarrier(stage), true);
    }
    boolean first = true;
    for (Stage stage : program.stages()) {
      add(stage, isBarrier(stage) || stage instanceof Stage.Slices || first, false);
      first = false;
    }
    List<BufferDescription> descriptions = new ArrayList<>();
    for (Buffer buffer : buffers) {
      descriptions.add(describe(buffer));
    }
    return new FormProgram(
        form.name(), form.form(), form.ragged(), form.states(), descriptions, steps, slices);
  }

  private void add(Stage stage, boolean barrier, boolean once) {
    if (barrier) {
      written.clear();
      barriers.add(steps.size());
    }
    Barrier first = barrier ? Barrier.ALWAYS : Barrier.NONE;
    switch (stage) {
      case Stage.OneKernel one -> add(one, List.of(), first, once);
      case Stage.Parts(List<Axis> parts, List<Stage.OneKernel> members) -> {
        Set<Buffer> before = new HashSet<>(written);
        add(members.getFirst(), parts, first, once);
        for (Stage.OneKernel member : members.subList(1, members.size())) {
          boolean waits = isBarrier(member);
          if (waits) {
            written.clear();
          }
          add(member, parts, waits ? Barrier.BETWEEN_PARTS : Barrier.NONE, once);
        }
        // Workers that have gone part by part have met at none of those barriers.
        written.addAll(before);
        written.addAll(stage.targets());
      }
      case Stage.Slices(int positions, List<Stage.OneKernel> members) -> {
        int begin = steps.size();
        add(members.getFirst(), List.of(), first, once);
        members.subList(1, members.size()).forEach(member -> add(member, isBarrier(member), once));
        slices.add(new Slices(begin, steps.size() - 1, positions));
      }
    }
  }

  private void add(Stage.OneKernel stage, List<Axis> parts, Barrier barrier, boolean once) {
    written.addAll(stage.targets());
    KernelTable.Use use = kernels.use(stage, parts, oneStep);
    List<Integer> arguments = new ArrayList<>();
    for (Buffer buffer : use.buffers()) {
      arguments.add(
          numbers.computeIfAbsent(
              buffer,
              key -> {
                buffers.add(key);
                return buffers.size() - 1;
              }));
      uses.computeIfAbsent(buffer, key -> new ArrayList<>()).add(steps.size());
    }
    steps.add(
        new StepDescription(
            use.kernelClass(),
            arguments,
            barrier,
            parts.isEmpty() ? 0 : Math.toIntExact(size(parts).factor()),
            once,
            use.kernel().name()
                + " "
                + stage.targets().getLast().name()
                + " "
                + use.kernel().source()
                + ":"
                + use.kernel().line()));
  }

  /** Whether the stage touches what other workers may still be writing. */
  private boolean isBarrier(Stage stage) {
    return stage.targets().stream().anyMatch(written::contains)
        || stage.sources().stream().anyMatch(written::contains);
  }

  private BufferDescription describe(Buffer buffer) {
    int first = uses.get(buffer).getFirst();
    int last = uses.get(buffer).getLast();
    Size size = size(buffer.axes());
    if (buffer.role() != Role.SCRATCH) {
      return new BufferDescription(
          buffer.name(), buffer.role(), buffer.type(), size, 0, steps.size() - 1);
    }
    for (Slices sliced : slices) {
      if (sliced.contains(first) && sliced.contains(last)) {
        size = size.ofSlice(sliced.positions());
      } else {
        // The first step of a slice comes after the last one of the slice before.
        first = sliced.contains(first) ? sliced.firstStep() : first;
        last = sliced.contains(last) ? sliced.lastStep() : last;
      }
    }
    return new BufferDescription(
        buffer.name(), buffer.role(), buffer.type(), size, phaseStart(first), phaseEnd(last));
  }

  /**
   * Between two barriers a slow worker may still read what a fast one would overwrite, so memory is
   * handed on at barriers only.
   */
  private int phaseStart(int step) {
    return barriers.stream().filter(barrier -> barrier <= step).reduce(0, (a, b) -> b);
  }

  private int phaseEnd(int step) {
    return barriers.stream()
        .filter(barrier -> barrier > step)
        .findFirst()
        .map(barrier -> barrier - 1)
        .orElse(steps.size() - 1);
  }

  private static Size size(List<Axis> axes) {
    long factor = 1;
    int batch = 0;
    int time = 0;
    for (Axis axis : axes) {
      switch (axis.extent()) {
        case Extent.Fixed(int size) -> factor = Math.multiplyExact(factor, size);
        case Extent.Symbol.BATCH -> batch++;
        case Extent.Symbol.TIME -> time++;
      }
    }
    return new Size(factor, batch, time);
  }
}
