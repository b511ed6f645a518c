package dev.retain.compiler.loops;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.tensor.Axis;
import java.util.List;

/** From stages to loop programs: one kernel for each. */
public final class LoopBuilder {
  private LoopBuilder() {}

  public static Lowered lower(Stage.OneKernel stage, Target target) {
    return lower(stage, List.of(), target);
  }

  /**
   * The same of a stage that may be run part by part: its work is numbered in the order of parts,
   * so that the share of a worker among as many as there are parts is a part.
   *
   * @param parts the axes whose positions say which part
   */
  public static Lowered lower(Stage.OneKernel stage, List<Axis> parts, Target target) {
    return switch (stage) {
      case Stage.Rows rows -> new RowsLowering(rows, target).lower();
      case Stage.Pointwise pointwise -> PointwiseLowering.byParts(pointwise, parts, target).lower();
      case Stage.Reduce reduce -> ReduceLowering.byParts(reduce, parts, target).lower();
      case Stage.Contract contract -> new ContractLowering(contract, parts, target).lower();
      case Stage.Finished finished -> ContractLowering.of(finished, parts, target).lower();
      case Stage.Lookup lookup -> new LookupLowering(lookup, target).lower();
      case Stage.Sums sums -> new SumsLowering(sums, target).lower();
      case Stage.Scan scan -> new ScanLowering(scan, parts, target).lower();
      case Stage.Fading fading -> new FadingLowering(fading, target).lower();
      case Stage.Solve solve -> new SolveLowering(solve, target).lower();
    };
  }

  /** The file's name, for stack traces. */
  static String source(Span span) {
    String name = span.source().name();
    return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
  }

  static int line(Span span) {
    return span.hasLine() ? span.line() : 1;
  }
}
