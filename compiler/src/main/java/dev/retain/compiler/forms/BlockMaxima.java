package dev.retain.compiler.forms;

import dev.retain.compiler.recurrence.PositiveRatio;
import dev.retain.compiler.recurrence.PositiveRatio.Weighted;
import dev.retain.compiler.recurrence.PositiveRatios;
import dev.retain.compiler.recurrence.Product;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The groups of states that are kept over the exponential of a running maximum, in a block. */
final class BlockMaxima {
  private final PositiveRatios ratios;
  private final BlockGraph block;
  private final List<BlockMaximum> maxima = new ArrayList<>();

  BlockMaxima(PositiveRatios ratios, BlockGraph block) {
    this.ratios = ratios;
    this.block = block;
    for (PositiveRatio ratio : ratios.groups()) {
      maxima.add(new BlockMaximum(ratio, ratios.form(), block));
    }
  }

  Optional<BlockMaximum> ofState(int state) {
    return maxima.stream().filter(m -> m.ratio().states().contains(state)).findFirst();
  }

  /** What is written to the state besides what is read. */
  List<BlockWrite> writes(int state) {
    var equation = ratios.form().equations().get(state);
    var span = equation.state().span();
    List<BlockWrite> writes = new ArrayList<>();
    Optional<PositiveRatio> ratio = ratios.ofState(state);
    if (ratio.isPresent()) {
      for (Weighted write : ratio.get().writes().get(state)) {
        List<Integer> factors = block.factors(write.rest(), span);
        writes.add(new BlockWrite(write.exponent(), write.rest().scale(), factors));
      }
      return writes;
    }
    for (Product write : equation.writes()) {
      writes.add(new BlockWrite(write.scale(), block.factors(write, span)));
    }
    return writes;
  }

  /** What a read-out has besides the states, each a node. */
  List<Integer> free(int readOut) {
    var span = ratios.form().call().body().node(readOut).span();
    for (BlockMaximum maximum : maxima) {
      List<Weighted> free = maximum.ratio().free().get(readOut);
      if (free != null) {
        return free.stream()
            .map(weighted ->
                block
                    .graph()
                    .multiply(
                        maximum.read(block.copy(weighted.exponent())),
                        block.product(weighted.rest(), span),
                        span))
            .toList();
      }
    }
    return ratios.form().readOuts().get(readOut).free().stream()
        .map(product -> block.product(product, span))
        .toList();
  }

  /** The maxima after the block. */
  void next(Map<String, Integer> nextStates) {
    maxima.forEach(maximum -> nextStates.put(maximum.maximum().path(), maximum.next()));
  }
}
