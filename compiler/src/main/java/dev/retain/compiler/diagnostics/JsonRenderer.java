package dev.retain.compiler.diagnostics;

import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes diagnostics for tools: one JSON array in one line. Each has {@code code, severity,
 * message}, its place, and {@code help} and {@code notes} where there are any. A place has {@code
 * file}, and inside of a text {@code line, column, endLine, endColumn}: from 1, columns in code
 * points, the end exclusive.
 */
public final class JsonRenderer {
  private static final JsonMapper MAPPER = new JsonMapper();

  private JsonRenderer() {}

  public static String render(List<Diagnostic> diagnostics) {
    ArrayNode array = MAPPER.createArrayNode();
    for (Diagnostic diagnostic : diagnostics) {
      ObjectNode node =
          array
              .addObject()
              .put("code", diagnostic.code().id())
              .put("severity", diagnostic.severity().toString())
              .put("message", diagnostic.message());
      place(node, diagnostic.span());
      diagnostic.help().ifPresent(help -> node.put("help", help));
      if (!diagnostic.notes().isEmpty()) {
        ArrayNode notes = node.putArray("notes");
        for (Note note : diagnostic.notes()) {
          place(notes.addObject().put("message", note.message()), note.span());
        }
      }
    }
    return MAPPER.writeValueAsString(array);
  }

  private static void place(ObjectNode node, Span span) {
    if (span.isNone()) {
      return;
    }
    node.put("file", span.source().name());
    if (span.hasLine()) {
      node.put("line", span.line())
          .put("column", span.column())
          .put("endLine", span.source().line(span.end()))
          .put("endColumn", span.source().column(span.end()));
    }
  }
}
