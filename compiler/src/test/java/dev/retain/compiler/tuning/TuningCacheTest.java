package dev.retain.compiler.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.compiler.loops.Tiling;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Width;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TuningCacheTest {
  private static final Machine MACHINE = new Machine("Zen", 2, Width.W512, "25.0.3+9");
  private static final TuningKey KEY =
      new TuningKey(
          "0.1.0",
          MACHINE,
          "Net",
          ElementType.F32,
          hyperparameters("256", "4"),
          List.of("256 x 256", "256 x 4 x 64"));
  private static final Tuning TUNING =
      new Tuning(
          Width.W512,
          new Choice(128, new Tiling(8, 3, 288, 64, 2048)),
          new Choice(64, new Tiling(12, 2, 544, 144, 1024)),
          Optional.of("2026-11-27"));

  @TempDir Path folder;

  private static Map<String, String> hyperparameters(String d, String layers) {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("d", d);
    values.put("layers", layers);
    return values;
  }

  private static TuningKey on(Machine machine) {
    return new TuningKey(
        "0.1.0", machine, "Net", ElementType.F32, KEY.hyperparameters(), KEY.shapes());
  }

  private static TuningKey of(
      String version, ElementType real, Map<String, String> set, List<String> shapes) {
    return new TuningKey(version, MACHINE, "Net", real, set, shapes);
  }

  private Found find(TuningKey key) {
    return TuningCache.in(folder.resolve("tuning")).find(key);
  }

  private Path write(TuningKey key) {
    return TuningCache.in(folder.resolve("tuning")).write(key, TUNING);
  }

  @Test
  void whatWasWrittenIsFound() throws IOException {
    assertThat(TuningCache.in(folder.resolve("tuning")).knows("Net")).isFalse();
    assertThat(find(KEY)).isEqualTo(new Found.Nothing());

    Path file = write(KEY);

    assertThat(find(KEY)).isEqualTo(new Found.Hit(TUNING));
    assertThat(TuningCache.in(folder.resolve("tuning")).knows("Net")).isTrue();
    assertThat(Files.readString(file)).contains("\"processor\" : \"Zen\"\n".stripTrailing());
    assertThat(Files.readAllLines(file)).hasSizeGreaterThan(10);
  }

  @Test
  void whatChangesNoShapeChangesNothing() {
    write(KEY);
    TuningKey deeper = of("0.1.0", ElementType.F32, hyperparameters("256", "12"), KEY.shapes());
    assertThat(find(deeper)).isEqualTo(new Found.Hit(TUNING));
  }

  static Stream<Arguments> misses() {
    List<String> wide = List.of("512 x 512", "512 x 4 x 128");
    return Stream.of(
        Arguments.of(
            on(new Machine("Ice", 2, Width.W512, "25.0.3+9")),
            "on another processor: Zen, here Ice"),
        Arguments.of(
            on(new Machine("Zen", 8, Width.W512, "25.0.3+9")), "with 2 processors, here 8"),
        Arguments.of(
            on(new Machine("Zen", 2, Width.W256, "25.0.3+9")), "with vectors w512, here w256"),
        Arguments.of(
            on(new Machine("Zen", 2, Width.W512, "26+1")), "with Java 25.0.3+9, here 26+1"),
        Arguments.of(
            of("0.2.0", ElementType.F32, KEY.hyperparameters(), KEY.shapes()),
            "by Retain 0.1.0, this is 0.2.0"),
        Arguments.of(
            of("0.1.0", ElementType.F64, KEY.hyperparameters(), KEY.shapes()), "for f32, here f64"),
        Arguments.of(
            of("0.1.0", ElementType.F32, hyperparameters("512", "4"), wide),
            "for d=256, here d=512"),
        Arguments.of(
            of("0.1.0", ElementType.F32, KEY.hyperparameters(), wide),
            "for a definition of the same name with other matrices"));
  }

  @ParameterizedTest
  @MethodSource("misses")
  void aMissSaysWhy(TuningKey key, String reason) {
    write(KEY);
    assertThat(find(key)).isEqualTo(new Found.Missed(List.of(reason)));
  }

  @Test
  void theNearestOneSaysWhyAndAllAreKept() {
    TuningKey elsewhere = on(new Machine("Ice", 8, Width.W256, "25.0.3+9"));
    write(KEY);
    write(elsewhere);
    TuningKey asked = on(new Machine("Zen", 4, Width.W512, "25.0.3+9"));
    assertThat(find(asked)).isEqualTo(new Found.Missed(List.of("with 2 processors, here 4")));
    assertThat(find(KEY)).isInstanceOf(Found.Hit.class);
    assertThat(find(elsewhere)).isInstanceOf(Found.Hit.class);
  }

  @Test
  void anotherModelIsNone() {
    write(KEY);
    TuningKey other =
        new TuningKey(
            "0.1.0", MACHINE, "Network", ElementType.F32, KEY.hyperparameters(), KEY.shapes());
    assertThat(find(other)).isEqualTo(new Found.Nothing());
  }

  @Test
  void whatIsCutOffAnywhereIsDamagedAndSaysSoInALine() throws IOException {
    Path file = write(KEY);
    String whole = Files.readString(file);
    for (int length = 0; length < whole.stripTrailing().length(); length += 13) {
      Files.writeString(file, whole.substring(0, length));
      assertThat(find(KEY))
          .isInstanceOfSatisfying(
              Found.Damaged.class,
              damaged ->
                  assertThat(damaged.problem())
                      .contains(file.toString())
                      .doesNotContain("\n", "Exception"));
    }
  }

  @Test
  void numbersThatCannotBeAreDamage() throws IOException {
    Path file = write(KEY);
    String whole = Files.readString(file);
    for (String[] change :
        new String[][] {
          {"\"chunk\" : 128", "\"chunk\" : 0"},
          {"\"chunk\" : 128", "\"chunk\" : 99999999999"},
          {"\"tile_rows\" : 8", "\"tile_rows\" : -8"},
          {"\"block_columns\" : 288", "\"block_columns\" : 1000000"},
          {"\"vectors\" : \"W512\"", "\"vectors\" : \"W1024\""},
          {"\"format\" : 1", "\"format\" : 7"},
        }) {
      assertThat(whole).contains(change[0]);
      Files.writeString(file, whole.replace(change[0], change[1]));
      assertThat(find(KEY)).isInstanceOf(Found.Damaged.class);
    }
  }

  @Test
  void damageOfAnotherFileHidesNothing() throws IOException {
    write(KEY);
    Files.writeString(folder.resolve("tuning").resolve("Net-000000000000.json"), "{");
    assertThat(find(KEY)).isEqualTo(new Found.Hit(TUNING));
  }
}
