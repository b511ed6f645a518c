package dev.retain.compiler.loops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TilingTest {
  @ParameterizedTest
  @ValueSource(ints = {0, 128, 256, 512})
  void candidatesDifferAndBeginWithTheUsualOne(int bits) {
    assertThat(Tiling.candidates(bits)).doesNotHaveDuplicates().startsWith(Tiling.usual(bits));
  }

  @Test
  void tilesThatAreLeftOverEndInOneRow() {
    assertThat(Tiling.usual(512).heights()).containsExactly(8, 4, 2, 1);
    assertThat(new Tiling(12, 2, 544, 144, 1024).heights()).containsExactly(12, 8, 4, 2, 1);
  }

  @Test
  void panelsOfRowsAreWholeTilesAndWholeVectors() {
    assertThat(Tiling.usual(512).panelHeight(16)).isEqualTo(16);
    assertThat(Tiling.usual(256).panelHeight(1)).isEqualTo(4);
    assertThat(new Tiling(12, 2, 544, 144, 1024).panelHeight(16)).isEqualTo(48);
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertThatThrownBy(() -> new Tiling(8, 4, 576, 128, 1024)).hasMessageContaining("8 x 4");
    assertThatThrownBy(() -> new Tiling(8, 3, 560, 128, 1024)).hasMessageContaining("560 columns");
    assertThatThrownBy(() -> new Tiling(12, 2, 544, 128, 1024)).hasMessageContaining("128 rows");
    assertThatThrownBy(() -> new Tiling(8, 3, 576, 144, 1024))
        .hasMessageContaining("more than a workspace holds");
  }
}
