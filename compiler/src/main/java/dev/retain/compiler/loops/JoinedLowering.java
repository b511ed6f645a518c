package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Coordinate;
import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.fusion.Triangle;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sums of products of matrices, for each position along the axes that all of them keep. */
final class JoinedLowering {
  private final Stage.Joined stage;
  private final Target target;
  private final Streams streams;
  private final Axis rows;
  private final Axis columns;
  private final Nest around;

  JoinedLowering(Stage.Joined stage, Target target) {
    this.stage = stage;
    this.target = target;
    this.streams = new Streams(stage.target(), new Scalar.Apply(Function.ADD, read(stage)));
    List<Axis> axes = new ArrayList<>(stage.target().axes());
    this.columns = axes.removeLast();
    Stage.Contract first = stage.products().getFirst();
    this.rows =
        axes.stream().filter(a -> !first.right().axes().contains(a)).findFirst().orElseThrow();
    axes.remove(rows);
    this.around = Nest.of(axes, streams);
  }

  private static List<Scalar> read(Stage.Joined stage) {
    List<Scalar> read = new ArrayList<>();
    for (Stage.Term term : stage.terms()) {
      read.add(element(term.product().left()));
      read.add(element(term.product().right()));
      read.add(term.factor());
    }
    return read;
  }

  private static Scalar.Element element(Stage.Operand operand) {
    return new Scalar.Element(
        operand.buffer(), operand.axes().stream().<Coordinate>map(Coordinate.Along::new).toList());
  }

  Lowered lower() {
    List<JoinedProduct.Term> terms = new ArrayList<>();
    for (Stage.Term term : stage.terms()) {
      terms.add(term(term, terms.size() + 1));
    }
    JoinedProduct product =
        new JoinedProduct(
            stage.target().type(),
            target.tiling(),
            target.lanes(stage.target().type()),
            terms,
            factors().stream().map(this::parameter).toList());
    Index time = Layout.size(rows);
    ProductShares shares =
        new ProductShares(
            around,
            new ProductShares.Side(time, product.rowPiece()),
            new ProductShares.Side(Layout.size(columns), product.columnPiece()),
            Index.ONE);
    int line = LoopBuilder.line(stage.span());
    List<BufferParameter> parameters = product.buffers();
    List<Statement> body =
        shares.statements(
            outside ->
                List.of(
                    new Statement.Call(
                        product.procedure(),
                        places(outside, parameters),
                        product.arguments().stream().map(values(product)::get).toList(),
                        line)),
            line);
    return new Lowered(
        new Kernel(
            "Joined",
            LoopBuilder.source(stage.span()),
            line,
            target.vectorBits(),
            parameters,
            body),
        buffers());
  }

  private JoinedProduct.Term term(Stage.Term term, int number) {
    Stage.Contract product = term.product();
    Axis over = product.over().getFirst();
    Map<String, Index> strides = new LinkedHashMap<>();
    strides.put("aRow", stride(product.left(), rows));
    strides.put("bStep", stride(product.right(), over));
    strides.put("bColumn", stride(product.right(), columns));
    strides.put("aStep", stride(product.left(), over));
    strides.put("cRow", streams.stride(0, rows));
    PanelShape shape =
        PanelShape.of(
            target,
            product.left().buffer().type(),
            product.right().buffer().type(),
            stage.target().type(),
            triangle(product),
            strides);
    return new JoinedProduct.Term(
        "" + number,
        shape,
        strides,
        Layout.size(over),
        new RowFactor(term.factor(), streams, rows, stage.target().type()));
  }

  /** What can be left out if rows and steps are those of the triangle alone. */
  private Triangle triangle(Stage.Contract product) {
    Index time = Layout.size(Axis.TIME);
    boolean alone =
        Layout.size(rows).equals(time) && Layout.size(product.over().getFirst()).equals(time);
    return alone ? product.triangle() : Triangle.NONE;
  }

  private Index stride(Stage.Operand operand, Axis axis) {
    return streams.stride(streams.number(element(operand)), axis);
  }

  /** The streams that factors read. */
  private Set<Integer> factors() {
    Set<Integer> factors = new LinkedHashSet<>();
    stage
        .terms()
        .forEach(term ->
            RowFactor.elements(term.factor())
                .forEach(element -> factors.add(streams.number(element))));
    return factors;
  }

  private BufferParameter parameter(int stream) {
    return new BufferParameter(streams.name(stream), streams.buffers().get(stream).type());
  }

  private List<Buffer> buffers() {
    List<Buffer> buffers = new ArrayList<>(List.of(stage.target()));
    stage
        .products()
        .forEach(product -> {
          buffers.add(product.left().buffer());
          buffers.add(product.right().buffer());
        });
    buffers.add(Workspace.buffer(stage.target().type()));
    factors().forEach(stream -> buffers.add(streams.buffers().get(stream)));
    return buffers;
  }

  private List<Statement.Place> places(Map<Axis, Index> outside, List<BufferParameter> parameters) {
    List<Index> begins = new ArrayList<>(List.of(streams.place(0, outside)));
    for (Stage.Contract product : stage.products()) {
      begins.add(streams.place(streams.number(element(product.left())), outside));
      begins.add(streams.place(streams.number(element(product.right())), outside));
    }
    begins.add(Index.ZERO);
    factors().forEach(stream -> begins.add(streams.place(stream, outside)));
    List<Statement.Place> places = new ArrayList<>();
    for (int i = 0; i < begins.size(); i++) {
      places.add(new Statement.Place(parameters.get(i).name(), begins.get(i)));
    }
    return places;
  }

  /** What the product is called with, by name. */
  private Map<String, Index> values(JoinedProduct product) {
    Map<String, Index> values = new LinkedHashMap<>();
    JoinedProduct.PIECE.forEach(name -> values.put(name, Index.variable(name)));
    values.put("cRow", streams.stride(0, rows));
    for (JoinedProduct.Term term : product.terms()) {
      term.strides().forEach((name, stride) -> values.putIfAbsent(term.named(name), stride));
      values.put(term.named("steps"), term.steps());
    }
    factors()
        .forEach(stream -> values.put(streams.name(stream) + "Row", streams.stride(stream, rows)));
    return values;
  }
}
