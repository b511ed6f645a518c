package dev.retain.compiler.bytecode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.retain.compiler.interpreter.Bindings;
import dev.retain.compiler.interpreter.Interpreter;
import dev.retain.compiler.loops.Tiling;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Extent;
import dev.retain.compiler.tensor.TensorProgram;
import dev.retain.runtime.memory.ElementType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Kernels of matrix products of all the shapes that layers and their derivatives have. */
class ContractKernelsTest {
  /** A block's shape, the model's sizes and the kernels' kind. */
  record Case(ElementType real, int bits, int batch, int time, Products products, Tiling tiling) {
    Case(ElementType real, int bits, int batch, int time, Products products) {
      this(real, bits, batch, time, products, Tiling.usual(bits));
    }

    private StageRunner runner(int workers) {
      return new StageRunner(real, bits, workers, false, tiling);
    }
  }

  private static Stream<Case> kinds(int batch, int time, Products products) {
    return Stream.of(ElementType.F64, ElementType.F32)
        .flatMap(real ->
            Stream.of(0, 128, 256, 512).map(bits -> new Case(real, bits, batch, time, products)));
  }

  static Stream<Case> cases() {
    return Stream.of(
            kinds(1, 1, new Products(5, 7, 1, 4, 3)),
            kinds(3, 2, new Products(16, 48, 2, 8, 16)),
            kinds(2, 17, new Products(19, 97, 3, 8, 33)),
            kinds(1, 35, new Products(64, 50, 2, 40, 24)))
        .flatMap(cases -> cases);
  }

  /** Larger than the blocks that are packed at once, in every direction. */
  static Stream<Case> largeCases() {
    return kinds(2, 135, new Products(261, 603, 1, 8, 20));
  }

  /** More steps than are packed at once. */
  static Stream<Case> longCases() {
    return kinds(1, 300, new Products(1, 1, 1, 3, 5));
  }

  /** Every way to cut products that a search may choose, with pieces left over everywhere. */
  static Stream<Case> tilings() {
    Products products = new Products(270, 303, 1, 40, 33);
    return Stream.of(0, 128, 256, 512)
        .flatMap(bits ->
            Tiling.candidates(bits).stream()
                .map(tiling -> new Case(ElementType.F32, bits, 1, 37, products, tiling)));
  }

  @ParameterizedTest
  @MethodSource("tilings")
  void productsHoweverTheyAreCut(Case at) {
    at.products().all().forEach(product -> agrees(product, product.program(), at));
    at.products().odd().forEach(product -> agrees(product, product.program(), at));
    at.products().ofSteps().forEach(product -> agrees(product, product.triangle(), at));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void productsOfLayers(Case at) {
    at.products().all().forEach(product -> agrees(product, product.program(), at));
    at.products().odd().forEach(product -> agrees(product, product.program(), at));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void stepsThatReadNoneAfterThem(Case at) {
    at.products().ofSteps().forEach(product -> agrees(product, product.triangle(), at));
  }

  @ParameterizedTest
  @MethodSource("longCases")
  void manyStepsThatReadNoneAfterThem(Case at) {
    at.products().ofSteps().forEach(product -> agrees(product, product.triangle(), at));
  }

  @ParameterizedTest
  @MethodSource("largeCases")
  void largeProducts(Case at) {
    at.products().all().stream()
        .limit(3)
        .forEach(product -> agrees(product, product.program(), at));
  }

  /** A matrix too large for the caches: one row goes another way than several, to the same bits. */
  @ParameterizedTest
  @MethodSource("largeCases")
  void rowsOfOneStep(Case at) {
    List<Axis> x = List.of(Axis.BATCH, Axis.of("d", at.products().d()));
    List<Axis> w = List.of(x.getLast(), Axis.of("n", at.products().n()));
    List<Axis> y = List.of(Axis.BATCH, w.getLast());
    Products.Product product = new Products.Product("y = x W", x, w, List.of(x.getLast()), y);
    double[] left = numbers(x, 1, at);
    double[] right = numbers(w, 2, at);
    double[] both =
        new StageRunner(at.real(), at.bits(), 3, true)
            .run(product.program(), Map.of("a", left, "b", right), at.batch(), 1);
    double[] first = Arrays.copyOf(left, at.products().d());
    double[] alone =
        new StageRunner(at.real(), at.bits(), 3, true)
            .run(product.program(), Map.of("a", first, "b", right), 1, 1);
    double[] inBlock =
        new StageRunner(at.real(), at.bits(), 1, false)
            .run(product.program(), Map.of("a", first, "b", right), 1, 1);
    assertThat(alone).isEqualTo(Arrays.copyOf(both, at.products().n()));
    double unit = at.real() == ElementType.F32 ? Math.ulp(1f) : Math.ulp(1.0);
    assertThat(alone).containsExactly(inBlock, within(2 * at.products().d() * unit));
  }

  private static long size(Axis axis, Case at) {
    return switch (axis.extent()) {
      case Extent.Fixed(int size) -> size;
      case Extent.Symbol.BATCH -> at.batch();
      case Extent.Symbol.TIME -> at.time();
    };
  }

  private static double[] numbers(List<Axis> axes, long seed, Case at) {
    long count = axes.stream().mapToLong(axis -> size(axis, at)).reduce(1, (a, b) -> a * b);
    double[] values = new Random(seed).doubles(count, -1, 1).toArray();
    if (at.real() == ElementType.F32) {
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) values[i];
      }
    }
    return values;
  }

  private static INDArray array(List<Axis> axes, double[] values, Case at) {
    return Nd4j.create(values, axes.stream().mapToLong(axis -> size(axis, at)).toArray(), 'c');
  }

  private static void agrees(Products.Product product, TensorProgram program, Case at) {
    double[] a = numbers(product.left(), 1, at);
    double[] b = numbers(product.right(), 2, at);
    Map<String, INDArray> arrays = new HashMap<>();
    arrays.put("a", array(product.left(), a, at));
    arrays.put("b", array(product.right(), b, at));
    double[] expected =
        Interpreter.run(program, new Bindings(at.batch(), at.time(), arrays, Map.of(), Map.of()))
            .output()
            .dup('c')
            .data()
            .asDouble();

    Map<String, double[]> parameters = Map.of("a", a, "b", b);
    double[] one = at.runner(1).run(program, parameters, at.batch(), at.time());
    double[] three = at.runner(3).run(program, parameters, at.batch(), at.time());

    assertThat(three).as(product.name()).isEqualTo(one);
    assertThat(one).as(product.name()).hasSameSizeAs(expected);
    long terms =
        product.over().stream().mapToLong(axis -> size(axis, at)).reduce(1, (x, y) -> x * y);
    double unit = at.real() == ElementType.F32 ? Math.ulp(1f) : Math.ulp(1.0);
    for (int i = 0; i < expected.length; i++) {
      if (!(Math.abs(one[i] - expected[i]) <= 2 * terms * unit)) {
        throw new AssertionError(
            "%s: element %d is %s, not %s".formatted(product.name(), i, one[i], expected[i]));
      }
    }
  }
}
