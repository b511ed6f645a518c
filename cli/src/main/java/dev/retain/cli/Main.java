package dev.retain.cli;

/** The entry point of the {@code retain} command. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    System.out.println("retain " + version());
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return version == null ? "from unpackaged classes" : version;
  }
}
