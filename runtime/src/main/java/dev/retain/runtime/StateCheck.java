package dev.retain.runtime;

import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ModelDescription;
import dev.retain.runtime.program.StateDescription;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/** Whether a session can go on from a state. */
final class StateCheck {
  private StateCheck() {}

  /**
   * Says what is wrong with it.
   *
   * @param batch of the session
   * @throws ModelException if it is of another model, or of another number of sequences
   */
  static void require(State state, ModelDescription description, int batch) {
    if (!state.model().equals(description.name())) {
      throw new ModelException(
          "the state belongs to the model "
              + state.model()
              + ", and this session runs "
              + description.name());
    }
    if (state.batch() != batch) {
      throw new ModelException(
          "the state has "
              + state.batch()
              + " sequences, and this session a batch of "
              + batch
              + "; open a session with newSession("
              + state.batch()
              + "), or take some with slice");
    }
    for (StateDescription expected : description.states()) {
      NativeTensor found = state.tensors().get(expected.path());
      if (found == null || !Arrays.equals(found.shape(), expected.shapeAfter(batch))) {
        throw new ModelException(
            "the state "
                + expected.path()
                + " should have the shape "
                + Arrays.toString(expected.shapeAfter(batch))
                + ", but "
                + (found == null ? "is missing" : "is " + found)
                + "; it was saved with other hyperparameters");
      }
    }
    if (state.tensors().size() != description.states().size()) {
      SequencedMap<String, NativeTensor> unknown = new LinkedHashMap<>(state.tensors());
      description.states().forEach(expected -> unknown.remove(expected.path()));
      throw new ModelException(
          "the model " + description.name() + " has no states " + unknown.keySet());
    }
  }
}
