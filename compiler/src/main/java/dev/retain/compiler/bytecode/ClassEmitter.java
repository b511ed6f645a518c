package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.BufferParameter;
import dev.retain.compiler.loops.Kernel;
import dev.retain.compiler.loops.LoopVerifier;
import dev.retain.compiler.loops.Procedure;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SequencedMap;
import java.util.Set;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Writes the class of a kernel. The procedures that it calls are static methods of the class, or of
 * the class of an earlier kernel that calls the same.
 */
public final class ClassEmitter {
  private static final String KERNEL_INTERFACE = "dev/retain/runtime/kernel/Kernel";
  private static final String KERNEL_METHOD = "run";

  /** Where a procedure is: the internal name of its class, and its method. */
  record Place(String owner, String method) {}

  /** The procedures that other kernels have written, and their checks. */
  private static final class Shared {
    private final Map<Procedure, Place> known = new HashMap<>();
    // Hashing a procedure takes as long as its check, and a kernel calls each many times.
    private final Map<Procedure, Place> seen = new IdentityHashMap<>();
    private final Set<Procedure> verified = Collections.newSetFromMap(new IdentityHashMap<>());
  }

  private final Kernel kernel;
  private final Shared shared;
  private final String internal;
  private final ClassWriter writer = new FrameWriter();
  private final VectorConstants constants;
  private final Set<String> methods = new HashSet<>(Set.of(KERNEL_METHOD));
  private final Queue<Procedure> called = new ArrayDeque<>();

  private ClassEmitter(Kernel kernel, String name, Shared shared) {
    this.kernel = kernel;
    this.shared = shared;
    this.internal = name.replace('.', '/');
    this.constants = new VectorConstants(internal);
  }

  /** The binary name of the class of a kernel. */
  public static String className(String packageName, Kernel kernel) {
    return packageName + "." + kernel.name();
  }

  /**
   * The classes of all kernels of a model.
   *
   * @param packageName of the classes, with dots
   * @return class files by {@link #className}, in the order of the kernels; equal ones are one
   * @throws IllegalStateException if a kernel is no correct loop program, or a method is too large
   *     for the JVM to compile; the message says which
   */
  public static SequencedMap<String, byte[]> emitAll(List<Kernel> kernels, String packageName) {
    // What a procedure does depends on the width of its vectors.
    Map<Integer, Shared> byWidth = new HashMap<>();
    SequencedMap<String, byte[]> classes = new LinkedHashMap<>();
    Map<String, Kernel> byName = new HashMap<>();
    for (Kernel kernel : kernels) {
      Kernel other = byName.putIfAbsent(kernel.name(), kernel);
      if (other == null) {
        Shared shared = byWidth.computeIfAbsent(kernel.vectorBits(), _ -> new Shared());
        LoopVerifier.verify(kernel, shared.verified);
        String name = className(packageName, kernel);
        classes.put(name, new ClassEmitter(kernel, name, shared).emit());
      } else if (!other.equals(kernel)) {
        throw new IllegalStateException("two kernels have the name " + kernel.name());
      }
    }
    return classes;
  }

  private byte[] emit() {
    int modifiers = Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SUPER;
    writer.visit(
        Opcodes.V25,
        modifiers,
        internal,
        null,
        "java/lang/Object",
        new String[] {KERNEL_INTERFACE});
    writer.visitSource(kernel.source(), null);
    constructor();
    run();
    while (!called.isEmpty()) {
      procedure(called.remove());
    }
    constants.end(writer);
    writer.visitEnd();
    return writer.toByteArray();
  }

  private void constructor() {
    MethodEmitter constructor =
        new MethodEmitter("a constructor", writer, Opcodes.ACC_PUBLIC, "<init>", "()V");
    constructor.parameter("this", Type.getObjectType(internal));
    constructor.read("this");
    constructor.callConstructor("java/lang/Object");
    constructor.end();
  }

  private void run() {
    MethodEmitter method =
        new MethodEmitter(
            "kernel " + kernel.name() + " (" + kernel.source() + ":" + kernel.line() + ")",
            writer,
            Opcodes.ACC_PUBLIC,
            KERNEL_METHOD,
            "([JIIII)V");
    method.line(kernel.line());
    method.parameter("this", Type.getObjectType(internal));
    method.parameter("addresses", Type.getType("[J"));
    List.of("batch", "time", "worker", "workers")
        .forEach(size -> method.parameter(size, Type.INT_TYPE));
    for (int i = 0; i < kernel.buffers().size(); i++) {
      method.read("addresses");
      method.constant(i);
      method.instruction(Opcodes.LALOAD);
      method.define(kernel.buffers().get(i).name(), Type.LONG_TYPE);
    }
    statements(method, kernel.buffers()).emit(kernel.body());
    method.end();
  }

  private void procedure(Procedure procedure) {
    MethodEmitter method =
        new MethodEmitter(
            "procedure " + procedure.name() + ", called by kernel " + kernel.name(),
            writer,
            Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC,
            shared.seen.get(procedure).method(),
            StatementEmitter.descriptor(procedure));
    for (BufferParameter buffer : procedure.buffers()) {
      method.parameter(buffer.name(), Type.LONG_TYPE);
    }
    procedure.arguments().forEach(argument -> method.parameter(argument, Type.LONG_TYPE));
    statements(method, procedure.buffers()).emit(procedure.body());
    method.end();
  }

  private StatementEmitter statements(MethodEmitter method, List<BufferParameter> buffers) {
    return new StatementEmitter(method, buffers, constants, kernel.vectorBits(), this::place);
  }

  private Place place(Procedure procedure) {
    return shared.seen.computeIfAbsent(
        procedure, _ -> shared.known.computeIfAbsent(procedure, this::planned));
  }

  /** A method of this class that is yet to be written. */
  private Place planned(Procedure procedure) {
    called.add(procedure);
    String stem = procedure.name().replaceAll("[^A-Za-z0-9]", "_");
    String name = stem;
    for (int i = 2; !methods.add(name); i++) {
      name = stem + "_" + i;
    }
    return new Place(internal, name);
  }

  /** Computes frames without loading the classes that it writes about. */
  private static final class FrameWriter extends ClassWriter {
    FrameWriter() {
      super(COMPUTE_FRAMES);
    }

    @Override
    protected String getCommonSuperClass(String first, String second) {
      throw new IllegalStateException("a local is both a " + first + " and a " + second);
    }
  }
}
