package dev.retain.compiler.loops;

import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.fusion.Stage;

/** From stages to loop programs: one kernel for each. */
public final class LoopBuilder {
  private LoopBuilder() {}

  public static Lowered lower(Stage stage, Target target) {
    return switch (stage) {
      case Stage.Rows rows -> new RowsLowering(rows, target).lower();
      case Stage.Pointwise pointwise -> new PointwiseLowering(pointwise, target).lower();
      case Stage.Reduce reduce -> new ReduceLowering(reduce, target).lower();
      case Stage.Contract contract -> new ContractLowering(contract, target).lower();
      case Stage.Lookup lookup -> new LookupLowering(lookup, target).lower();
      case Stage.Sums sums -> new SumsLowering(sums, target).lower();
      case Stage.Scan scan -> new ScanLowering(scan, target).lower();
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
