package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.BufferParameter;
import dev.retain.compiler.loops.Kernel;
import dev.retain.compiler.loops.LoopVerifier;
import dev.retain.compiler.loops.Procedure;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Writes the classes of kernels and of the procedures that they call. */
public final class ClassEmitter {
  private static final String KERNEL_INTERFACE = "dev/retain/runtime/kernel/Kernel";

  /** The widths of vectors differ by kernel, so a procedure is known by its width too. */
  private record Compiled(Procedure procedure, int vectorBits) {}

  private final ClassNames names;
  private final SequencedMap<String, byte[]> classes = new LinkedHashMap<>();
  private final Map<Kernel, String> kernels = new LinkedHashMap<>();
  private final Map<Compiled, String> procedures = new HashMap<>();

  private ClassEmitter(String packageName) {
    names = new ClassNames(packageName);
  }

  /**
   * The classes of all kernels of a model.
   *
   * @param packageName of the classes, with dots
   * @throws IllegalStateException if a kernel is no correct loop program, or a method is too large
   *     for the JVM to compile; the message says which
   */
  public static KernelLibrary emitAll(List<Kernel> kernels, String packageName) {
    ClassEmitter emitter = new ClassEmitter(packageName);
    for (Kernel kernel : kernels) {
      emitter.kernels.computeIfAbsent(kernel, emitter::emit);
    }
    return new KernelLibrary(emitter.classes, emitter.kernels);
  }

  private String emit(Kernel kernel) {
    LoopVerifier.verify(kernel);
    String name = names.of(kernel);
    if (kernels.containsValue(name)) {
      throw new IllegalStateException("two kernels have the name " + kernel.name());
    }
    String internal = name.replace('.', '/');
    ClassWriter writer = writer(internal, kernel.source(), KERNEL_INTERFACE);
    constructor(writer, internal);
    VectorConstants constants = new VectorConstants(internal);
    MethodEmitter method =
        new MethodEmitter(
            "kernel " + kernel.name() + " (" + kernel.source() + ":" + kernel.line() + ")",
            writer,
            Opcodes.ACC_PUBLIC,
            "run",
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
    new StatementEmitter(
            method,
            kernel.buffers(),
            constants,
            kernel.vectorBits(),
            procedure -> procedureClass(procedure, kernel))
        .emit(kernel.body());
    method.end();
    return finish(name, writer, constants);
  }

  private String procedureClass(Procedure procedure, Kernel caller) {
    Compiled key = new Compiled(procedure, caller.vectorBits());
    String known = procedures.get(key);
    if (known == null) {
      known = emit(procedure, caller);
      procedures.put(key, known);
    }
    return known.replace('.', '/');
  }

  private String emit(Procedure procedure, Kernel caller) {
    String name = names.of(procedure, caller.vectorBits());
    String internal = name.replace('.', '/');
    ClassWriter writer = writer(internal, caller.source());
    VectorConstants constants = new VectorConstants(internal);
    MethodEmitter method =
        new MethodEmitter(
            "procedure " + procedure.name() + ", called by kernel " + caller.name(),
            writer,
            Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC,
            StatementEmitter.PROCEDURE_METHOD,
            StatementEmitter.descriptor(procedure));
    for (BufferParameter buffer : procedure.buffers()) {
      method.parameter(buffer.name(), Type.LONG_TYPE);
    }
    procedure.arguments().forEach(argument -> method.parameter(argument, Type.LONG_TYPE));
    new StatementEmitter(
            method,
            procedure.buffers(),
            constants,
            caller.vectorBits(),
            called -> procedureClass(called, caller))
        .emit(procedure.body());
    method.end();
    return finish(name, writer, constants);
  }

  private String finish(String name, ClassWriter writer, VectorConstants constants) {
    constants.end(writer);
    writer.visitEnd();
    if (classes.putIfAbsent(name, writer.toByteArray()) != null) {
      throw new IllegalStateException("two classes would be called " + name);
    }
    return name;
  }

  private static void constructor(ClassWriter writer, String internal) {
    MethodEmitter constructor =
        new MethodEmitter("a constructor", writer, Opcodes.ACC_PUBLIC, "<init>", "()V");
    constructor.parameter("this", Type.getObjectType(internal));
    constructor.read("this");
    constructor.callConstructor("java/lang/Object");
    constructor.end();
  }

  private static ClassWriter writer(String internal, String source, String... interfaces) {
    ClassWriter writer = new FrameWriter();
    int modifiers = Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL | Opcodes.ACC_SUPER;
    writer.visit(Opcodes.V25, modifiers, internal, null, "java/lang/Object", interfaces);
    writer.visitSource(source, null);
    return writer;
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
