package dev.retain.compiler.syntax;

import dev.retain.compiler.diagnostics.Source;
import dev.retain.compiler.diagnostics.Span;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.Token;

/** Turns ANTLR's positions, which count code points, into spans, which count UTF-16 units. */
final class Places {
  private final Source source;

  /** The UTF-16 offset of every code point; null when the two ways to count agree. */
  private final int[] offsets;

  Places(Source source) {
    this.source = source;
    String text = source.text();
    int codePoints = text.codePointCount(0, text.length());
    this.offsets = codePoints == text.length() ? null : new int[codePoints + 1];
    if (offsets != null) {
      for (int point = 0, offset = 0; point <= codePoints; point++) {
        offsets[point] = offset;
        offset += point < codePoints ? Character.charCount(text.codePointAt(offset)) : 0;
      }
    }
  }

  Span of(Token token) {
    return of(token, token);
  }

  Span of(ParserRuleContext context) {
    return of(context.getStart(), context.getStop());
  }

  Span of(Token first, Token last) {
    int start = offset(first.getStartIndex());
    return new Span(source, start, Math.max(start, offset(last.getStopIndex() + 1)));
  }

  private int offset(int codePoint) {
    return offsets == null ? codePoint : offsets[codePoint];
  }
}
