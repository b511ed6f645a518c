package dev.retain.runtime.launch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the launcher starts in its tests. */
public final class Program {
  private Program() {}

  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length > 0 && arguments[0].equals("wait")) {
      System.out.println(ProcessHandle.current().pid());
      Thread.sleep(60_000);
    }
    System.out.println(List.of(arguments));
    System.out.println(System.getProperty("user.setting"));
    System.out.println(ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
    System.out.println(Program.class.getModule().isNativeAccessEnabled());
    System.out.println(new String(System.in.readAllBytes(), StandardCharsets.UTF_8));
    System.exit(7);
  }
}
