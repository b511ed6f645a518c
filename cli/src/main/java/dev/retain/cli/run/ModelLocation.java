package dev.retain.cli.run;

import java.nio.file.Path;

/** Where a command finds its model. */
interface ModelLocation {
  Path path();
}
