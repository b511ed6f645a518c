package dev.retain.compiler.bytecode;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Fuser;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.fusion.StageProgram;
import dev.retain.compiler.loops.Kernel;
import dev.retain.compiler.loops.LoopBuilder;
import dev.retain.compiler.loops.Lowered;
import dev.retain.compiler.loops.Target;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Extent;
import dev.retain.runtime.kernel.CompilerDirectives;
import dev.retain.runtime.kernel.KernelLoader;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Role;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.openblas.global.openblas;

/**
 * Measures the products of a model's layers and of their derivatives on one thread, beside the tile
 * over packed panels that never leaves the cache, and OpenBLAS: {@code ProductSpeed BITS BATCH TIME
 * D N HEADS KEY VALUE}.
 */
public final class ProductSpeed {
  private static final double WARM_UP = 2;
  private static final double SECONDS = 0.1;
  private static final int ROUNDS = 5;

  private final int bits;
  private final int batch;
  private final int time;
  private final Arena arena = Arena.ofShared();

  private ProductSpeed(int bits, int batch, int time) {
    this.bits = bits;
    this.batch = batch;
    this.time = time;
  }

  /** Prints GFLOPS for each product, the median of some rounds, and the ratios to peak and peer. */
  public static void main(String[] arguments) {
    int[] sizes = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
    CompilerDirectives.excludeFromFirstTier("dev/retain/generated/*");
    new ProductSpeed(sizes[0], sizes[1], sizes[2])
        .measure(new Products(sizes[3], sizes[4], sizes[5], sizes[6], sizes[7]));
  }

  /**
   * @param peer the same by OpenBLAS
   */
  private record Loaded(String name, Runnable run, double operations, Runnable peer) {}

  private void measure(Products products) {
    List<Kernel> kernels = new ArrayList<>();
    List<List<Lowered>> lowered = new ArrayList<>();
    for (Products.Product product : products.all()) {
      StageProgram program = Fuser.fuse(product.program(), ElementType.F32, Map.of());
      List<Lowered> steps = new ArrayList<>();
      for (Stage.OneKernel stage :
          program.stages().stream().flatMap(stage -> stage.kernels().stream()).toList()) {
        Lowered step = LoopBuilder.lower(stage, new Target(bits, ElementType.F32, false));
        Kernel kernel = step.kernel();
        Kernel named =
            new Kernel(
                kernel.name() + kernels.size(),
                kernel.source(),
                kernel.line(),
                kernel.vectorBits(),
                kernel.buffers(),
                kernel.body());
        kernels.add(named);
        steps.add(new Lowered(named, step.buffers()));
      }
      lowered.add(steps);
    }
    KernelLoader loader =
        new KernelLoader(
            ProductSpeed.class.getClassLoader(), ClassEmitter.emitAll(kernels, Memory.PACKAGE));
    List<Loaded> all = new ArrayList<>();
    for (int i = 0; i < lowered.size(); i++) {
      all.add(load(products.all().get(i), lowered.get(i), loader));
    }
    Loaded peak = peak();
    System.out.printf(
        "%-22s %8s %8s %8s %8s %8s%n", "product", "GFLOPS", "peak", "of peak", "OpenBLAS", "of it");
    for (Loaded product : all) {
      speed(product.run(), product.operations(), WARM_UP);
      double[] own = new double[ROUNDS];
      double[] top = new double[ROUNDS];
      double[] peer = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        top[round] = speed(peak.run(), peak.operations(), SECONDS);
        own[round] = speed(product.run(), product.operations(), SECONDS);
        peer[round] = speed(product.peer(), product.operations(), SECONDS);
      }
      System.out.printf(
          "%-22s %8.1f %8.1f %8.2f %8.1f %8.2f%n",
          product.name(),
          median(own),
          median(top),
          median(own) / median(top),
          median(peer),
          median(own) / median(peer));
    }
  }

  private static double median(double[] values) {
    return Arrays.stream(values).sorted().toArray()[values.length / 2];
  }

  private static double speed(Runnable work, double operations, double seconds) {
    long start = System.nanoTime();
    double best = Double.MAX_VALUE;
    while (System.nanoTime() - start < seconds * 1e9) {
      long before = System.nanoTime();
      work.run();
      best = Math.min(best, System.nanoTime() - before);
    }
    return operations / best;
  }

  private static final int PEAK_DEPTH = 256;
  private static final int PEAK_PANELS = 4;
  private static final int PEAK_ROWS = 64;

  /** A tile over panels that stay in the first and second level of cache. */
  private Loaded peak() {
    Programs programs = new Programs(ElementType.F32, bits);
    int rows = bits == 512 ? 8 : 4;
    int columns = 3;
    int width = columns * programs.lanes();
    var kernel = Memory.load(programs.multiply(rows, columns, PEAK_PANELS));
    MemorySegment a = numbers((long) PEAK_ROWS * PEAK_DEPTH);
    MemorySegment b = numbers((long) PEAK_PANELS * width * PEAK_DEPTH);
    MemorySegment c = numbers((long) PEAK_ROWS * PEAK_PANELS * width);
    long[] addresses = Memory.addresses(a, b, c);
    Runnable run = () -> kernel.run(addresses, PEAK_ROWS / rows, PEAK_DEPTH, 0, 1);
    return new Loaded("peak", run, 2.0 * PEAK_ROWS * PEAK_PANELS * width * PEAK_DEPTH, run);
  }

  private MemorySegment numbers(long count) {
    MemorySegment segment = arena.allocate(count * Float.BYTES, 64);
    Random random = new Random(count);
    for (long i = 0; i < count; i++) {
      segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextFloat() - 0.5f);
    }
    return segment;
  }

  private long size(Axis axis) {
    return switch (axis.extent()) {
      case Extent.Fixed(int size) -> size;
      case Extent.Symbol.BATCH -> batch;
      case Extent.Symbol.TIME -> time;
    };
  }

  private long size(List<Axis> axes) {
    return axes.stream().mapToLong(this::size).reduce(1, (a, b) -> a * b);
  }

  private Loaded load(Products.Product product, List<Lowered> steps, KernelLoader loader) {
    Map<Buffer, MemorySegment> memory = new HashMap<>();
    List<Runnable> runs = new ArrayList<>();
    for (Lowered step : steps) {
      long[] addresses =
          step.buffers().stream()
              .mapToLong(
                  buffer -> memory.computeIfAbsent(buffer, b -> numbers(size(b.axes()))).address())
              .toArray();
      var kernel = loader.kernel(ClassEmitter.className(Memory.PACKAGE, step.kernel()));
      runs.add(() -> kernel.run(addresses, batch, time, 0, 1));
    }
    double operations = 2.0 * size(product.over()) * size(product.axes());
    Map<Role, MemorySegment> byRole = new HashMap<>();
    Map<String, MemorySegment> byName = new HashMap<>();
    memory.forEach((buffer, segment) -> {
      byRole.put(buffer.role(), segment);
      byName.put(buffer.name(), segment);
    });
    return new Loaded(
        product.name(),
        () -> runs.forEach(Runnable::run),
        operations,
        peer(product, byName.get("a"), byName.get("b"), byRole.get(Role.OUTPUT)));
  }

  // OpenBLAS on the same memory: one call for each position of the axes that both sides keep

  private record Strided(long size, long a, long b, long c) {}

  private Runnable peer(
      Products.Product product, MemorySegment a, MemorySegment b, MemorySegment c) {
    List<Strided> around = new ArrayList<>();
    List<Strided> rows = new ArrayList<>();
    List<Strided> columns = new ArrayList<>();
    List<Strided> sums = new ArrayList<>();
    for (Axis axis : product.axes()) {
      boolean left = product.left().contains(axis);
      boolean right = product.right().contains(axis);
      merge(left && right ? around : left ? rows : columns, axis, product);
    }
    for (Axis axis : product.over()) {
      merge(sums, axis, product);
    }
    if (rows.size() != 1 || columns.size() != 1 || sums.size() != 1) {
      throw new IllegalArgumentException("no one matrix product: " + product.name());
    }
    Strided m = rows.getFirst();
    Strided n = columns.getFirst();
    Strided k = sums.getFirst();
    boolean transposedA = k.a() != 1;
    boolean transposedB = n.b() != 1;
    FloatPointer pointerA = pointer(a);
    FloatPointer pointerB = pointer(b);
    FloatPointer pointerC = pointer(c);
    return () -> {
      for (long i = 0; i < (around.isEmpty() ? 1 : around.getFirst().size()); i++) {
        for (long j = 0; j < (around.size() < 2 ? 1 : around.get(1).size()); j++) {
          Strided first = around.isEmpty() ? new Strided(1, 0, 0, 0) : around.getFirst();
          Strided second = around.size() < 2 ? new Strided(1, 0, 0, 0) : around.get(1);
          openblas.cblas_sgemm(
              openblas.CblasRowMajor,
              transposedA ? openblas.CblasTrans : openblas.CblasNoTrans,
              transposedB ? openblas.CblasTrans : openblas.CblasNoTrans,
              (int) m.size(),
              (int) n.size(),
              (int) k.size(),
              1,
              pointerA.getPointer(i * first.a() + j * second.a()),
              (int) (transposedA ? k.a() : m.a()),
              pointerB.getPointer(i * first.b() + j * second.b()),
              (int) (transposedB ? n.b() : k.b()),
              0,
              pointerC.getPointer(i * first.c() + j * second.c()),
              (int) m.c());
        }
      }
    };
  }

  private void merge(List<Strided> loops, Axis axis, Products.Product product) {
    long size = size(axis);
    Strided inner =
        new Strided(
            size,
            stride(product.left(), axis),
            stride(product.right(), axis),
            stride(product.axes(), axis));
    if (!loops.isEmpty()) {
      Strided outer = loops.getLast();
      if (outer.a() == size * inner.a()
          && outer.b() == size * inner.b()
          && outer.c() == size * inner.c()) {
        loops.removeLast();
        inner = new Strided(outer.size() * size, inner.a(), inner.b(), inner.c());
      }
    }
    loops.add(inner);
  }

  private long stride(List<Axis> axes, Axis axis) {
    int at = axes.indexOf(axis);
    return at < 0 ? 0 : size(axes.subList(at + 1, axes.size()));
  }

  private static FloatPointer pointer(MemorySegment segment) {
    return new FloatPointer(
        new Pointer() {
          {
            address = segment.address();
          }
        });
  }
}
