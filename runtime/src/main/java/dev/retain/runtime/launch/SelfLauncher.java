package dev.retain.runtime.launch;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.module.ModuleFinder;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Manifest;

/**
 * The main class of a jar that runs by itself. A jar cannot ask for the module of vectors, so the
 * program is started once more with it. The class that then runs is named in the jar's manifest.
 */
public final class SelfLauncher {
  /** The manifest's attribute that names the class to run. */
  public static final String MAIN_ATTRIBUTE = "Retain-Main";

  private static final int OLDEST_JAVA = 25;
  private static final String MODULE = "jdk.incubator.vector";

  /** Set in the JVM that was started once more: when the first one was. */
  private static final String STARTED_AGAIN = "retain.started.again";

  private static final List<String> FLAGS =
      List.of(
          "--add-modules",
          MODULE,
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          // Tensors are native memory, which the JVM would else limit to the size of its heap.
          "-XX:MaxDirectMemorySize=1024g",
          // Interpreted kernels are a hundred times slower, so they are compiled early.
          "-XX:CompileCommand=quiet",
          "-XX:CompileCommand=CompileThresholdScaling,dev.retain.generated.*::*,0.1",
          // The JVM's warnings would else stand among the results.
          "-Xlog:disable",
          "-Xlog:all=warning:stderr");

  private SelfLauncher() {}

  /** Runs the jar's program with these arguments. */
  public static void main(String[] arguments) throws Throwable {
    int java = Runtime.version().feature();
    if (java < OLDEST_JAVA) {
      System.err.printf(
          "this program needs Java %d or newer, and %s is Java %d; start it with a newer one:"
              + " /path/to/jdk/bin/java -jar %s%n",
          OLDEST_JAVA, javaHome(), java, System.getProperty("java.class.path"));
      System.exit(1);
    }
    if (lacksModule() && System.getProperty(STARTED_AGAIN) == null) {
      System.exit(startAgain(arguments));
    }
    run(arguments);
  }

  /** A JVM that has no such module at all can still run kernels without vectors. */
  private static boolean lacksModule() {
    return ModuleLayer.boot().findModule(MODULE).isEmpty()
        && ModuleFinder.ofSystem().find(MODULE).isPresent();
  }

  private static int startAgain(String[] arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(javaHome() + File.separator + "bin" + File.separator + "java");
    command.addAll(FLAGS);
    command.add("-D" + STARTED_AGAIN + "=" + startMilliseconds());
    List<String> settings = ManagementFactory.getRuntimeMXBean().getInputArguments();
    // The smallest and the first to be ready; memory of tensors is none of its business.
    if (settings.stream().noneMatch(setting -> setting.matches("-XX:.Use\\w*GC"))) {
      command.add("-XX:+UseSerialGC");
    }
    command.addAll(settings);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(SelfLauncher.class.getName());
    command.addAll(Arrays.asList(arguments));
    Process process = new ProcessBuilder(command).inheritIO().start();
    // Whoever stops this process means the program; it may still have something to put in order.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process)));
    return process.waitFor();
  }

  /** When the JVM was started, in milliseconds since 1970; or the first one, if there were two. */
  public static long startMilliseconds() {
    return Long.getLong(STARTED_AGAIN, ManagementFactory.getRuntimeMXBean().getStartTime());
  }

  private static void stop(Process process) {
    process.destroy();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
    }
  }

  private static String javaHome() {
    return System.getProperty("java.home");
  }

  private static void run(String[] arguments) throws Throwable {
    try {
      Class.forName(mainClass()).getMethod("main", String[].class).invoke(null, (Object) arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static String mainClass() throws IOException {
    try (InputStream manifest = SelfLauncher.class.getResourceAsStream("/META-INF/MANIFEST.MF")) {
      return new Manifest(manifest).getMainAttributes().getValue(MAIN_ATTRIBUTE);
    }
  }
}
