package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.Kernel;
import dev.retain.compiler.loops.Procedure;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names that depend on nothing but what the class computes. */
record ClassNames(String packageName) {
  /** A kernel's own name, which its maker keeps unique, so that all widths share one name. */
  String of(Kernel kernel) {
    return packageName + "." + kernel.name();
  }

  String of(Procedure procedure, int vectorBits) {
    return name(procedure.name(), vectorBits + procedure.toString());
  }

  private String name(String readable, String content) {
    StringBuilder name = new StringBuilder(packageName).append('.');
    boolean capital = true;
    for (char c : readable.toCharArray()) {
      boolean part = Character.isJavaIdentifierPart(c) && c < 128 && c != '_';
      if (part) {
        name.append(capital ? Character.toUpperCase(c) : c);
      }
      capital = !part;
    }
    return name.append('_').append(digest(content)).toString();
  }

  private static String digest(String content) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(content.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
