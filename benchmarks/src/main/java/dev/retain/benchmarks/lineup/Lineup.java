package dev.retain.benchmarks.lineup;

import dev.retain.benchmarks.contest.Contestant;
import dev.retain.benchmarks.contest.Jvm;
import dev.retain.benchmarks.library.LibraryMain;
import dev.retain.benchmarks.own.OwnMain;
import dev.retain.benchmarks.work.Rounds;
import dev.retain.benchmarks.work.Rule;
import dev.retain.benchmarks.work.Task;
import java.io.File;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Who does a task; Retain comes first. */
public final class Lineup {
  private static final int CHUNK = 64;
  private static final int CHUNK_OF_CORES = 32;
  private static final int CHUNK_OF_TRAINING = 256;
  private static final int EARLY = 1;
  private static final int LATE = 10_000;
  private static final int LATEST = 1_000_000;
  private static final String NO_FORM = "-";

  // All steps times all steps, for each head: more would not fit into memory.
  private static final int LONGEST_PARALLEL = 2048;

  private final PeerLibraries libraries;
  private final boolean withPeers;
  private final boolean quick;

  /**
   * @param benchmarks the folder of this module
   * @param withPeers whether those take part that Maven has to fetch
   * @param quick leaves out who takes long
   */
  public Lineup(Path benchmarks, boolean withPeers, boolean quick, PrintStream messages) {
    this.libraries = new PeerLibraries(benchmarks, messages);
    this.withPeers = withPeers;
    this.quick = quick;
  }

  /** Retain, as it is meant to be used. */
  public static Contestant own(Task task) {
    return switch (task) {
      case Task.Decoding(_, int sequences) -> own("Retain", sequences, task);
      case Task.LaterToken _ -> own("Retain", EARLY, task);
      case Task.Training _ -> own("Retain", CHUNK_OF_TRAINING, task);
      case Task.Core _ -> own("Retain", CHUNK_OF_CORES, task);
      case Task.CoreGradients _, Task.Step _, Task.Product _, Task.Prefill _ ->
          own("Retain", CHUNK, task);
    };
  }

  private static Contestant own(String name, int number, Task task) {
    List<String> arguments = with(List.of(Integer.toString(number)), task);
    return new Contestant(name, Jvm.same(OwnMain.class, arguments), Map.of());
  }

  /**
   * All who can do the task.
   *
   * @throws dev.retain.runtime.RetainException if a peer cannot be fetched
   */
  public List<Contestant> of(Task task) {
    List<Contestant> all = new ArrayList<>();
    all.add(own(task));
    switch (task) {
      case Task.Core(Rule rule, int steps) -> {
        addOnnxRuntime(all, task);
        if (rule == Rule.GAMMA) {
          addForms(all, task, steps);
          if (steps <= LONGEST_PARALLEL && !quick) {
            addPyTorch(all, task, "PyTorch, recurrent", "recurrent");
          }
        }
      }
      case Task.CoreGradients(Rule rule, int steps) -> {
        if (rule == Rule.GAMMA) {
          addForms(all, task, steps);
        }
      }
      case Task.Step(Rule rule) -> {
        addOnnxRuntime(all, task);
        if (rule == Rule.GAMMA) {
          addPyTorch(all, task, "PyTorch", NO_FORM);
        }
      }
      case Task.Product _ -> {
        addPyTorch(all, task, "PyTorch", NO_FORM);
        addOnnxRuntime(all, task);
        all.add(library("OpenBLAS", LibraryMain.OPENBLAS, task));
        all.add(library("ND4J", LibraryMain.ND4J, task));
      }
      case Task.Decoding(String model, int sequences) -> {
        if (sequences > 1) {
          all.add(own("Retain, one at a time", 1, task));
        } else if (model.contains(",")) {
          String exact = model.substring(0, model.indexOf(','));
          all.add(own("Retain, float32", sequences, new Task.Decoding(exact, sequences)));
        } else {
          addOnnxRuntime(all, task);
          addPyTorch(all, task, "PyTorch, recurrent", NO_FORM);
        }
      }
      case Task.LaterToken _ -> {
        all.add(own("Retain after 10,000", LATE, task));
        if (!quick) {
          all.add(own("Retain after 1,000,000", LATEST, task));
        }
      }
      case Task.Prefill(_, int tokens) -> {
        if (tokens <= LONGEST_PARALLEL) {
          addOnnxRuntime(all, task);
          addPyTorch(all, task, "PyTorch, parallel", NO_FORM);
        }
      }
      case Task.Training _ -> addPyTorch(all, task, "PyTorch, parallel", NO_FORM);
    }
    return all;
  }

  private void addForms(List<Contestant> all, Task task, int steps) {
    if (steps <= LONGEST_PARALLEL) {
      addPyTorch(all, task, "PyTorch, parallel", "parallel");
    }
    addPyTorch(all, task, "PyTorch, chunks of 128", "128");
    addPyTorch(all, task, "PyTorch, chunks of 512", "512");
  }

  private static Contestant library(String name, String library, Task task) {
    String threads = Integer.toString(Runtime.getRuntime().availableProcessors());
    return new Contestant(
        name,
        Jvm.same(LibraryMain.class, with(List.of(library), task)),
        Map.of("OMP_NUM_THREADS", threads));
  }

  private void addOnnxRuntime(List<Contestant> all, Task task) {
    if (withPeers) {
      all.add(
          new Contestant(
              "ONNX Runtime", command(Peer.ONNX_RUNTIME, with(List.of(), task)), Map.of()));
    }
  }

  private void addPyTorch(List<Contestant> all, Task task, String name, String form) {
    if (withPeers) {
      // Its libraries are unpacked here, and nobody is told.
      Map<String, String> environment =
          Map.of(
              "DJL_CACHE_DIR", libraries.folder().resolve("djl").toString(),
              "DJL_OFFLINE", "true",
              "OPT_OUT_TRACKING", "true");
      all.add(new Contestant(name, command(Peer.PYTORCH, with(List.of(form), task)), environment));
    }
  }

  private List<String> command(Peer peer, List<String> arguments) {
    String classPath = work() + File.pathSeparator + libraries.classPath(peer);
    return Jvm.other(classPath, libraries.source(peer).toString(), arguments);
  }

  /** Where the classes are that all contestants share. */
  private static Path work() {
    try {
      return Path.of(Rounds.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> with(List<String> first, Task task) {
    List<String> all = new ArrayList<>(first);
    all.addAll(task.words());
    return all;
  }
}
