package dev.retain.compiler.syntax;

/** How deep expressions may nest; every later phase may recurse over them. */
final class Nesting {
  static final int LIMIT = 200;

  private Nesting() {}
}
