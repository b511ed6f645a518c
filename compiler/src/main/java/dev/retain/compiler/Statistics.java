package dev.retain.compiler;

import dev.retain.compiler.tensor.OperationCount;
import dev.retain.compiler.tensor.OperationCount.Growth;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.program.Form;
import dev.retain.runtime.program.StateDescription;
import java.util.LinkedHashMap;
import java.util.Map;

/** Numbers about a model that go with its description. */
final class Statistics {
  private Statistics() {}

  /** By what they count, for one sequence without padding. */
  static Map<String, Long> of(Compilation compilation, ElementType real) {
    Map<String, Long> numbers = new LinkedHashMap<>();
    numbers.put("parameters", compilation.model().parameterCount());
    numbers.put("parameters without the vocabulary", compilation.model().bodyParameterCount());
    long state =
        compilation.states().stream().mapToLong(StateDescription::size).sum() * real.bytes();
    numbers.put("bytes of state", state);
    numbers.put(
        "operations per token, recurrent",
        OperationCount.perToken(compilation.tensors(Form.RECURRENT, false), 1));
    if (!compilation.forms().contains(Form.PARALLEL)) {
      return numbers;
    }
    Growth growth = OperationCount.growth(compilation.tensors(Form.PARALLEL, false));
    numbers.put("operations for each token of a block", growth.perStep());
    numbers.put("operations for each pair of tokens of a block", growth.perPair());
    numbers.put("operations for each block", growth.perBlock());
    return numbers;
  }
}
