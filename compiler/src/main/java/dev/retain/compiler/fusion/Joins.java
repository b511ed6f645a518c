package dev.retain.compiler.fusion;

import dev.retain.compiler.tensor.Axis;
import dev.retain.runtime.program.Role;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Lets products that are only added up be one: what a step reads of the state and of its block's
 * steps is then summed in registers, and goes to memory once.
 */
final class Joins {
  private final Readers readers;

  /** The targets of products that lie nowhere now. */
  private final Set<Buffer> gone = new HashSet<>();

  private final List<Buffer> buffers;

  private Joins(StageProgram program) {
    this.readers = new Readers(program);
    this.buffers = new ArrayList<>(program.buffers());
  }

  static StageProgram of(StageProgram program) {
    Joins joins = new Joins(program);
    List<Stage> stages = new ArrayList<>();
    program.stages().forEach(stage -> joins.add(stage, stages));
    joins.buffers.removeAll(joins.gone);
    return new StageProgram(program.name(), joins.buffers, program.once(), stages);
  }

  private void add(Stage stage, List<Stage> before) {
    switch (stage) {
      case Stage.Parts(List<Axis> axes, List<Stage.OneKernel> members) -> {
        PartMembers parts = new PartMembers(axes, new ArrayList<>());
        members.forEach(member -> add(member, parts));
        before.add(parts.stage());
      }
      case Stage.Pointwise reader -> before.add(withoutSums(reader, before));
      case Stage.Rows(List<Axis> axes, List<Stage.Single> members) ->
          before.add(
              new Stage.Rows(
                  axes,
                  members.stream()
                      .map(member ->
                          member instanceof Stage.Pointwise reader
                              ? withoutSums(reader, before)
                              : member)
                      .toList()));
      default -> before.add(stage);
    }
  }

  /** Stages that run part by part. */
  private record PartMembers(List<Axis> axes, List<Stage.OneKernel> members) {
    static PartMembers of(Stage.Parts stage) {
      return new PartMembers(stage.parts(), new ArrayList<>(stage.members()));
    }

    Stage stage() {
      return new Stage.Parts(axes, members);
    }

    Optional<Stage.Contract> product(Buffer target) {
      return members.stream()
          .filter(Stage.Contract.class::isInstance)
          .map(Stage.Contract.class::cast)
          .filter(product -> product.target().equals(target))
          .findFirst();
    }

    boolean fills(Buffer buffer) {
      return members.stream().anyMatch(member -> member.targets().contains(buffer));
    }
  }

  /** Adds a member of parts; a sum that it reads is made just before it, or in its place. */
  private void add(Stage.OneKernel member, PartMembers parts) {
    Optional<SumOfProducts> sum =
        member instanceof Stage.Pointwise reader ? sum(reader, parts) : Optional.empty();
    if (sum.isEmpty()) {
      parts.members().add(member);
      return;
    }
    Stage.Pointwise reader = (Stage.Pointwise) member;
    boolean whole = sum.get().value() == reader.value();
    Buffer target = whole ? reader.target() : target(sum.get());
    Optional<Stage.Joined> joined = joined(sum.get(), target, parts);
    if (joined.isEmpty()) {
      parts.members().add(member);
      return;
    }
    parts.members().removeIf(other -> isAdded(other, sum.get()));
    gone.addAll(sum.get().products());
    parts.members().add(joined.get());
    if (!whole) {
      parts.members().add(reading(reader, sum.get(), target));
    }
  }

  /** A stage after parts; sums that it reads are made where the last of their products was. */
  private Stage.Pointwise withoutSums(Stage.Pointwise reader, List<Stage> before) {
    for (int i = before.size() - 1; i >= 0; i--) {
      if (before.get(i) instanceof Stage.Parts stage) {
        PartMembers parts = PartMembers.of(stage);
        Optional<SumOfProducts> sum = sum(reader, parts);
        if (sum.isPresent() && sum.get().factors().stream().noneMatch(parts::fills)) {
          Buffer target = target(sum.get());
          Optional<Stage.Joined> joined = joined(sum.get(), target, parts);
          if (joined.isPresent()) {
            int last = parts.members().size() - 1;
            while (!isAdded(parts.members().get(last), sum.get())) {
              last--;
            }
            parts.members().set(last, joined.get());
            parts.members().removeIf(other -> isAdded(other, sum.get()));
            before.set(i, parts.stage());
            gone.addAll(sum.get().products());
            return reading(reader, sum.get(), target);
          }
        }
      }
    }
    return reader;
  }

  private Optional<SumOfProducts> sum(Stage.Pointwise reader, PartMembers parts) {
    if (reader.precision() != reader.target().type()) {
      return Optional.empty();
    }
    return SumOfProducts.in(
        reader.value(),
        element ->
            element.buffer().role() == Role.SCRATCH
                && readers.isReadOnce(element.buffer())
                && parts.product(element.buffer()).isPresent());
  }

  private static boolean isAdded(Stage.OneKernel member, SumOfProducts sum) {
    return member instanceof Stage.Contract product && sum.products().contains(product.target());
  }

  /** Memory for the sum alone. */
  private Buffer target(SumOfProducts sum) {
    Scalar.Element last = sum.addends().getLast().made();
    int id = buffers.stream().mapToInt(Buffer::id).max().orElseThrow() + 1;
    return new Buffer(
        id,
        sum.addends().stream()
            .map(addend -> addend.made().buffer().name())
            .collect(Collectors.joining("+")),
        Role.SCRATCH,
        last.buffer().type(),
        last.coordinates().stream().map(Coordinate::axis).toList());
  }

  private Stage.Pointwise reading(Stage.Pointwise reader, SumOfProducts sum, Buffer target) {
    buffers.add(target);
    Scalar element =
        new Scalar.Element(
            target, target.axes().stream().<Coordinate>map(Coordinate.Along::new).toList());
    return new Stage.Pointwise(
        reader.target(),
        sum.replacedIn(reader.value(), element),
        reader.precision(),
        reader.span());
  }

  /** The products of the sum as one, if they can be. */
  private static Optional<Stage.Joined> joined(
      SumOfProducts sum, Buffer target, PartMembers parts) {
    List<Stage.Term> terms = new ArrayList<>();
    for (SumOfProducts.Addend addend : sum.addends()) {
      Stage.Contract product = parts.product(addend.made().buffer()).orElseThrow();
      Optional<Stage.Contract> renamed = renamed(product, addend.made(), target);
      if (renamed.isEmpty()
          || !Epilogues.isOfRows(product)
          || !isJoinable(renamed.get(), parts.axes())
          || !isOfRowsAlone(addend.factor(), target)) {
        return Optional.empty();
      }
      terms.add(new Stage.Term(addend.factor(), renamed.get()));
    }
    // Sums that end early come last.
    terms.sort(Comparator.comparing(Joins::endsEarly));
    Stage.Joined joined = new Stage.Joined(terms);
    Set<Buffer> own = new HashSet<>();
    parts.members().forEach(member -> own.addAll(member.targets()));
    return terms.stream().filter(Joins::endsEarly).count() <= 1
            && StageParts.readsOwnPart(joined, parts.axes(), own)
        ? Optional.of(joined)
        : Optional.empty();
  }

  private static boolean endsEarly(Stage.Term term) {
    return term.product().triangle() == Triangle.SOURCES;
  }

  /** The product under the names that its reader has for its axes. */
  private static Optional<Stage.Contract> renamed(
      Stage.Contract product, Scalar.Element made, Buffer target) {
    Map<Axis, Axis> names = new LinkedHashMap<>();
    List<Axis> own = product.target().axes();
    for (int i = 0; i < own.size(); i++) {
      if (!(made.coordinates().get(i) instanceof Coordinate.Along(Axis axis))) {
        return Optional.empty();
      }
      names.put(own.get(i), axis);
    }
    Set<Axis> renamed = new HashSet<>(names.values());
    return renamed.equals(new HashSet<>(target.axes()))
            && renamed.size() == own.size()
            && Collections.disjoint(renamed, product.over())
        ? Optional.of(
            new Stage.Contract(
                target,
                renamed(product.left(), names),
                renamed(product.right(), names),
                product.over(),
                product.triangle(),
                product.adds(),
                product.span()))
        : Optional.empty();
  }

  private static Stage.Operand renamed(Stage.Operand operand, Map<Axis, Axis> names) {
    return new Stage.Operand(
        operand.buffer(), operand.axes().stream().map(a -> names.getOrDefault(a, a)).toList());
  }

  /** Whether it is a product of matrices for each part, whose sides lie as panels want them. */
  private static boolean isJoinable(Stage.Contract product, List<Axis> parts) {
    List<Axis> axes = product.target().axes();
    Axis columns = axes.getLast();
    Axis over = product.over().getFirst();
    Axis right = product.right().axes().getLast();
    return !product.adds()
        && product.over().size() == 1
        && (product.triangle() == Triangle.NONE || product.triangle() == Triangle.SOURCES)
        && axes.size() == parts.size() + 2
        && StageParts.has(product, parts)
        && product.left().axes().getLast().equals(over)
        && (right.equals(columns) || right.equals(over))
        && product.left().buffer().type() == product.target().type()
        && product.right().buffer().type() == product.target().type();
  }

  /** Whether the factor is a number for each row. */
  private static boolean isOfRowsAlone(Scalar factor, Buffer target) {
    Axis columns = target.axes().getLast();
    return Epilogues.isInVectors(factor)
        && Stage.elements(factor).stream()
            .allMatch(element ->
                element.buffer().type() == target.type()
                    && element.coordinates().stream()
                        .allMatch(coordinate ->
                            coordinate instanceof Coordinate.Along(Axis axis)
                                && target.axes().contains(axis)
                                && !axis.equals(columns)));
  }
}
