package dev.retain.compiler.loops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.retain.runtime.memory.ElementType;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoopPrinterTest {
  @Test
  void aKernelAndTheProceduresItCalls() {
    Index i = Index.variable("i");
    Index n = Index.variable("n");
    Value x = new Value.Load("x", n.plus(Index.ONE).times(8).plus(i), Kind.FLOAT_VECTOR);
    Value sum = new Value.Local("sum", Kind.FLOAT_VECTOR);
    Procedure add =
        new Procedure(
            "add",
            List.of(
                new BufferParameter("x", ElementType.F32),
                new BufferParameter("y", ElementType.F32)),
            List.of("n"),
            List.of(
                new Statement.Accumulator("sum", new Value.Literal(0, Kind.FLOAT_VECTOR)),
                new Statement.For(
                    "i",
                    Index.ZERO,
                    n,
                    8,
                    List.of(
                        new Statement.Assign("sum", new Value.MultiplyAdd(x, x, sum)),
                        new Statement.Define(
                            "scaled",
                            new Value.Binary(
                                Value.BinaryOperation.MULTIPLY,
                                new Value.Unary(Value.UnaryOperation.EXPONENTIAL, sum),
                                new Value.Binary(Value.BinaryOperation.SUBTRACT, sum, x)))),
                    4),
                new Statement.Store(
                    "y",
                    Index.ZERO,
                    new Value.ReduceLanes(
                        Value.BinaryOperation.ADD, new Value.ExchangeLanes(sum, 1)))));
    Procedure other = new Procedure("add", List.of(), List.of("n"), List.of());
    Kernel kernel =
        new Kernel(
            "sum",
            "model.ret",
            3,
            256,
            List.of(
                new BufferParameter("a", ElementType.F32),
                new BufferParameter("b", ElementType.F32)),
            List.of(
                new Statement.DefineIndex(
                    "half", Index.variable("time").dividedBy(2).minimum(Index.of(64))),
                new Statement.IfLess(
                    Index.variable("worker"),
                    Index.ONE,
                    List.of(
                        new Statement.Call(
                            add,
                            List.of(
                                new Statement.Place("a", Index.variable("half").times(2)),
                                new Statement.Place("b", Index.ZERO)),
                            List.of(Index.variable("time")),
                            5)),
                    List.of(
                        new Statement.Call(other, List.of(), List.of(Index.ONE), 0),
                        new Statement.Store(
                            "b",
                            Index.ZERO,
                            new Value.Select(
                                Value.Relation.LESS,
                                new Value.Load("a", Index.ZERO, Kind.FLOAT),
                                new Value.Literal(0, Kind.FLOAT),
                                new Value.FromIndex(Index.variable("half"), Kind.FLOAT),
                                new Value.Literal(1, Kind.FLOAT)))))));

    assertThat(LoopPrinter.print(kernel))
        .isEqualTo(
            """
            kernel sum(f32[] a, f32[] b) {  // model.ret:3, 256-bit vectors
              long half = min(time / 2, 64);
              if (worker < 1) {
                add(&a[half * 2], &b[0], time);  // line 5
              } else {
                add#2(1);
                b[0] = (a[0] < 0.0f ? ((float) (half)) : 1.0f);
              }
            }

            procedure add(f32[] x, f32[] y, long n) {
              FloatVector sum = broadcast(0.0f);
              for (int i = 0; i < n; i += 8) {  // line 4
                sum = fma(x[(n + 1) * 8 + i...], x[(n + 1) * 8 + i...], sum);
                final FloatVector scaled = exp(sum) * (sum - x[(n + 1) * 8 + i...]);
              }
              y[0] = reduce(add, exchange(sum, 1));
            }

            procedure add#2(long n) {
            }
            """);
  }
}
