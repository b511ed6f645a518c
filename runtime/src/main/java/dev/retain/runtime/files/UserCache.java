package dev.retain.runtime.files;

import java.nio.file.Path;

/** Where what was found out once is kept for this user. */
public final class UserCache {
  /** Names another folder. */
  private static final String PROPERTY = "retain.cache";

  private UserCache() {}

  /**
   * A folder of that name: in the one that {@code -Dretain.cache} names, else in {@code retain} in
   * {@code $XDG_CACHE_HOME} or in {@code ~/.cache}. Perhaps it is not there yet.
   */
  public static Path folder(String name) {
    String named = System.getProperty(PROPERTY);
    if (named != null) {
      return Path.of(named, name);
    }
    String caches = System.getenv("XDG_CACHE_HOME");
    // The specification of that variable tells to ignore a relative path.
    boolean isGiven = caches != null && Path.of(caches).isAbsolute();
    Path home = isGiven ? Path.of(caches) : Path.of(System.getProperty("user.home"), ".cache");
    return home.resolve("retain").resolve(name);
  }
}
