package dev.retain.compiler.types;

import dev.retain.compiler.diagnostics.Code;
import dev.retain.compiler.diagnostics.Diagnostics;
import dev.retain.compiler.diagnostics.Span;
import dev.retain.compiler.tensor.GraphBuilder;

/** Whether the shapes of two values go together, and what is said if they do not. */
final class ShapeFit {
  private final GraphBuilder graph;
  private final Diagnostics diagnostics;

  ShapeFit(GraphBuilder graph, Diagnostics diagnostics) {
    this.graph = graph;
    this.diagnostics = diagnostics;
  }

  /** Whether every axis of the small value is one of the large value, too. */
  boolean fit(int small, int large) {
    return graph.axes(small).stream()
        .allMatch(axis -> !axis.isFixed() || graph.axes(large).contains(axis));
  }

  void report(
      Code code, Span span, String message, int left, Span leftSpan, int right, Span rightSpan) {
    diagnostics
        .error(code, span, message)
        .help("name the axes alike, or sum over one with `@` or `sum(x over ...)`")
        .note(leftSpan, "this is " + Shapes.sizes(graph.axes(left)))
        .note(graph.node(left).span(), "it comes from here")
        .note(rightSpan, "this is " + Shapes.sizes(graph.axes(right)))
        .note(graph.node(right).span(), "it comes from here");
  }
}
