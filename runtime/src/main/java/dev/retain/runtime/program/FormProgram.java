package dev.retain.runtime.program;

import java.util.List;

/**
 * What computes one block of steps in one form.
 *
 * @param name what people call it: that of the derived form, or of one that is written by hand
 * @param form how a sequence is cut into blocks
 * @param states what a form that is written by hand carries from block to block, since its states
 *     may differ from the model's; empty for a derived form, which carries the model's
 * @param ragged whether padding and resets are allowed; a dense program is faster
 * @param slices steps that do not take all positions at once, in order
 */
public record FormProgram(
    String name,
    Form form,
    boolean ragged,
    List<StateDescription> states,
    List<BufferDescription> buffers,
    List<StepDescription> steps,
    List<Slices> slices) {
  public FormProgram {
    slices = List.copyOf(slices);
    states = List.copyOf(states);
    buffers = List.copyOf(buffers);
    steps = List.copyOf(steps);
    for (int step = 0; step < steps.size(); step++) {
      check(step, steps.get(step), buffers);
    }
    int done = -1;
    for (Slices sliced : slices) {
      if (sliced.firstStep() <= done
          || sliced.lastStep() >= steps.size()
          || steps.get(sliced.firstStep()).barrier() != Barrier.ALWAYS) {
        throw new IllegalArgumentException("no such slices: " + sliced);
      }
      done = sliced.lastStep();
    }
    for (BufferDescription buffer : buffers) {
      if (buffer.role() == Role.INPUT && !Inputs.isName(buffer.name())) {
        throw new IllegalArgumentException("there is no input '" + buffer.name() + "'");
      }
    }
    long outputs = buffers.stream().filter(buffer -> buffer.role() == Role.OUTPUT).count();
    boolean goesBack = buffers.stream().anyMatch(buffer -> buffer.role() == Role.GRADIENT);
    if (outputs > 1 || outputs == 0 && !goesBack) {
      throw new IllegalArgumentException("a program has one output, or only goes back");
    }
  }

  /** A program of a derived form. */
  public FormProgram(
      Form form, boolean ragged, List<BufferDescription> buffers, List<StepDescription> steps) {
    this(form.text(), form, ragged, List.of(), buffers, steps, List.of());
  }

  /** Whether somebody wrote the form, rather than that the compiler derived it. */
  public boolean isWrittenByHand() {
    return !name.equals(form.text());
  }

  /**
   * The first step that what flows back reaches, or the first of slices of which one is such: all
   * before it go forward. If nothing flows back, the number of steps.
   */
  public int firstStepBack() {
    int first = 0;
    while (first < steps.size() && !flowsBack(steps.get(first))) {
      first++;
    }
    int reached = first;
    return slices.stream()
        .filter(sliced -> sliced.contains(reached))
        .mapToInt(Slices::firstStep)
        .findFirst()
        .orElse(reached);
  }

  private boolean flowsBack(StepDescription step) {
    return step.buffers().stream()
        .map(buffers::get)
        .anyMatch(b -> b.role() == Role.INPUT && Inputs.isAdjoint(b.name()));
  }

  private static void check(int index, StepDescription step, List<BufferDescription> buffers) {
    for (int buffer : step.buffers()) {
      if (buffer < 0 || buffer >= buffers.size()) {
        throw new IllegalArgumentException(
            "step " + step.label() + " names buffer " + buffer + " of " + buffers.size());
      }
      BufferDescription used = buffers.get(buffer);
      if (used.role() == Role.SCRATCH && (index < used.firstStep() || index > used.lastStep())) {
        throw new IllegalArgumentException(
            "step "
                + step.label()
                + " uses "
                + used.name()
                + ", which lives from step "
                + used.firstStep()
                + " to "
                + used.lastStep()
                + ", not in step "
                + index);
      }
    }
  }
}
