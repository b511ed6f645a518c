package dev.retain.runtime.jar;

import dev.retain.runtime.program.Width;

/** Where the parts stand in a jar. */
final class Layout {
  static final String ROOT = "META-INF/retain/";
  static final String DESCRIPTION = ROOT + "model.json";
  static final String WEIGHTS = ROOT + "weights.safetensors";
  static final String CERTIFICATE = ROOT + "certificate.json";
  static final String SOURCES = ROOT + "source/";

  private static final String CLASS = ".class";

  private Layout() {}

  static String kernels(Width width) {
    return ROOT + "kernels/" + width.text() + "/";
  }

  static String kernel(Width width, String className) {
    return kernels(width) + className.replace('.', '/') + CLASS;
  }

  static String className(Width width, String entry) {
    return entry
        .substring(kernels(width).length(), entry.length() - CLASS.length())
        .replace('/', '.');
  }

  static boolean isKernel(Width width, String entry) {
    return entry.startsWith(kernels(width)) && entry.endsWith(CLASS);
  }
}
