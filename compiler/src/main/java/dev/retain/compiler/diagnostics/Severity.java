package dev.retain.compiler.diagnostics;

import java.util.Locale;

/** Whether a diagnostic stops the compile. */
public enum Severity {
  ERROR,
  WARNING;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
