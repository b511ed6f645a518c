package dev.retain.benchmarks.lineup;

/** A library that the project does without, and that is measured beside it. */
enum Peer {
  ONNX_RUNTIME(
      "onnxruntime",
      "ONNX Runtime 1.29.0 (55 MB)",
      "dev/retain/peers/onnxruntime/OnnxRuntimePeer.java"),
  PYTORCH("pytorch", "PyTorch 2.7.1 (120 MB)", "dev/retain/peers/pytorch/PyTorchPeer.java");

  private final String folder;
  private final String meaning;
  private final String main;

  Peer(String folder, String meaning, String main) {
    this.folder = folder;
    this.meaning = meaning;
    this.main = main;
  }

  /** Below benchmarks/peers. */
  String folder() {
    return folder;
  }

  String meaning() {
    return meaning;
  }

  /** The source file that java compiles and runs. */
  String main() {
    return main;
  }
}
