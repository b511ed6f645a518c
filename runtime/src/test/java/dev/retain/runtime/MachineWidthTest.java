package dev.retain.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.program.Width;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MachineWidthTest {
  /** A set may be in any order, and a set of another JVM in another one. */
  @Test
  void theWidestIsChosenInWhateverOrderTheyCome() {
    List<Width> widths = new ArrayList<>(List.of(Width.values()));
    Width widest = MachineWidth.choose("model", new LinkedHashSet<>(widths));
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      Collections.shuffle(widths, random);
      assertThat(MachineWidth.choose("model", new LinkedHashSet<>(widths))).isEqualTo(widest);
    }
  }
}
