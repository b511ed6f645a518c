package dev.retain.runtime.training.report;

import dev.retain.runtime.training.loop.StepReport;
import java.util.Arrays;

/**
 * All steps of a run as curves, in memory that does not grow: once there are too many points,
 * neighbours become their mean.
 */
final class StepHistory {
  /** What is drawn of each step. */
  enum Column {
    STEP,
    LOSS,
    BITS_PER_BYTE,
    LEARNING_RATE,
    GRADIENT_NORM
  }

  // Even, so that all pairs of points are whole.
  private static final int MOST_POINTS = 1000;

  private static final Column[] COLUMNS = Column.values();

  private final double[][] points = new double[COLUMNS.length][MOST_POINTS];
  private final StepReport last = new StepReport();
  private int count;
  private long stepsOfPoint;
  private long stepsOfLastPoint;

  StepHistory() {
    clear();
  }

  void clear() {
    count = 0;
    stepsOfPoint = 1;
    stepsOfLastPoint = 1;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** The last step; changes with the next one. */
  StepReport last() {
    return last;
  }

  void add(StepReport report) {
    last.set(report);
    if (stepsOfLastPoint == stepsOfPoint) {
      if (count == MOST_POINTS) {
        halve();
      }
      count++;
      stepsOfLastPoint = 0;
    }
    stepsOfLastPoint++;
    for (Column column : COLUMNS) {
      double[] values = points[column.ordinal()];
      double before = stepsOfLastPoint == 1 ? 0 : values[count - 1];
      values[count - 1] = before + (value(report, column) - before) / stepsOfLastPoint;
    }
  }

  private static double value(StepReport report, Column column) {
    return switch (column) {
      case STEP -> report.step();
      case LOSS -> report.loss();
      case BITS_PER_BYTE -> report.bitsPerByte();
      case LEARNING_RATE -> report.learningRate();
      case GRADIENT_NORM -> report.gradientNorm();
    };
  }

  private void halve() {
    count = MOST_POINTS / 2;
    for (double[] values : points) {
      for (int point = 0; point < count; point++) {
        values[point] = (values[2 * point] + values[2 * point + 1]) / 2;
      }
    }
    stepsOfPoint *= 2;
    stepsOfLastPoint = stepsOfPoint;
  }

  /** From the first step to the last. */
  double[] curve(Column column) {
    return Arrays.copyOf(points[column.ordinal()], count);
  }
}
