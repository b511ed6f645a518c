package dev.retain.compiler.loops;

import dev.retain.runtime.memory.ElementType;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Checks what the emitter relies on. A failure is a mistake of the compiler, never of a user.
 *
 * <p>Vectors have no logarithm, sine, cosine, power or error function: compiled code would call a
 * library for each vector, whose results differ from those of the interpreter that runs the same
 * method first.
 */
public final class LoopVerifier {
  private static final List<String> KERNEL_SIZES = List.of("batch", "time", "worker", "workers");
  private static final Set<String> RESERVED = Set.of("this", "addresses");

  private sealed interface Meaning {
    record Buffer(ElementType type) implements Meaning {}

    record Number() implements Meaning {}

    record Fixed(Kind kind) implements Meaning {}

    record Changing(Kind kind) implements Meaning {}
  }

  private final String title;
  private final Supplier<String> dump;
  private final int vectorBits;
  private final Set<Procedure> verified;
  private final Set<String> everDefined = new HashSet<>(RESERVED);
  private final Deque<Map<String, Meaning>> scopes = new ArrayDeque<>();
  private final VectorLifetimes lifetimes = new VectorLifetimes();

  private LoopVerifier(
      String title, Supplier<String> dump, int vectorBits, Set<Procedure> verified) {
    this.title = title;
    this.dump = dump;
    this.vectorBits = vectorBits;
    this.verified = verified;
    scopes.push(new HashMap<>());
  }

  /**
   * @throws IllegalStateException if the kernel or a procedure that it calls is no correct loop
   *     program; the message ends with the program
   */
  public static void verify(Kernel kernel) {
    verify(kernel, new HashSet<>());
  }

  /**
   * Verifies a kernel of several that call the same procedures.
   *
   * @param verified the procedures that need no second look, to which this kernel's are added
   */
  public static void verify(Kernel kernel, Set<Procedure> verified) {
    LoopVerifier verifier =
        new LoopVerifier(
            "kernel " + kernel.name(),
            () -> LoopPrinter.print(kernel),
            kernel.vectorBits(),
            verified);
    verifier.require(
        Set.of(0, 128, 256, 512).contains(kernel.vectorBits()),
        "vectors of %d bits",
        kernel.vectorBits());
    KERNEL_SIZES.forEach(size -> verifier.define(size, new Meaning.Number()));
    verifier.method(kernel.buffers(), kernel.body());
  }

  private void verify(Procedure procedure) {
    if (verified.add(procedure)) {
      LoopVerifier verifier =
          new LoopVerifier(
              "procedure " + procedure.name() + " of " + title,
              () -> LoopPrinter.print(procedure),
              vectorBits,
              verified);
      procedure.arguments().forEach(name -> verifier.define(name, new Meaning.Number()));
      verifier.method(procedure.buffers(), procedure.body());
    }
  }

  private void method(List<BufferParameter> buffers, List<Statement> body) {
    for (BufferParameter buffer : buffers) {
      define(buffer.name(), new Meaning.Buffer(buffer.type()));
    }
    statements(body);
    lifetimes
        .acrossCall()
        .ifPresent(name -> require(false, "the vector %s is alive across a call", name));
  }

  private void require(boolean condition, String problem, Object... parts) {
    if (!condition) {
      throw wrong(problem.formatted(parts));
    }
  }

  private IllegalStateException wrong(String problem) {
    return new IllegalStateException(title + ": " + problem + "\n" + dump.get());
  }

  // Names

  private void define(String name, Meaning meaning) {
    require(everDefined.add(name), "%s is defined twice", name);
    scopes.element().put(name, meaning);
  }

  private Meaning meaning(String name) {
    for (Map<String, Meaning> scope : scopes) {
      if (scope.containsKey(name)) {
        return scope.get(name);
      }
    }
    throw wrong(name + " is not defined here");
  }

  private ElementType buffer(String name) {
    if (meaning(name) instanceof Meaning.Buffer(ElementType type)) {
      return type;
    }
    throw wrong(name + " is no buffer");
  }

  // Statements

  private void statements(List<Statement> statements) {
    statements.forEach(this::statement);
  }

  private void scope(List<Statement> body) {
    scopes.push(new HashMap<>());
    statements(body);
    scopes.pop();
  }

  private void statement(Statement statement) {
    lifetimes.next();
    switch (statement) {
      case Statement.For loop -> loop(loop);
      case Statement.IfLess(
              Index left,
              Index right,
              List<Statement> then,
              List<Statement> otherwise) -> {
        index(left);
        index(right);
        scope(then);
        scope(otherwise);
      }
      case Statement.DefineIndex(String name, Index value) -> {
        index(value);
        define(name, new Meaning.Number());
      }
      case Statement.Define(String name, Value value) -> {
        value(value);
        define(name, new Meaning.Fixed(value.kind()));
        defined(name, value);
      }
      case Statement.Accumulator(String name, Value initial) -> {
        value(initial);
        define(name, new Meaning.Changing(initial.kind()));
        defined(name, initial);
      }
      case Statement.Assign(String name, Value value) -> {
        value(value);
        require(
            meaning(name).equals(new Meaning.Changing(value.kind())),
            "%s is no accumulator of kind %s",
            name,
            value.kind());
        lifetimes.use(name);
      }
      case Statement.Store(String buffer, Index element, Value value) -> {
        index(element);
        value(value);
        require(!buffer(buffer).isSmall(), "%s is written, which is stored small", buffer);
        require(
            !value.kind().isVector() || buffer(buffer) == value.kind().element(),
            "a %s is stored to %s of %s",
            value.kind(),
            buffer,
            buffer(buffer));
      }
      case Statement.Call call -> call(call);
    }
  }

  private void defined(String name, Value value) {
    if (value.kind().isVector()) {
      lifetimes.define(name);
    }
  }

  private void loop(Statement.For loop) {
    index(loop.from());
    index(loop.to());
    require(loop.step() > 0, "the loop over %s has step %d", loop.variable(), loop.step());
    scopes.push(new HashMap<>());
    define(loop.variable(), new Meaning.Number());
    int start = lifetimes.next();
    statements(loop.body());
    lifetimes.endLoop(start);
    scopes.pop();
  }

  private void call(Statement.Call call) {
    Procedure called = call.procedure();
    require(
        call.places().size() == called.buffers().size()
            && call.arguments().size() == called.arguments().size(),
        "%s takes %d buffers and %d arguments, and is given %d and %d",
        called.name(),
        called.buffers().size(),
        called.arguments().size(),
        call.places().size(),
        call.arguments().size());
    for (int i = 0; i < call.places().size(); i++) {
      Statement.Place place = call.places().get(i);
      BufferParameter parameter = called.buffers().get(i);
      index(place.element());
      require(
          buffer(place.buffer()) == parameter.type(),
          "%s takes %s for %s, and is given %s of %s",
          called.name(),
          parameter.type(),
          parameter.name(),
          place.buffer(),
          buffer(place.buffer()));
    }
    call.arguments().forEach(this::index);
    lifetimes.call();
    verify(called);
  }

  // Indexes

  private void index(Index index) {
    switch (index) {
      case Index.Constant _ -> {}
      case Index.Variable(String name) ->
          require(meaning(name) instanceof Meaning.Number, "%s is no whole number", name);
      case Index.Sum(List<Index> terms) -> terms(terms);
      case Index.Product(List<Index> factors) -> terms(factors);
      case Index.Quotient(Index dividend, Index divisor) -> division(dividend, divisor);
      case Index.Remainder(Index dividend, Index divisor) -> division(dividend, divisor);
      case Index.Element(String buffer, Index place) -> {
        require(buffer(buffer) == ElementType.I64, "%s holds no whole numbers", buffer);
        index(place);
      }
      case Index.Minimum(Index left, Index right) -> terms(List.of(left, right));
    }
  }

  private void terms(Collection<Index> terms) {
    require(!terms.isEmpty(), "a sum or product of nothing");
    terms.forEach(this::index);
  }

  private void division(Index dividend, Index divisor) {
    index(dividend);
    index(divisor);
    require(
        !(divisor instanceof Index.Constant(long value)) || value > 0,
        "a division by a constant that is not positive");
  }

  // Values

  private void value(Value value) {
    require(vectorBits > 0 || !value.kind().isVector(), "a vector in a scalar program");
    switch (value) {
      case Value.Literal _ -> {}
      case Value.Local(String name, Kind kind) -> {
        Meaning meaning = meaning(name);
        require(
            meaning.equals(new Meaning.Fixed(kind)) || meaning.equals(new Meaning.Changing(kind)),
            "%s is read as a %s",
            name,
            kind);
        lifetimes.use(name);
      }
      case Value.Load(String buffer, Index element, Kind kind) -> {
        index(element);
        require(
            kind.loads(buffer(buffer)), "%s of %s is loaded as a %s", buffer, buffer(buffer), kind);
      }
      case Value.FromIndex(Index index, Kind kind) -> {
        index(index);
        scalar(kind);
      }
      case Value.Lanes(Index first, Kind kind) -> {
        index(first);
        vector(kind);
      }
      case Value.Broadcast(Value scalar) -> {
        value(scalar);
        scalar(scalar.kind());
      }
      case Value.Convert(Value number, Kind kind) -> {
        value(number);
        scalar(number.kind());
        scalar(kind);
      }
      case Value.Unary(Value.UnaryOperation operation, Value operand) -> {
        value(operand);
        require(
            !operand.kind().isVector() || hasVectorForm(operation), "%s of a vector", operation);
      }
      case Value.Binary(Value.BinaryOperation operation, Value left, Value right) -> {
        same(left, right);
        require(
            !left.kind().isVector() || operation != Value.BinaryOperation.POWER,
            "%s of vectors",
            operation);
      }
      case Value.MultiplyAdd(Value a, Value b, Value c) -> {
        same(a, b);
        same(a, c);
      }
      case Value.Select(Value.Relation _, Value left, Value right, Value yes, Value no) -> {
        same(left, right);
        same(yes, no);
        require(
            left.kind() == yes.kind() || !left.kind().isVector() && !yes.kind().isVector(),
            "a %s is chosen by comparing a %s",
            yes.kind(),
            left.kind());
      }
      case Value.ExchangeLanes(Value vector, int distance) -> {
        value(vector);
        vector(vector.kind());
        distance(distance, vector.kind());
      }
      case Value.MergeLanes(Value without, Value with, int distance) -> {
        same(without, with);
        vector(with.kind());
        distance(distance, with.kind());
      }
      case Value.ReduceLanes(Value.BinaryOperation operation, Value vector) -> {
        value(vector);
        vector(vector.kind());
        require(reduces(operation), "%s as a reduction", operation);
      }
    }
  }

  private void distance(int distance, Kind kind) {
    require(
        Integer.bitCount(distance) == 1 && distance < Target.lanes(vectorBits, kind.element()),
        "lanes %d apart",
        distance);
  }

  private void same(Value left, Value right) {
    value(left);
    value(right);
    require(left.kind() == right.kind(), "%s and %s in one operation", left.kind(), right.kind());
  }

  private void scalar(Kind kind) {
    require(!kind.isVector(), "%s where one number is needed", kind);
  }

  private void vector(Kind kind) {
    require(kind.isVector(), "%s where a vector is needed", kind);
  }

  private static boolean hasVectorForm(Value.UnaryOperation operation) {
    return switch (operation) {
      case NEGATE, ABSOLUTE, SQUARE_ROOT, EXPONENTIAL, HYPERBOLIC_TANGENT -> true;
      case LOGARITHM, SINE, COSINE, ERROR_FUNCTION -> false;
    };
  }

  private static boolean reduces(Value.BinaryOperation operation) {
    return switch (operation) {
      case ADD, MULTIPLY, MINIMUM, MAXIMUM -> true;
      case SUBTRACT, DIVIDE, POWER -> false;
    };
  }
}
