package dev.retain.runtime.weights;

import dev.retain.runtime.RetainException;
import dev.retain.runtime.memory.ElementType;
import dev.retain.runtime.memory.NativeTensor;
import dev.retain.runtime.program.ParameterDescription;
import dev.retain.runtime.program.Storage;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Parameters as their {@link Storage} has them, and as the numbers that they stand for. */
public final class StoredParameters {
  /** Whole numbers go as far down as up, so that no sign is favoured. */
  private static final int LARGEST = 127;

  private StoredParameters() {}

  /**
   * A parameter as it is stored: rounded, or in blocks, or both.
   *
   * @param exact its numbers, of its shape
   * @return by path: what is stored, and its scales if it has any; the given numbers themselves if
   *     they are stored as they are
   * @throws RetainException naming the first number that cannot be stored
   */
  public static SequencedMap<String, NativeTensor> stored(
      ParameterDescription parameter, NativeTensor exact, Arena arena) {
    SequencedMap<String, NativeTensor> tensors = new LinkedHashMap<>();
    switch (parameter.storage()) {
      case Storage.Real _ ->
          tensors.put(parameter.path(), new BlockPlaces(parameter).inBlocks(exact, arena));
      case Storage.Bfloat16 _ -> tensors.put(parameter.path(), rounded(parameter, exact, arena));
      case Storage.Int8(List<Integer> scaled, int rows) -> {
        ScaledPlaces places = new ScaledPlaces(exact.shape(), scaled);
        NativeTensor scales = scales(parameter, exact, places, arena);
        tensors.put(parameter.path(), divided(parameter, exact, scales, places, arena));
        tensors.put(ParameterDescription.scalePath(parameter.path()), scales);
      }
    }
    return tensors;
  }

  /**
   * The numbers that a stored parameter stands for, row-major: a copy, in F32 if it is stored
   * small, or the parameter itself if that is stored as it is.
   *
   * @param tensors what is stored, by path
   */
  public static NativeTensor widened(
      ParameterDescription parameter, Map<String, NativeTensor> tensors, Arena arena) {
    NativeTensor stored = tensors.get(parameter.path());
    return switch (parameter.storage()) {
      case Storage.Real _ -> new BlockPlaces(parameter).rowMajor(stored, arena);
      case Storage.Bfloat16 _ -> {
        NativeTensor wide = NativeTensor.allocate(arena, ElementType.F32, parameter.shapeAfter());
        BlockPlaces blocks = new BlockPlaces(parameter);
        for (long at = 0; at < wide.size(); at++) {
          wide.setDouble(at, stored.getDouble(blocks.of(at)));
        }
        yield wide;
      }
      case Storage.Int8(List<Integer> scaled, int rows) -> {
        NativeTensor scales = tensors.get(ParameterDescription.scalePath(parameter.path()));
        NativeTensor wide = NativeTensor.allocate(arena, ElementType.F32, parameter.shapeAfter());
        BlockPlaces blocks = new BlockPlaces(parameter);
        new ScaledPlaces(wide.shape(), scaled)
            .forEach((at, channel) ->
                wide.setDouble(at, stored.getDouble(blocks.of(at)) * scales.getDouble(channel)));
        yield wide;
      }
    };
  }

  private static NativeTensor rounded(
      ParameterDescription parameter, NativeTensor exact, Arena arena) {
    NativeTensor stored = NativeTensor.allocate(arena, ElementType.BF16, parameter.storedShape());
    BlockPlaces blocks = new BlockPlaces(parameter);
    for (long at = 0; at < exact.size(); at++) {
      long place = blocks.of(at);
      stored.setDouble(place, exact.getDouble(at));
      if (!Double.isFinite(stored.getDouble(place))) {
        throw wrong(parameter, exact, at);
      }
    }
    return stored;
  }

  /** The largest magnitude among the numbers that share a scale becomes {@link #LARGEST}. */
  private static NativeTensor scales(
      ParameterDescription parameter, NativeTensor exact, ScaledPlaces places, Arena arena) {
    double[] largest = new double[Math.toIntExact(places.count())];
    places.forEach((at, channel) -> {
      double size = Math.abs(exact.getDouble(at));
      if (!(size <= Float.MAX_VALUE)) {
        throw wrong(parameter, exact, at);
      }
      largest[channel] = Math.max(largest[channel], size);
    });
    long[] shape = parameter.scale().orElseThrow().shapeAfter();
    NativeTensor scales = NativeTensor.allocate(arena, ElementType.F32, shape);
    for (int channel = 0; channel < largest.length; channel++) {
      scales.setDouble(channel, largest[channel] / LARGEST);
    }
    return scales;
  }

  private static NativeTensor divided(
      ParameterDescription parameter,
      NativeTensor exact,
      NativeTensor scales,
      ScaledPlaces places,
      Arena arena) {
    NativeTensor stored = NativeTensor.allocate(arena, ElementType.I8, parameter.storedShape());
    BlockPlaces blocks = new BlockPlaces(parameter);
    double[] factors = new double[Math.toIntExact(scales.size())];
    // What a float's smallest numbers are too large for is 0, as is what has nothing but zeros.
    Arrays.setAll(factors, i -> scales.getDouble(i) == 0 ? 0 : 1 / scales.getDouble(i));
    places.forEach((at, channel) -> {
      double whole = Math.rint(exact.getDouble(at) * factors[channel]);
      stored.setDouble(blocks.of(at), Math.clamp(whole, -LARGEST, LARGEST));
    });
    return stored;
  }

  private static RetainException wrong(
      ParameterDescription parameter, NativeTensor exact, long at) {
    double found = exact.getDouble(at);
    return new RetainException(
        "the parameter %s cannot be stored as %s: its number %d is %s%s"
            .formatted(
                parameter.path(),
                parameter.storage().text(ElementType.F32),
                at,
                found,
                Double.isFinite(found)
                    ? ", which is too large; store it as f32"
                    : "; train or export the weights again"));
  }
}
