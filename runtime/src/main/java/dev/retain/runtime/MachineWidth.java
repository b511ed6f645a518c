package dev.retain.runtime;

import dev.retain.runtime.program.Width;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import jdk.incubator.vector.FloatVector;

/** Which of a model's kernels this JVM can run best. */
public final class MachineWidth {
  /** Caps the width of vectors: 512, 256, 128 or scalar. */
  static final String PROPERTY = "retain.width";

  private static final String MODULE = "jdk.incubator.vector";

  private static final AtomicBoolean WARNED = new AtomicBoolean();

  private MachineWidth() {}

  /**
   * The widest that the machine has and the model was compiled for.
   *
   * @param name of the model, for messages
   */
  public static Width choose(String name, Set<Width> compiled) {
    boolean hasModule = ModuleLayer.boot().findModule(MODULE).isPresent();
    int bits = Math.min(limit().bits(), hasModule ? Preferred.bits() : 0);
    if (!hasModule && limit().bits() > 0 && !WARNED.getAndSet(true)) {
      System.err.println(
          "retain: this JVM runs without the module "
              + MODULE
              + ", so kernels use no vectors and take several times as long; start java with"
              + " --add-modules "
              + MODULE);
    }
    return compiled.stream()
        .filter(width -> width.bits() <= bits)
        .max(Comparator.comparingInt(Width::bits))
        .orElseThrow(() ->
            new ModelException(
                "the model "
                    + name
                    + " was compiled for vectors of "
                    + compiled.stream()
                        .map(width -> Integer.toString(width.bits()))
                        .collect(Collectors.joining(", "))
                    + " bits, and this JVM has "
                    + (hasModule
                        ? bits + "; compile it for this machine"
                        : "none; start java with --add-modules " + MODULE)));
  }

  private static Width limit() {
    String setting = System.getProperty(PROPERTY, Width.values()[0].text());
    return Width.of(setting)
        .orElseThrow(() ->
            new RetainException(
                "-D"
                    + PROPERTY
                    + " must be one of "
                    + Arrays.stream(Width.values())
                        .map(Width::text)
                        .collect(Collectors.joining(", "))
                    + ", not '"
                    + setting
                    + "'"));
  }

  /** Apart, since without the module even to load it fails. */
  private static final class Preferred {
    static int bits() {
      return FloatVector.SPECIES_PREFERRED.vectorBitSize();
    }
  }
}
