package dev.retain.compiler.bytecode;

import dev.retain.compiler.loops.BufferParameter;
import dev.retain.compiler.loops.Index;
import dev.retain.compiler.loops.Procedure;
import dev.retain.compiler.loops.Statement;
import dev.retain.compiler.loops.Value;
import dev.retain.runtime.memory.ElementType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** The statements of one method. */
final class StatementEmitter {
  private final MethodEmitter method;
  private final IndexEmitter indexes;
  private final MemoryEmitter memory;
  private final ValueEmitter values;
  private final Function<Procedure, ClassEmitter.Place> places;

  /**
   * @param places where each procedure is that is called
   */
  StatementEmitter(
      MethodEmitter method,
      List<BufferParameter> buffers,
      VectorConstants constants,
      int vectorBits,
      Function<Procedure, ClassEmitter.Place> places) {
    this.method = method;
    this.places = places;
    Map<String, ElementType> types = new HashMap<>();
    buffers.forEach(buffer -> types.put(buffer.name(), buffer.type()));
    indexes = new IndexEmitter(method);
    memory = new MemoryEmitter(method, indexes, types);
    values = new ValueEmitter(method, indexes, memory, constants, vectorBits);
  }

  void emit(List<Statement> statements) {
    statements.forEach(this::emit);
  }

  private void emit(Statement statement) {
    switch (statement) {
      case Statement.For loop -> loop(loop);
      case Statement.IfLess branch -> branch(branch);
      case Statement.DefineIndex(String name, Index value) -> {
        indexes.pushLong(value);
        method.define(name, Type.LONG_TYPE);
      }
      case Statement.Define(String name, Value value) -> define(name, value);
      case Statement.Accumulator(String name, Value initial) -> {
        define(name, initial);
        values.accumulates(name);
      }
      case Statement.Assign(String name, Value value) -> {
        values.push(value);
        method.assign(name);
      }
      case Statement.Store(String buffer, Index element, Value value) ->
          values.store(buffer, element, value);
      case Statement.Call call -> call(call);
    }
  }

  private void define(String name, Value value) {
    values.push(value);
    method.define(name, values.typeOf(value.kind()));
  }

  private void loop(Statement.For loop) {
    int outer = method.line();
    method.line(loop.line());
    method.forLoop(
        loop.variable(),
        () -> indexes.pushInt(loop.from()),
        () -> indexes.pushInt(loop.to()),
        loop.step(),
        () -> {
          emit(loop.body());
          method.line(loop.line());
        });
    method.line(outer);
  }

  private void branch(Statement.IfLess branch) {
    indexes.pushLong(branch.left());
    indexes.pushLong(branch.right());
    method.instruction(Opcodes.LCMP);
    method.branch(Opcodes.IFGE, () -> emit(branch.then()), () -> emit(branch.otherwise()));
  }

  private void call(Statement.Call call) {
    int outer = method.line();
    method.line(call.line());
    for (Statement.Place start : call.places()) {
      memory.address(start.buffer(), start.element());
    }
    call.arguments().forEach(indexes::pushLong);
    ClassEmitter.Place place = places.apply(call.procedure());
    method.callStatic(place.owner(), place.method(), descriptor(call.procedure()));
    method.line(outer);
  }

  /** Every buffer and every argument is a long. */
  static String descriptor(Procedure procedure) {
    return "(" + "J".repeat(procedure.buffers().size() + procedure.arguments().size()) + ")V";
  }
}
