package dev.retain.compiler.bytecode;

import static dev.retain.compiler.bytecode.Programs.TIME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.retain.compiler.loops.Index;
import dev.retain.compiler.loops.Kernel;
import dev.retain.compiler.loops.Kind;
import dev.retain.compiler.loops.Statement;
import dev.retain.compiler.loops.Value;
import dev.retain.runtime.kernel.KernelLoader;
import dev.retain.runtime.memory.ElementType;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.util.CheckClassAdapter;

class ClassEmitterTest {
  private static final String PACKAGE = Memory.PACKAGE;
  private static final Programs FLOATS = new Programs(ElementType.F32, 512);

  static List<Programs> programs() {
    return Programs.all();
  }

  private static Kernel sigmoid(Programs programs) {
    return programs.row(
        "sigmoid",
        List.of("x"),
        (at, kind) ->
            new Value.Binary(
                Value.BinaryOperation.DIVIDE,
                new Value.Literal(1, kind),
                new Value.Binary(
                    Value.BinaryOperation.ADD,
                    new Value.Literal(1, kind),
                    new Value.Unary(
                        Value.UnaryOperation.EXPONENTIAL,
                        new Value.Unary(
                            Value.UnaryOperation.NEGATE, programs.load("x", at, kind))))));
  }

  @ParameterizedTest
  @MethodSource("programs")
  void classFilesPassTheVerifierOfAsm(Programs programs) {
    Map<String, byte[]> classes =
        ClassEmitter.emitAll(
            List.of(
                programs.multiply(8, 3, 2),
                programs.multiply(1, 8, 1),
                programs.sumOfSquares(),
                sigmoid(programs)),
            PACKAGE);
    ClassLoader loader = new KernelLoader(getClass().getClassLoader(), classes);

    for (byte[] classFile : classes.values()) {
      StringWriter problems = new StringWriter();
      CheckClassAdapter.verify(
          new ClassReader(classFile), loader, false, new PrintWriter(problems));
      assertThat(problems.toString()).isEmpty();
    }
  }

  @Test
  void theSameProgramsGiveTheSameBytes() {
    SequencedMap<String, byte[]> first =
        ClassEmitter.emitAll(List.of(FLOATS.multiply(8, 3, 2), sigmoid(FLOATS)), PACKAGE);
    SequencedMap<String, byte[]> second =
        ClassEmitter.emitAll(List.of(FLOATS.multiply(8, 3, 2), sigmoid(FLOATS)), PACKAGE);

    assertThat(List.copyOf(second.keySet())).isEqualTo(List.copyOf(first.keySet()));
    first.forEach((name, bytes) -> assertThat(second.get(name)).isEqualTo(bytes));
  }

  @Test
  void equalKernelsAndProceduresAreWrittenOnce() {
    Kernel one = FLOATS.multiply(8, 3, 1);
    Kernel two = FLOATS.multiply(8, 3, 2);

    SequencedMap<String, byte[]> classes =
        ClassEmitter.emitAll(List.of(one, two, FLOATS.multiply(8, 3, 1)), PACKAGE);

    assertThat(classes.keySet())
        .containsExactly(
            ClassEmitter.className(PACKAGE, one), ClassEmitter.className(PACKAGE, two));
    assertThat(ClassDump.text(classes.firstEntry().getValue())).contains("static tile8x3(");
    assertThat(ClassDump.text(classes.lastEntry().getValue()))
        .doesNotContain("static tile8x3(")
        .contains("INVOKESTATIC " + classes.firstEntry().getKey().replace('.', '/') + ".tile8x3");
  }

  @Test
  void differentKernelsMayNotShareAName() {
    List<Kernel> kernels =
        List.of(FLOATS.sumOfSquares(), new Programs(ElementType.F32, 256).sumOfSquares());

    assertThatThrownBy(() -> ClassEmitter.emitAll(kernels, PACKAGE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("two kernels have the name sum");
  }

  @Test
  void scalarClassesNeedNoVectorModule() {
    Programs scalar = new Programs(ElementType.F64, 0);
    Map<String, byte[]> classes =
        ClassEmitter.emitAll(
            List.of(scalar.multiply(8, 3, 2), scalar.sumOfSquares(), sigmoid(scalar)), PACKAGE);

    assertThat(classes.values())
        .allSatisfy(bytes ->
            assertThat(new String(bytes, StandardCharsets.ISO_8859_1))
                .doesNotContain("jdk/incubator"));
  }

  /** A species that is no constant shows at once as garbage: one object for each operation. */
  @Test
  void theSpeciesIsAConstantSoThatNothingIsAllocated() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment x = arena.allocate(4 * 1003, 64);
      MemorySegment y = arena.allocate(4 * 1003, 64);
      long[] addresses = Memory.addresses(x, y);
      dev.retain.runtime.kernel.Kernel kernel = Memory.load(sigmoid(FLOATS));

      assertThat(allocatedPerCallWhenWarm(() -> kernel.run(addresses, 1, 1003, 0, 1)))
          .isLessThan(64);
    }
  }

  /** The least of many rounds, for at most 20 s: how soon the JVM compiles is its own affair. */
  private static long allocatedPerCallWhenWarm(Runnable call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (least >= 64 && System.nanoTime() < deadline) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 100; i++) {
        call.run();
      }
      least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / 100);
    }
    return least;
  }

  /** {@code reduceLanes} of the Vector API would add in another order once it is compiled. */
  @Test
  void resultsDoNotChangeWhenTheJvmCompiles() {
    double[] x = new Random(10).doubles(160, -1, 1).toArray();
    try (Arena arena = Arena.ofConfined()) {
      Memory memory = new Memory(ElementType.F32, arena);
      MemorySegment y = memory.buffer(0);
      MemorySegment input = memory.buffer(x);
      MemorySegment z = memory.buffer(new double[160]);
      dev.retain.runtime.kernel.Kernel sum = Memory.load(FLOATS.sumOfSquares());
      dev.retain.runtime.kernel.Kernel sigmoid = Memory.load(sigmoid(FLOATS));
      long[] sumAddresses = Memory.addresses(input, y);
      long[] sigmoidAddresses = Memory.addresses(input, z);
      Runnable both =
          () -> {
            sum.run(sumAddresses, 1, 160, 0, 1);
            sigmoid.run(sigmoidAddresses, 1, 160, 0, 1);
          };
      both.run();
      double[] sumAtFirst = memory.values(y);
      double[] sigmoidAtFirst = memory.values(z);

      assertThat(allocatedPerCallWhenWarm(both)).isLessThan(64);
      assertThat(memory.values(y)).isEqualTo(sumAtFirst);
      assertThat(memory.values(z)).isEqualTo(sigmoidAtFirst);
    }
  }

  @Test
  void aMethodThatTheJvmWouldNotCompileIsRefused() {
    Statement[] body = new Statement[400];
    Arrays.setAll(
        body,
        i ->
            new Statement.Store(
                "y", Index.of(i), FLOATS.load("x", Index.of(i), Kind.FLOAT_VECTOR)));
    Kernel kernel = FLOATS.kernel("huge", List.of("x", "y"), body);

    assertThatThrownBy(() -> ClassEmitter.emitAll(List.of(kernel), PACKAGE))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("kernel huge (hand.ret:7) takes ")
        .hasMessageContaining("split it into procedures of at most 6000 bytes");
  }

  @Test
  void stackTracesShowTheLineOfTheModel() {
    List<Statement> divide =
        List.of(
            new Statement.DefineIndex(
                "quotient", new Index.Quotient(TIME, Index.variable("batch"))));
    Kernel kernel =
        FLOATS.kernel(
            "divide",
            List.of(),
            new Statement.For("i", Index.ZERO, Index.of(2), 1, List.of(), 41),
            new Statement.For("j", Index.ZERO, Index.of(2), 1, divide, 42));

    assertThatThrownBy(() -> Memory.load(kernel).run(new long[0], 0, 1, 0, 1))
        .isInstanceOf(ArithmeticException.class)
        .satisfies(e -> {
          StackTraceElement top = e.getStackTrace()[0];
          assertThat(top.getFileName()).isEqualTo("hand.ret");
          assertThat(top.getLineNumber()).isEqualTo(42);
          assertThat(top.getClassName()).isEqualTo(PACKAGE + ".divide");
        });
  }

  @Test
  void dumpsShowLinesAndNames() {
    Kernel kernel = FLOATS.multiply(8, 3, 2);
    String text =
        ClassDump.text(ClassEmitter.emitAll(List.of(kernel), PACKAGE).firstEntry().getValue());

    assertThat(text)
        .contains("// compiled from: hand.ret")
        .contains("LINENUMBER 11 ")
        .contains("LOCALVARIABLE c7_2 Ljdk/incubator/vector/FloatVector;")
        .contains("FloatVector.fma")
        .contains("LOCALVARIABLE panel I")
        .contains("LINENUMBER 14 ");
  }
}
