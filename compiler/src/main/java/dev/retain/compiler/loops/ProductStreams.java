package dev.retain.compiler.loops;

import dev.retain.compiler.fusion.Buffer;
import dev.retain.compiler.fusion.Coordinate;
import dev.retain.compiler.fusion.Scalar;
import dev.retain.compiler.fusion.Stage;
import dev.retain.compiler.tensor.Axis;
import dev.retain.compiler.tensor.Function;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a product reads and fills: its sides, and what its finish reads beside the sums. */
final class ProductStreams {
  private final Stage.Contract stage;
  private final Optional<Stage.Finished> finished;
  private final Streams streams;

  ProductStreams(Stage.Contract stage, Optional<Stage.Finished> finished) {
    this.stage = stage;
    this.finished = finished;
    this.streams = new Streams(filled(), filledAxes(), read());
  }

  Streams all() {
    return streams;
  }

  /** What goes to memory. */
  Buffer filled() {
    return finished.map(Stage.Finished::target).orElse(stage.target());
  }

  /** Its axes under the product's names. */
  List<Axis> filledAxes() {
    return finished
        .map(f -> f.target().axes().stream().map(f.names()::get).toList())
        .orElse(stage.target().axes());
  }

  /** The product, and beside it all that the finish reads. */
  private Scalar read() {
    List<Scalar> all = new ArrayList<>(List.of(product()));
    finished.ifPresent(f -> others(f).forEach(all::add));
    return all.size() == 1 ? product() : new Scalar.Apply(Function.ADD, all);
  }

  private static List<Scalar.Element> others(Stage.Finished stage) {
    return stage.elements().stream()
        .filter(element -> !element.equals(stage.made()))
        .map(element -> ProductFinish.inProductNames(element, stage.names()))
        .toList();
  }

  /**
   * What is made of the sums.
   *
   * @param columns the target's last axis
   * @param lanes of a vector
   */
  Optional<ProductFinish> finish(Axis columns, int lanes) {
    return finished.map(f -> new ProductFinish(f, this, columns, lanes));
  }

  /** Of the two sides, element by element. */
  Scalar product() {
    return new Scalar.Apply(
        Function.MULTIPLY, List.of(element(stage.left()), element(stage.right())));
  }

  private static Scalar.Element element(Stage.Operand operand) {
    return new Scalar.Element(
        operand.buffer(), operand.axes().stream().<Coordinate>map(Coordinate.Along::new).toList());
  }

  Index stride(int stream, Axis axis) {
    return streams.stride(stream, axis);
  }

  /** Where a stream begins, for the positions around the product. */
  Index base(int stream, Map<Axis, Index> outside) {
    return streams.place(stream, outside);
  }

  /** Both sides may be the same elements, and then are one stream. */
  int left() {
    return streams.number(element(stage.left()));
  }

  int right() {
    return streams.number(element(stage.right()));
  }

  /** Where what the finish reads begins. */
  List<Statement.Place> others(Map<Axis, Index> outside) {
    return others().stream()
        .map(stream -> new Statement.Place(streams.name(stream), base(stream, outside)))
        .toList();
  }

  /** The streams that the finish reads beside the sums. */
  List<Integer> others() {
    return finished
        .map(f -> others(f).stream().map(streams::number).distinct().toList())
        .orElse(List.of());
  }

  List<Buffer> otherBuffers() {
    return others().stream().map(streams.buffers()::get).toList();
  }

  List<BufferParameter> otherParameters() {
    return others().stream()
        .map(stream ->
            new BufferParameter(streams.name(stream), streams.buffers().get(stream).type()))
        .toList();
  }
}
