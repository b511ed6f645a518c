package dev.retain.cli.console;

import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Results for other programs. */
public final class Json {
  private Json() {}

  /** One line, with the entries in their order. */
  public static String line(Map<String, ?> values) {
    return JsonMapper.shared().writeValueAsString(values);
  }
}
