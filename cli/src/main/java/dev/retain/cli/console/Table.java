package dev.retain.cli.console;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Rows of cells in columns; numbers stand to the right. */
public final class Table {
  private static final String GAP = "  ";

  private final List<String[]> rows = new ArrayList<>();

  public Table(String... header) {
    rows.add(header);
  }

  /** Adds a row with as many cells as the header has. */
  public Table row(Object... cells) {
    if (cells.length != rows.getFirst().length) {
      throw new IllegalArgumentException("not a row of this table: " + Arrays.toString(cells));
    }
    rows.add(Arrays.stream(cells).map(Object::toString).toArray(String[]::new));
    return this;
  }

  public boolean isEmpty() {
    return rows.size() == 1;
  }

  /** Prints it, indented by two. */
  public void print(PrintStream out) {
    int columns = rows.getFirst().length;
    int[] widths = IntStream.range(0, columns).map(this::width).toArray();
    boolean[] right = new boolean[columns];
    for (int column = 0; column < columns; column++) {
      right[column] = isNumeric(column);
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        String blanks = " ".repeat(widths[column] - row[column].length());
        line.append(GAP).append(right[column] ? blanks + row[column] : row[column] + blanks);
      }
      out.println(line.toString().stripTrailing());
    }
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row[column].length()).max().orElse(0);
  }

  private boolean isNumeric(int column) {
    return rows.size() > 1
        && rows.stream()
            .skip(1)
            .allMatch(row -> row[column].matches("-?[0-9][0-9,.]*( [kMGTi]*B)?"));
  }
}
