package dev.retain.runtime.program;

/** Whether all workers must have finished the earlier steps before a step starts. */
public enum Barrier {
  NONE,
  /** Unless it is run part by part with the steps before it: {@link StepDescription#parts}. */
  BETWEEN_PARTS,
  ALWAYS
}
