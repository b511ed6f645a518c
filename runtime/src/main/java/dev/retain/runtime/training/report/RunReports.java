package dev.retain.runtime.training.report;

import dev.retain.runtime.files.Disk;
import dev.retain.runtime.progress.Progress;
import dev.retain.runtime.training.loop.HeldOutReport;
import dev.retain.runtime.training.loop.StepReport;
import dev.retain.runtime.training.loop.TrainingListener;
import dev.retain.runtime.training.report.History.Sample;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * All reports of a run, in its folder: {@code metrics.jsonl} and {@code samples.jsonl}, which
 * depend on nothing but the run; {@code tensorboard/}; {@code report.html}; {@code train.log}. And
 * a progress line.
 */
public final class RunReports implements TrainingListener, AutoCloseable {
  /**
   * What there is to say besides the reports of the loop.
   *
   * @param title such as the name of the model
   * @param settings of the run, to be listed
   * @param steps of the whole run
   * @param operationsPerToken floating-point operations of training on a token, if they are known
   * @param peak how many operations a second this machine reaches at best; asked once, if at all
   * @param decays by name, how much of what was written is left after 0, 1, 2... steps, as the
   *     model is now
   */
  public record About(
      String title,
      SequencedMap<String, String> settings,
      long steps,
      OptionalDouble operationsPerToken,
      DoubleSupplier peak,
      Supplier<SequencedMap<String, double[]>> decays) {
    public About {
      settings = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(settings));
    }
  }

  private final Path folder;
  private final Disk disk;
  private final About about;
  private final History history;
  private final EventFile events;
  private final PrintStream console;
  private final boolean redrawn;
  private final Speed speed = new Speed(System::nanoTime);
  private final Supplier<String> lastStep = this::lastStep;
  private Progress progress;
  private double peak;
  private long tokens;

  /**
   * @param folder of the run; it has a folder {@code tensorboard}
   * @param console where progress is shown
   * @param redrawn whether the console can draw a line again
   */
  public RunReports(Path folder, Disk disk, About about, PrintStream console, boolean redrawn) {
    this.folder = folder;
    this.disk = disk;
    this.about = about;
    this.history =
        new History(
            new JsonLines(folder.resolve("metrics.jsonl"), disk),
            new JsonLines(folder.resolve("samples.jsonl"), disk));
    this.events =
        new EventFile(
            folder.resolve("tensorboard/events.out.tfevents.retain"),
            disk,
            () -> System.currentTimeMillis() / 1e3);
    this.console = console;
    this.redrawn = redrawn;
    this.progress = progress(0);
  }

  private Progress progress(long already) {
    return Progress.on(console, redrawn, "train", "steps", already, about.steps());
  }

  /** A line that stays, on the console and in the log. */
  public void say(String line) {
    progress.say(line);
    log(line);
  }

  /** A line in the log alone, such as what the console is told elsewhere. */
  public void log(String line) {
    String stamped = Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line + "\n";
    try (Disk.Appending end = disk.append(folder.resolve("train.log"))) {
      end.add(ByteBuffer.wrap(stamped.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Override
  public void begins(long step) {
    history.begin(step);
    events.keepTo(step);
    tokens = history.steps().isEmpty() ? 0 : history.steps().last().tokens();
    peak = about.operationsPerToken().isPresent() ? about.peak().getAsDouble() : 0;
    progress = progress(step);
    speed.begin();
  }

  @Override
  public void stepped(StepReport report) {
    speed.add(report.tokens() - tokens);
    tokens = report.tokens();
    history.add(report);
    events
        .begin()
        .number("train/loss", report.loss())
        .number("train/bits_per_byte", report.bitsPerByte())
        .number("train/learning_rate", report.learningRate())
        .number("train/gradient_norm", report.gradientNorm())
        .number("speed/tokens_per_second", speed.ofLastStep())
        .add(report.step());
    progress.update(report.step(), lastStep);
    speed.begin();
  }

  private String lastStep() {
    StepReport report = history.steps().last();
    return format("step %,d of %,d, ", report.step(), about.steps())
        + described(report.loss(), report.bitsPerByte())
        + format(", %,.0f tokens/s", speed.tokensPerSecond())
        + share();
  }

  private String share() {
    if (!(peak > 0)) {
      return "";
    }
    double operations = about.operationsPerToken().orElse(0) * speed.tokensPerSecond();
    return format(", %.0f %% of the machine's peak", 100 * operations / peak);
  }

  private static String described(double loss, double bitsPerByte) {
    return format("loss %.4f", loss)
        + (Double.isNaN(bitsPerByte) ? "" : format(", %.4f bits per byte", bitsPerByte));
  }

  @Override
  public void measured(HeldOutReport report, boolean best) {
    history.add(report);
    events
        .begin()
        .number("valid/loss", report.loss())
        .number("valid/bits_per_byte", report.bitsPerByte())
        .add(report.step());
    String training = history.steps().isEmpty() ? "" : "training " + lastStep() + "; ";
    say(
        training
            + "held out: "
            + described(report.loss(), report.bitsPerByte())
            + (best ? " (best so far)" : ""));
    speed.begin();
  }

  @Override
  public void sampled(long step, String text) {
    history.add(new Sample(step, text));
    events.addText(step, "sample", "```\n" + text + "\n```");
    speed.begin();
  }

  @Override
  public void saving(long step) {
    history.force();
    events.force();
    writePage();
  }

  @Override
  public void saved(long step) {
    speed.begin();
  }

  private void writePage() {
    byte[] page =
        HtmlReport.render(about.title(), about.settings(), history, about.decays().get())
            .getBytes(StandardCharsets.UTF_8);
    disk.replace(
        folder.resolve("report.html"),
        channel -> {
          ByteBuffer bytes = ByteBuffer.wrap(page);
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        });
  }

  @Override
  public void close() {
    progress.close();
    history.close();
    events.close();
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
