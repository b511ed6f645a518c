package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import java.util.List;

/** A stage as a kernel, and which buffers its parameters stand for. */
public record Lowered(Kernel kernel, List<Buffer> buffers) {
  public Lowered {
    buffers = List.copyOf(buffers);
  }
}
